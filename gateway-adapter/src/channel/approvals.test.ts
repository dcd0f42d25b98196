import { describe, expect, it } from "@jest/globals";
import { listAccountIds, resolveAccount } from "../config/account-config.ts";
import { createApprovals } from "./approvals.ts";

const ALICE = "a".repeat(26);
const TOWN = "t".repeat(26);
const ROOT = "r".repeat(26);
const config = (allowFrom: string[]) => ({
  channels: { mattermost: { botToken: "token", baseUrl: "https://chat.example.com", allowFrom } },
});
const nothing = async (): Promise<never> => {
  throw new Error("not asked for here");
};
const { capability } = createApprovals({
  account: (cfg, accountId) => resolveAccount(cfg as never, accountId, {}),
  listAccountIds: (cfg) => listAccountIds(cfg as never, {}),
  defaultAccountId: () => "default",
  post: nothing,
  conclude: nothing,
  username: nothing,
});

/** Asks where an approval of a run in town's thread is shown. */
const shown = async (allowFrom: string[], source: object = {}) => {
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
    enabled: capability.native?.describeDeliveryCapabilities(params).enabled,
    origin: await capability.native?.resolveOriginTarget?.(params),
    approvers: await capability.native?.resolveApproverDmTargets?.(params),
  };
};

describe("N8 where approvals are asked for, and who may decide", () => {
  it("N8 in the thread where the agent works, and of the approvers where it works elsewhere", async () => {
    expect(await shown([ALICE])).toEqual({
      enabled: true,
      origin: { to: `channel:${TOWN}`, threadId: ROOT },
      approvers: [{ to: `user:${ALICE}` }],
    });
  });

  it("N8 nowhere without an approver", async () => {
    expect(await shown(["*"])).toMatchObject({ enabled: false, origin: null, approvers: [] });
  });

  it("N8 of another channel's run only the approvers are asked", async () => {
    const elsewhere = { turnSourceChannel: "telegram", turnSourceTo: "1", turnSourceThreadId: null };
    expect((await shown([ALICE], elsewhere)).origin).toBeNull();
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
    expect([may(ALICE), may("b".repeat(26)), may("")]).toEqual([true, false, false]);
  });
});
