import {
  buildChannelConfigSchema,
  createChannelPluginBase,
  createChatChannelPlugin,
  type OpenClawConfig,
} from "openclaw/plugin-sdk/channel-core";
import { createAccountStatusSink } from "openclaw/plugin-sdk/channel-outbound";
import { defineChannelSetupContract } from "openclaw/plugin-sdk/channel-setup";
import { APPROVED } from "./account/approvals.ts";
import { followQuestion } from "./account/questions.ts";
import { createCommandCallback } from "./receive/commands/callback.ts";
import { startAccount } from "./account.ts";
import type { Log, Probe } from "./account/facts.ts";
import { createActions } from "./channel/actions.ts";
import { createDirectory, createResolver } from "./channel/directory.ts";
import { createMessaging } from "./channel/targets.ts";
import { buildToolContext, matchesToolContextTarget, resolveAutoThreadId } from "./channel/threading.ts";
import { typedApproval } from "./channel/typed-approval.ts";
import {
  CHANNEL_ID,
  defaultAccountId,
  listAccountIds,
  resolveAccount,
  type HostConfig,
  type MattermostAccount,
} from "./config/account-config.ts";
import { normalizeUserEntry } from "./config/entries.ts";
import { sectionSchema } from "./config/schema.ts";
import { createDoctor } from "./doctor.ts";
import { resolveGatewayAuthBypassPaths } from "./gateway-auth-api.ts";
import { messageOf } from "./errors.ts";
import { createApprovals } from "./channel/approvals.ts";
import { CHANNEL_APPROVAL_NATIVE_RUNTIME_CONTEXT_CAPABILITY, registerChannelRuntimeContext } from "./host/approvals.ts";
import { createChannelMessageAdapterFromOutbound } from "./host/outbox.ts";
import { getRuntime } from "./host/runtime.ts";
import { PRESENTATION_CAPABILITIES } from "./interactions/presentation.ts";
import { renderPresentation } from "./interactions/render.ts";
import { serveRoute } from "./host/routes.ts";
import { channelSecrets } from "./host/secrets.ts";
import { createOutbox } from "./outbox.ts";
import { createFailureLimiter } from "./receive/failure-limiter.ts";
import { probeAccount } from "./probe.ts";
import type { Registry } from "./registry.ts";
import { splitMarkdown } from "./reply/split-markdown.ts";
import { accountSnapshot, createStatusTeller, statusIssues, tokenStatus } from "./status.ts";
import { createSetupWizard } from "./setup-wizard.ts";
import { applySetup, setupFields, validateSetup } from "./setup.ts";

export interface ChannelDeps {
  registry: Registry;
  adapterVersion: string;
  env: NodeJS.ProcessEnv;
}

const DURABLE_FINAL = {
  text: true,
  media: true,
  payload: true,
  thread: true,
  replyTo: true,
  messageSendingHooks: true,
};

