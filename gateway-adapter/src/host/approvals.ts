import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { resolveApprovalOverGateway, type ApprovalResolveResult } from "openclaw/plugin-sdk/approval-gateway-runtime";

/** OpenClaw's approvals: who may decide, where they are asked, and the decision itself. */
export { createChannelApprovalAuth } from "openclaw/plugin-sdk/approval-auth-runtime";
export { createChannelExecApprovalProfile } from "openclaw/plugin-sdk/approval-client-runtime";
export { isApprovalNotFoundError } from "openclaw/plugin-sdk/error-runtime";
export { formatChannelApprovalResolvedLabel } from "openclaw/plugin-sdk/approval-runtime";
export { createApproverRestrictedNativeApprovalCapability } from "openclaw/plugin-sdk/approval-delivery-runtime";
export {
  CHANNEL_APPROVAL_NATIVE_RUNTIME_CONTEXT_CAPABILITY,
  createChannelApprovalNativeRuntimeAdapter,
  type ExpiredApprovalView,
  type PendingApprovalView,
  type ResolvedApprovalView,
} from "openclaw/plugin-sdk/approval-handler-runtime";
export {
  buildChannelApprovalNativeTargetKey,
  createChannelApproverDmTargetResolver,
  createChannelNativeOriginTargetResolver,
  doesApprovalRequestSelectChannelAccount,
} from "openclaw/plugin-sdk/approval-native-runtime";
export { registerChannelRuntimeContext } from "openclaw/plugin-sdk/channel-runtime-context";

/** What OpenClaw keeps of an approval that is decided. */
export type ApprovalRecord = ApprovalResolveResult["approval"];

/** What a user of this channel decides. */
export interface ApprovalDecision {
  cfg: OpenClawConfig;
  approvalId: string;
  decision: "allow-once" | "allow-always" | "deny";
  channel: string;
  accountId: string;
  senderId: string;
  clientDisplayName: string;
}

/** Decides an approval as a user of this channel; `applied` is false where somebody was faster. */
export function resolveApproval(
  decision: ApprovalDecision & { approvalKind: "exec" | "plugin" | "system-agent" },
): Promise<ApprovalResolveResult> {
  return resolveApprovalOverGateway(decision);
}

/** Decides an approval of whichever kind by the id that somebody typed, also where that is cut short. Rejects where it was decided before. */
export async function resolveTypedApproval(decision: ApprovalDecision): Promise<void> {
  // By its kind OpenClaw would deny an approval of another kind, and nobody types that.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  await resolveApprovalOverGateway({ ...decision, allowPluginFallback: true });
}
