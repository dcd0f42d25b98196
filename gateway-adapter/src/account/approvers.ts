import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { createChannelApprovalAuth, isApprovalNotFoundError, resolveApproval } from "../host/approvals.ts";
import type { Approval } from "../interactions/control.ts";
import type { Settled } from "../turn/choice.ts";
import { normalizeUserEntry } from "../config/entries.ts";

const USER_ID = /^[a-z0-9]{26}$/;
const LATE = "This was decided or expired already.";

/** Approvers are named by their user id: a username can be changed by its owner. */
function approverId(entry: string | number): string | undefined {
  const id = normalizeUserEntry(String(entry));
  return USER_ID.test(id) ? id : undefined;
}

/** Who may decide approvals: the people of `allowFrom`, and the owners in `commands.ownerAllowFrom`. */
export function createApprovers(account: (cfg: OpenClawConfig, accountId?: string | null) => MattermostAccount) {
  return createChannelApprovalAuth({
    channelLabel: "Mattermost",
    resolveInputs: ({ cfg, accountId }) => ({
      allowFrom: account(cfg, accountId).allowFrom,
      extraAllowFrom: cfg.commands?.ownerAllowFrom ?? [],
    }),
    normalizeApprover: approverId,
  });
}
export type Approvers = ReturnType<typeof createApprovers>;

/** Why a user may not decide; undefined if they may. Without any approver nobody may. */
export function refusalToApprove(
  approvers: Approvers,
  cfg: OpenClawConfig,
  accountId: string,
  senderId: string,
): string | undefined {
  if (approvers.isAuthorizedSender({ cfg, accountId, senderId })) return undefined;
  return "You may not decide this. Ask one of the people who may: those in allowFrom of the gateway's Mattermost channel.";
}

/** Decides an approval as this user. A line for the reader where it was decided or expired before. */
export async function decideApproval(
  cfg: OpenClawConfig,
  accountId: string,
  { approval_id: approvalId, approval_kind: approvalKind, decision }: Approval,
  senderId: string,
): Promise<Settled> {
  // OpenClaw keeps this name as the one who decided; `deciderId` reads the id from it again.
  const clientDisplayName = `Mattermost approval (${senderId})`;
  const who = { channel: CHANNEL_ID, accountId, senderId, clientDisplayName };
  try {
    const { applied } = await resolveApproval({ cfg, approvalId, approvalKind, decision, ...who });
    return applied ? undefined : { line: LATE };
  } catch (error) {
    if (isApprovalNotFoundError(error)) return { line: LATE };
    throw error;
  }
}