/** The channel as OpenClaw sees it. */
export function createMattermostChannel({ registry, adapterVersion, env }: ChannelDeps) {
  const account = (cfg: OpenClawConfig, accountId?: string | null): MattermostAccount =>
    resolveAccount(cfg as HostConfig, accountId, env);

  const config = {
    listAccountIds: (cfg: OpenClawConfig) => listAccountIds(cfg as HostConfig, env),
    resolveAccount: account,
    defaultAccountId: (cfg: OpenClawConfig) => defaultAccountId(cfg as HostConfig, env),
    isEnabled: (resolved: MattermostAccount) => resolved.enabled,
    isConfigured: (resolved: MattermostAccount) => resolved.configured,
    unconfiguredReason: (resolved: MattermostAccount) =>
      resolved.problems
        .filter(({ severity }) => severity === "error")
        .map((problem) => `${problem.message} ${problem.fix}`)
        .join(" "),
    inspectAccount: (cfg: OpenClawConfig, accountId?: string | null) => {
      const resolved = account(cfg, accountId);
      return {
        accountId: resolved.accountId,
        name: resolved.name,
        enabled: resolved.enabled,
        // A secret may be read only where the account runs.
        configured: resolved.configured || (resolved.tokenSource === "config" && resolved.baseUrl !== undefined),
        botTokenStatus: tokenStatus(resolved),
        botTokenSource: resolved.tokenSource,
      };
    },
    resolveAllowFrom: ({ cfg, accountId }: { cfg: OpenClawConfig; accountId?: string | null }) => [
      ...account(cfg, accountId).allowFrom,
    ],
  };

  const outbox = createOutbox({ registry, account });
  const takeCommand = createCommandCallback({
    takersAt: (path) => registry.all().flatMap(({ commands }) => (commands.servesAt(path) ? [commands.take] : [])),
    limiter: createFailureLimiter({ now: Date.now }),
    log: (sentence, fields) => getRuntime().logging.getChildLogger({ channel: CHANNEL_ID }).warn(sentence, fields),
  });
  const approvals = createApprovals({
    account,
    listAccountIds: config.listAccountIds,
    defaultAccountId: config.defaultAccountId,
    ask: outbox.ask,
    conclude: outbox.conclude,
    username: outbox.username,
    sees: outbox.sees,
    typed: (cfg, accountId) => {
      const resolved = account(cfg, accountId);
      return typedApproval(resolved, registry.get(resolved.accountId));
    },
  });

  const plugin = createChatChannelPlugin<MattermostAccount, Probe>({
    base: {
      ...createChannelPluginBase<MattermostAccount>({
        id: CHANNEL_ID,
        meta: {
          id: CHANNEL_ID,
          label: "Mattermost",
          selectionLabel: "Mattermost (plugin)",
          docsPath: "/channels/mattermost",
          blurb: "self-hosted team chat, linked by a signed webhook.",
          order: 65,
        },
        capabilities: {
          chatTypes: ["direct", "group", "channel", "thread"],
          reactions: true,
          edit: true,
          threads: true,
          media: true,
        },
        reload: { configPrefixes: [`channels.${CHANNEL_ID}`] },
        configSchema: buildChannelConfigSchema(sectionSchema),
        setupContract: defineChannelSetupContract({
          fields: setupFields,
          adapter: { applyAccountConfig: applySetup, validateInput: validateSetup },
        }),
        setupWizard: createSetupWizard(env),
        config,
      }),
      config,
      doctor: createDoctor(env),
      secrets: channelSecrets,
      approvalCapability: approvals.capability,
      groups: {
        resolveRequireMention: ({ cfg, accountId, groupId }) => {
          const { groups, requireMention, chatmode } = account(cfg, accountId);
          return (
            groups[groupId ?? ""]?.requireMention ??
            groups["*"]?.requireMention ??
            requireMention ??
            chatmode !== "onmessage"
          );
        },
      },
      messaging: createMessaging({ registry, account }),
      actions: createActions({ registry, account, accountIds: config.listAccountIds }),
      directory: createDirectory({ registry, account }),
      resolver: createResolver({ registry, account }),
      status: {
        probeAccount: ({ account: resolved, timeoutMs }) => probeAccount(resolved, timeoutMs),
        buildAccountSnapshot: ({ account: resolved, runtime, probe }) => accountSnapshot(resolved, runtime, probe),
        collectStatusIssues: (accounts) => statusIssues(accounts),
      },
      gateway: {
        resolveGatewayAuthBypassPaths: ({ cfg }) => resolveGatewayAuthBypassPaths({ cfg: cfg as HostConfig }),
        startAccount: async (ctx) => {
          const sink = createAccountStatusSink({ accountId: ctx.accountId, setStatus: ctx.setStatus });
          const write =
            (level: "info" | "warn" | "error"): Log =>
            (sentence, fields) =>
              ctx.log?.[level](`[mattermost] ${sentence} ${JSON.stringify(fields)}`);
          const started = startAccount({
            accountId: ctx.accountId,
            runtime: getRuntime(),
            env,
            versions: { adapter: adapterVersion, openclaw: getRuntime().version },
            abortSignal: ctx.abortSignal,
            serveCommands: (path) => serveRoute(path, takeCommand, ctx.accountId),
            log: { info: write("info"), warn: write("warn"), error: write("error") },
            onChange: createStatusTeller(sink, Date.now),
          });
          registry.add(ctx.accountId, started);
          // From now on OpenClaw asks here for approvals.
          registerChannelRuntimeContext({
            ...(ctx.channelRuntime ? { channelRuntime: ctx.channelRuntime } : {}),
            channelId: CHANNEL_ID,
            accountId: ctx.accountId,
            capability: CHANNEL_APPROVAL_NATIVE_RUNTIME_CONTEXT_CAPABILITY,
            context: { accountId: ctx.accountId },
            abortSignal: ctx.abortSignal,
          });
          try {
            await started.done;
          } finally {
            registry.remove(ctx.accountId, started);
          }
        },
      },
    },
    security: {
      dm: {
        channelKey: CHANNEL_ID,
        resolvePolicy: (resolved) => resolved.dmPolicy,
        resolveAllowFrom: (resolved) => [...resolved.allowFrom],
        defaultPolicy: "pairing",
        normalizeEntry: normalizeUserEntry,
      },
      collectWarnings: ({ account: resolved }) =>
        resolved.groupPolicy === "open"
          ? [
              '- Mattermost: groupPolicy is "open", so every member of a channel with the bot can talk to it. ' +
                'Set channels.mattermost.groupPolicy to "allowlist" and name people in groupAllowFrom to narrow that.',
            ]
          : [],
    },
    pairing: {
      text: {
        idLabel: "mattermostUserId",
        message: APPROVED,
        normalizeAllowEntry: normalizeUserEntry,
        notify: async ({ cfg, id, accountId, message }) => {
          const running = registry.get(account(cfg, accountId).accountId);
          try {
            if (running) await running.approvals.tellNow(normalizeUserEntry(id));
            else await outbox.send(cfg, accountId, { to: `user:${id}`, text: message, rootId: "" });
          } catch (error) {
            throw new Error(`The approved user could not be told: ${messageOf(error)}`, { cause: error });
          }
        },
      },
    },
    threading: {
      threadAddressing: "message",
      buildToolContext,
      matchesToolContextTarget,
      resolveAutoThreadId,
      scopedAccountReplyToMode: {
        resolveAccount: account,
        resolveReplyToMode: ({ replyToMode }, chatType) =>
          chatType === "direct" || chatType === "group" ? replyToMode[chatType] : replyToMode.channel,
      },
    },
    outbound: {
      base: {
        deliveryMode: "direct",
        chunker: (text, limit) => splitMarkdown(text, limit),
        chunkerMode: "markdown",
        resolveEffectiveTextChunkLimit: ({ cfg, accountId }) => outbox.limitOf(account(cfg, accountId)),
        deliveryCapabilities: { durableFinal: DURABLE_FINAL },
        presentationCapabilities: PRESENTATION_CAPABILITIES,
        // A question that ends without a click loses its buttons, too.
        afterDeliverPayload: ({ cfg, target, payload, results }) => {
          const postId = results.at(-1)?.messageId;
          if (postId) followQuestion(registry.partsOf(account(cfg, target.accountId)), payload, postId);
        },
        // The post with the buttons says it all.
        shouldSuppressLocalPayloadPrompt: ({ cfg, accountId, payload, hint }) =>
          hint?.kind === "approval-pending" &&
          hint.nativeRouteActive === true &&
          approvals.shouldSuppressLocalPrompt({ cfg, payload, ...(accountId ? { accountId } : {}) }),
        renderPresentation: ({ payload, presentation }) => renderPresentation(payload, presentation),
        sendPayload: outbox.sendPayload,
        sendPayloadGroupsMedia: true,
      },
      attachedResults: {
        channel: CHANNEL_ID,
        sendText: outbox.sendText,
        sendMedia: outbox.sendMedia,
      },
    },
  });

  const durableFinal = { ...DURABLE_FINAL, reconcileUnknownSend: true };
  const message = createChannelMessageAdapterFromOutbound<OpenClawConfig>({
    id: CHANNEL_ID,
    outbound: plugin.outbound as never,
    capabilities: durableFinal,
  });
  return {
    ...plugin,
    message: {
      ...message,
      durableFinal: {
        ...message.durableFinal,
        capabilities: durableFinal,
        automaticUnknownSendReconciliation: true,
        reconcileUnknownSendKinds: { text: true, media: true, payload: true },
        reconcileUnknownSend: outbox.reconcile,
      },
    },
  };
}
