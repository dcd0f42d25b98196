import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import {
  createChannelApprovalAuth,
  isApprovalNotFoundError,
  resolveApproval,
  resolveTypedApproval,
} from "../host/approvals.ts";
import { LATE_LINE, recordedLine } from "../interactions/approval-text.ts";
import type { Approval } from "../interactions/control.ts";
import type { TypedDecision } from "../turn/approve-command.ts";
import type { Settled } from "../turn/choice.ts";
import { normalizeUserEntry } from "../config/entries.ts";

const USER_ID = /^[a-z0-9]{26}$/;

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

/** How many approvers are named to those who may not decide. */
const NAMED_MAX = 5;

/** Why a user may not decide, and who may; undefined if they may. Without any approver nobody may. */
export async function refusalToApprove(
  deps: { approvers: Approvers; username: (userId: string) => Promise<string> },
  cfg: OpenClawConfig,
  accountId: string,
  senderId: string,
): Promise<string | undefined> {
  if (deps.approvers.isAuthorizedSender({ cfg, accountId, senderId })) return undefined;
  const ids = deps.approvers.resolveApprovers({ cfg, accountId });
  if (ids.length === 0)
    return "You may not decide this, and nobody may yet. Ask the person who runs this assistant to name approvers.";
  const looked = await Promise.allSettled(ids.slice(0, NAMED_MAX).map(deps.username));
  const names = looked.flatMap((each) => (each.status === "fulfilled" ? [`@${each.value}`] : []));
  const who = names.length > 0 ? names.join(", ") : "those in allowFrom of the gateway's Mattermost channel";
  return `You may not decide this. Ask one of the people who may: ${who}.`;
}

// OpenClaw keeps this name as the one who decided; `deciderId` reads the id from it again.
const deciderOf = (senderId: string): string => `Mattermost approval (${senderId})`;

/** Decides an approval as this user. A line for the reader where it was decided or expired before. */
export async function decideApproval(
  cfg: OpenClawConfig,
  accountId: string,
  { approval_id: approvalId, approval_kind: approvalKind, decision }: Approval,
  senderId: string,
): Promise<Settled> {
  const who = { channel: CHANNEL_ID, accountId, senderId, clientDisplayName: deciderOf(senderId) };
  try {
    const { applied, approval } = await resolveApproval({ cfg, approvalId, approvalKind, decision, ...who });
    return applied ? undefined : { line: recordedLine(approval) };
  } catch (error) {
    if (isApprovalNotFoundError(error)) return { line: LATE_LINE };
    throw error;
  }
}

/** Decides an approval by the id that this user typed; what they are told. */
export async function decideTyped(
  cfg: OpenClawConfig,
  accountId: string,
  { id: approvalId, decision }: TypedDecision,
  senderId: string,
): Promise<string> {
  const who = { channel: CHANNEL_ID, accountId, senderId, clientDisplayName: deciderOf(senderId) };
  try {
    await resolveTypedApproval({ cfg, approvalId, decision, ...who });
    return DECIDED[decision];
  } catch (error) {
    if (isApprovalNotFoundError(error))
      return `There is no open request \`${approvalId}\`. Was it decided, or has it expired?`;
    return `This could not be decided: ${messageOf(error)}.`;
  }
}
const DECIDED = { "allow-once": "Allowed once.", "allow-always": "Allowed always.", deny: "Denied." } as const;
