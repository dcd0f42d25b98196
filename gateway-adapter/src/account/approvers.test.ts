import { describe, expect, it } from "@jest/globals";
import { resolveAccount } from "../config/account-config.ts";
import { createApprovers, refusalToApprove } from "./approvers.ts";

const ALICE = "a".repeat(26);
const BOB = "b".repeat(26);

const may = (user: string, allowFrom: string[], ownerAllowFrom: string[] = []): boolean => {
  const cfg = { channels: { mattermost: { allowFrom } }, commands: { ownerAllowFrom } };
  const approvers = createApprovers((each) => resolveAccount(each as never, "default", {}));
  return refusalToApprove(approvers, cfg, "default", user) === undefined;
};

describe("N8 who may decide approvals", () => {
  it("N8 the people of allowFrom and the owners, by their ids in every spelling", () => {
    expect(may(ALICE, [ALICE])).toBe(true);
    expect(may(ALICE, [`mattermost:${ALICE}`])).toBe(true);
    expect(may(ALICE, [], [`user:${ALICE}`])).toBe(true);
    expect(may(BOB, [ALICE])).toBe(false);
  });

  it("N8 nobody by a name, by everybody's star, or because there is no approver", () => {
    for (const allowFrom of [[], ["*"], ["@alice"], ["alice"]]) expect(may(ALICE, allowFrom)).toBe(false);
    expect(may("", [ALICE])).toBe(false);
  });
});
