import { describe, expect, it } from "@jest/globals";
import { resolveAccount } from "../config/account-config.ts";
import { createApprovers, refusalToApprove } from "./approvers.ts";

const ALICE = "a".repeat(26);
const BOB = "b".repeat(26);

const refusal = (
  user: string,
  allowFrom: string[],
  ownerAllowFrom: string[] = [],
  username: (id: string) => Promise<string> = () => Promise.reject(new Error("away")),
): Promise<string | undefined> => {
  const cfg = { channels: { mattermost: { allowFrom } }, commands: { ownerAllowFrom } };
  const approvers = createApprovers((each) => resolveAccount(each as never, "default", {}));
  return refusalToApprove({ approvers, username }, cfg, "default", user);
};
const may = async (...asked: Parameters<typeof refusal>): Promise<boolean> => (await refusal(...asked)) === undefined;

describe("N8 who may decide approvals", () => {
  it("N8 the people of allowFrom and the owners, by their ids in every spelling", async () => {
    expect(await may(ALICE, [ALICE])).toBe(true);
    expect(await may(ALICE, [`mattermost:${ALICE}`])).toBe(true);
    expect(await may(ALICE, [], [`user:${ALICE}`])).toBe(true);
    expect(await may(BOB, [ALICE])).toBe(false);
  });

  it("N8 nobody by a name, by everybody's star, or because there is no approver", async () => {
    for (const allowFrom of [[], ["*"], ["@alice"], ["alice"]]) expect(await may(ALICE, allowFrom)).toBe(false);
    expect(await may("", [ALICE])).toBe(false);
  });

  it("N8 whoever may not is told who may, by name where that can be looked up", async () => {
    const named = (id: string) => (id === ALICE ? Promise.resolve("alice") : Promise.reject(new Error("gone")));
    expect(await refusal(BOB, [ALICE, "c".repeat(26)], [], named)).toContain("the people who may: @alice.");
    expect(await refusal(BOB, [ALICE])).toContain("those in allowFrom");
    expect(await refusal(BOB, [])).toContain("name approvers");
  });
});
