import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { createApprovers } from "../account/approvers.ts";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import {
  buildChannelApprovalNativeTargetKey,
  createApproverRestrictedNativeApprovalCapability,
  createChannelApprovalNativeRuntimeAdapter,
  createChannelApproverDmTargetResolver,
  createChannelExecApprovalProfile,
  createChannelNativeOriginTargetResolver,
  doesApprovalRequestSelectChannelAccount,
  formatChannelApprovalResolvedLabel,
} from "../host/approvals.ts";
import {
  approvalControls,
  approvalText,
  deciderId,
  EXPIRED_LINE,
  LOST_LINE,
  pendingHint,
  resolvedLine,
} from "../interactions/approval-text.ts";
import type { Controls } from "../interactions/control.ts";
import { formatTarget, parseTarget } from "../mattermost/target.ts";

type AccountId = string | null | undefined;

export interface ApprovalDeps {
  account: (cfg: OpenClawConfig, accountId?: string | null) => MattermostAccount;
  listAccountIds: (cfg: OpenClawConfig) => string[];
  defaultAccountId: (cfg: OpenClawConfig) => string;
  /** Asks with buttons; the post that has them. */
  ask: (cfg: OpenClawConfig, accountId: AccountId, what: Place & Pending & Lasting) => Promise<Shown>;
  /** Replaces the buttons of a post by a line. */
  conclude: (cfg: OpenClawConfig, accountId: AccountId, postId: string, line: string) => Promise<void>;
  username: (cfg: OpenClawConfig, accountId: AccountId, userId: string) => Promise<string>;
  /** What is typed before the id to decide. */
  typed: (cfg: OpenClawConfig, accountId: AccountId) => string;
  /** Whether this person sees what is posted there. */
  sees: (cfg: OpenClawConfig, accountId: AccountId, to: string, userId: string) => Promise<boolean>;
}

/** Whether, and for whom, this channel asks for approvals. */
function createProfile(deps: ApprovalDeps) {
  const approvers = createApprovers(deps.account);
  const profile = createChannelExecApprovalProfile({
    resolveConfig: ({ cfg, accountId }) => {
      const { enabled, configured } = deps.account(cfg, accountId);
      return { enabled: enabled && configured ? "auto" : false, target: "channel" };
    },
    resolveApprovers: (context) => approvers.resolveApprovers(context),
    fallbackAgentIdFromSessionKey: true,
    matchesRequestAccount: ({ cfg, accountId, request }) => {
      const id = deps.account(cfg, accountId).accountId;
      return doesApprovalRequestSelectChannelAccount({
        cfg,
        request,
        channel: CHANNEL_ID,
        accountId: id,
        defaultAccountId: deps.defaultAccountId(cfg),
        eligibleAccountIds: [id],
      });
    },
  });
  return { approvers, ...profile };
}

/**
 * OpenClaw's approvals in Mattermost: asked in the thread where the agent works, and of each approver where none of them sees that;
 * decided by approvers alone; what became of one is shown wherever it was asked.
 */
