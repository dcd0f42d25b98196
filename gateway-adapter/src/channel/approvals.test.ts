import { describe, expect, it } from "@jest/globals";
import { listAccountIds, resolveAccount } from "../config/account-config.ts";
import { createApprovals } from "./approvals.ts";

const ALICE = "a".repeat(26);
const BOB = "b".repeat(26);
const TOWN = "t".repeat(26);
const ROOT = "r".repeat(26);
const config = (allowFrom: string[]) => ({
  channels: { mattermost: { botToken: "token", baseUrl: "https://chat.example.com", allowFrom } },
});
const nothing = async (): Promise<never> => {
  throw new Error("not asked for here");
};
/** Who is where. */
let members: ReadonlySet<string>;
const { capability } = createApprovals({
  account: (cfg, accountId) => resolveAccount(cfg as never, accountId, {}),
  listAccountIds: (cfg) => listAccountIds(cfg as never, {}),
  defaultAccountId: () => "default",
  ask: nothing,
  conclude: nothing,
  username: nothing,
  typed: () => "/oc_approve",
  sees: async (_cfg, _account, to, userId) => members.has(`${to} ${userId}`),
});

/** Asks where an approval of a run in town's thread is shown. */
const shown = async (allowFrom: string[], source: object = {}, inTown: string[] = [ALICE]) => {
  members = new Set(inTown.map((userId) => `channel:${TOWN} ${userId}`));
  const request = {
    id: "approval-1",
    createdAtMs: 0,
    expiresAtMs: 60_000,
    request: {
      command: "ls",
      turnSourceChannel: "mattermost",
      turnSourceTo: `channel:${TOWN}`,
      turnSourceAccountId: "default",
      turnSourceThreadId: ROOT,
      ...source,
    },
  };
  const params = { cfg: config(allowFrom), accountId: "default", approvalKind: "exec" as const, request };
  return {
    surface: capability.native?.describeDeliveryCapabilities(params).preferredSurface,
    enabled: capability.native?.describeDeliveryCapabilities(params).enabled,
    origin: await capability.native?.resolveOriginTarget?.(params),
    approvers: await capability.native?.resolveApproverDmTargets?.(params),
  };
};

describe("N8 where approvals are asked for, and who may decide", () => {
  it("N8 in the thread where the agent works, and of all approvers where none of them is there", async () => {
    const there = { surface: "both", enabled: true, origin: { to: `channel:${TOWN}`, threadId: ROOT } };
    expect(await shown([ALICE])).toEqual({ ...there, approvers: [] });
    expect(await shown([ALICE, BOB])).toEqual({ ...there, approvers: [] });
    const asked = [{ to: `user:${ALICE}` }, { to: `user:${BOB}` }];
    expect(await shown([ALICE, BOB], {}, [])).toEqual({ ...there, approvers: asked });
  });

  it("N8 nowhere without an approver", async () => {
    expect(await shown(["*"])).toMatchObject({ enabled: false, origin: null, approvers: [] });
  });

  it("N8 of a run without a place in Mattermost all approvers are asked, and of another channel's run nobody is here", async () => {
    const nowhere = { turnSourceChannel: null, turnSourceTo: null, turnSourceThreadId: null };
    expect(await shown([ALICE], nowhere)).toMatchObject({ origin: null, approvers: [{ to: `user:${ALICE}` }] });
    const elsewhere = { turnSourceChannel: "telegram", turnSourceTo: "1", turnSourceThreadId: null };
    expect(await shown([ALICE], elsewhere)).toMatchObject({ origin: null, approvers: [] });
  });

  it("N8 by command, too, only approvers may decide", () => {
    const may = (senderId: string) =>
      capability.authorizeActorAction?.({
        cfg: config([ALICE]),
        accountId: "default",
        senderId,
        action: "approve",
        approvalKind: "exec",
      }).authorized;
    expect([may(ALICE), may(BOB), may("")]).toEqual([true, false, false]);
  });
});