export function createApprovals(deps: ApprovalDeps) {
  const { approvers, isClientEnabled, shouldHandleRequest, shouldSuppressLocalPrompt } = createProfile(deps);
  const targetOf = (to: string | null | undefined, threadId: string | number | null | undefined) => {
    const target = to ? parseTarget(to) : undefined;
    return target ? { to: formatTarget(target), ...(threadId ? { threadId: String(threadId) } : {}) } : null;
  };
  const resolveOriginTarget = createChannelNativeOriginTargetResolver({
    channel: CHANNEL_ID,
    shouldHandleRequest,
    resolveTurnSourceTarget: ({ request }) =>
      request.turnSourceChannel === CHANNEL_ID ? targetOf(request.turnSourceTo, request.turnSourceThreadId) : null,
    resolveSessionTarget: ({ to, threadId }) => targetOf(to, threadId),
  });
  const resolveAllApprovers = createChannelApproverDmTargetResolver({
    shouldHandleRequest,
    resolveApprovers: (context) => approvers.resolveApprovers(context),
    mapApprover: (userId) => ({ to: `user:${userId}` }),
  });
  const capability = createApproverRestrictedNativeApprovalCapability({
    channel: CHANNEL_ID,
    channelLabel: "Mattermost",
    listAccountIds: deps.listAccountIds,
    hasApprovers: (context) => approvers.resolveApprovers(context).length > 0,
    isExecAuthorizedSender: (context) => approvers.isAuthorizedSender(context),
    isNativeDeliveryEnabled: isClientEnabled,
    resolveNativeDeliveryMode: () => "both",
    requireMatchingTurnSourceChannel: true,
    resolveOriginTarget,
    resolveApproverDmTargets: async (params) => {
      const origin = resolveOriginTarget(params);
      const { cfg, accountId = null } = params;
      const ids = approvers.resolveApprovers({ cfg, accountId });
      const seeing = origin ? await Promise.all(ids.map((id) => deps.sees(cfg, accountId, origin.to, id))) : [];
      return seeing.includes(true) ? [] : resolveAllApprovers(params);
    },
    notifyOriginWhenDmOnly: true,
    describeExecApprovalSetup: () =>
      "Approvals in Mattermost need approvers: put the user ids of those who may decide into channels.mattermost.allowFrom or commands.ownerAllowFrom.",
    nativeRuntime: createNativeRuntime(deps, { isClientEnabled, shouldHandleRequest }),
  });
  return { capability, shouldSuppressLocalPrompt };
}

type Capability = ReturnType<typeof createApproverRestrictedNativeApprovalCapability>;
interface Pending {
  text: string;
  controls: Controls;
}
interface Place {
  to: string;
  rootId: string;
}
interface Lasting {
  request: string;
  lost: string;
}
interface Shown {
  postId: string;
}

/** How an approval is shown: a post with buttons, which give way to a line. */
function createNativeRuntime(
  deps: ApprovalDeps,
  profile: Pick<ReturnType<typeof createProfile>, "isClientEnabled" | "shouldHandleRequest">,
) {
  const runtime = createChannelApprovalNativeRuntimeAdapter<Pending, Place, Shown, unknown, string>({
    eventKinds: ["exec", "plugin", "system-agent"],
    availability: {
      isConfigured: (context) => profile.isClientEnabled(context),
      shouldHandle: (context) => profile.shouldHandleRequest(context),
    },
    presentation: {
      buildPendingPayload: ({ cfg, accountId, view, nowMs }) => ({
        text: `${approvalText(view)}\n\n${pendingHint(view, nowMs, deps.typed(cfg, accountId))}`,
        controls: approvalControls(view),
      }),
      buildResolvedResult: async ({ cfg, accountId, view }) => {
        const userId = deciderId("resolvedBy" in view ? view.resolvedBy : undefined);
        const name = userId ? await deps.username(cfg, accountId, userId).catch(() => "") : undefined;
        return { kind: "update", payload: resolvedLine(view, formatChannelApprovalResolvedLabel(view), name) };
      },
      buildExpiredResult: () => ({ kind: "update", payload: EXPIRED_LINE }),
    },
    transport: {
      prepareTarget: ({ plannedTarget: { target } }) => ({
        dedupeKey: buildChannelApprovalNativeTargetKey(target),
        target: { to: target.to, rootId: target.threadId ? String(target.threadId) : "" },
      }),
      deliverPending: ({ cfg, accountId, preparedTarget, pendingPayload, request }) =>
        deps.ask(cfg, accountId, { ...preparedTarget, ...pendingPayload, request: request.id, lost: LOST_LINE }),
      updateEntry: ({ cfg, accountId, entry, payload }) => deps.conclude(cfg, accountId, entry.postId, payload),
    },
  });
  // OpenClaw hands back what it was handed, but its own type of it has forgotten what that was.
  return runtime as unknown as NonNullable<Capability["nativeRuntime"]>;
}
