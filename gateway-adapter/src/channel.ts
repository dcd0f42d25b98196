import {
  buildChannelConfigSchema,
  buildChannelOutboundSessionRoute,
  createChannelPluginBase,
  createChatChannelPlugin,
  type OpenClawConfig,
} from "openclaw/plugin-sdk/channel-core";
import { createAccountStatusSink } from "openclaw/plugin-sdk/channel-outbound";
import { defineChannelSetupContract } from "openclaw/plugin-sdk/channel-setup";
import { channelReadyPatch } from "openclaw/plugin-sdk/gateway-runtime";
import { startAccount, type AccountFacts, type Log, type Probe } from "./account.ts";
import {
  CHANNEL_ID,
  defaultAccountId,
  listAccountIds,
  resolveAccount,
  type HostConfig,
  type MattermostAccount,
} from "./config/account-config.ts";
import { sectionSchema } from "./config/schema.ts";
import { messageOf } from "./errors.ts";
import { createChannelMessageAdapterFromOutbound } from "./host/outbox.ts";
import { getRuntime } from "./host/runtime.ts";
import { chunkMarkdown } from "./host/text.ts";
import { createOutbox } from "./outbox.ts";
import { probeAccount } from "./probe.ts";
import type { Registry } from "./registry.ts";
import { formatTarget, parseTarget } from "./reply/target.ts";
import { accountSnapshot, statusIssues } from "./status.ts";
import { applySetup, setupFields } from "./setup.ts";
import { normalizeUserEntry } from "./turn/identity.ts";

export interface ChannelDeps {
  registry: Registry;
  adapterVersion: string;
  env: NodeJS.ProcessEnv;
}

// An account that is ready was never logged out for good: the field stays away.
const READY = { running: channelReadyPatch().running, lifecycle: channelReadyPatch().lifecycle };

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
      resolved.problems.map((problem) => `${problem.message} ${problem.fix}`).join(" "),
    inspectAccount: (cfg: OpenClawConfig, accountId?: string | null) => {
      const resolved = account(cfg, accountId);
      return {
        accountId: resolved.accountId,
        name: resolved.name,
        enabled: resolved.enabled,
        configured: resolved.configured,
        botTokenStatus: resolved.botToken ? "available" : "missing",
        botTokenSource: resolved.tokenSource,
      };
    },
    resolveAllowFrom: ({ cfg, accountId }: { cfg: OpenClawConfig; accountId?: string | null }) => [
      ...account(cfg, accountId).allowFrom,
    ],
  };

  const outbox = createOutbox({ registry, account });

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
          reactions: false,
          threads: true,
          media: false,
        },
        reload: { configPrefixes: [`channels.${CHANNEL_ID}`] },
        configSchema: buildChannelConfigSchema(sectionSchema as never),
        setupContract: defineChannelSetupContract({ fields: setupFields, adapter: { applyAccountConfig: applySetup } }),
        config,
      }),
      config,
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
      messaging: {
        targetPrefixes: [CHANNEL_ID],
        normalizeTarget: (raw) => {
          const target = parseTarget(raw);
          return target ? formatTarget(target) : undefined;
        },
        targetResolver: {
          looksLikeId: (raw) => parseTarget(raw) !== undefined,
          hint: "<channel:ID|user:ID|@username>",
        },
        resolveOutboundSessionRoute: ({ cfg, agentId, accountId, target: raw, threadId }) => {
          const target = parseTarget(raw);
          if (!target || target.kind === "channel-name" || target.kind === "username") return null;
          const kind = target.kind === "user" ? "direct" : "channel";
          const to = formatTarget(target);
          return buildChannelOutboundSessionRoute({
            cfg,
            agentId,
            channel: CHANNEL_ID,
            peer: { kind, id: target.id },
            chatType: kind,
            from: `${CHANNEL_ID}:${to}`,
            to,
            ...(accountId ? { accountId } : {}),
            ...(threadId === null || threadId === undefined ? {} : { threadId }),
          });
        },
      },
      status: {
        probeAccount: ({ account: resolved, timeoutMs }) => probeAccount(resolved, timeoutMs),
        buildAccountSnapshot: ({ account: resolved, runtime, probe }) => accountSnapshot(resolved, runtime, probe),
        collectStatusIssues: (accounts) => statusIssues(accounts),
      },
      gateway: {
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
            log: { info: write("info"), warn: write("warn"), error: write("error") },
            onChange: (facts: AccountFacts) => {
              const broken = facts.problems.find((problem) => problem.severity === "error");
              sink({
                ...(broken
                  ? { running: true, connected: false, lastError: `${broken.message} ${broken.fix}` }
                  : { ...READY, connected: true, lastError: null }),
                // `linked` stays away: OpenClaw would not start an account again that once said false.
                ...(facts.welcomeAt === undefined ? {} : { lastConnectedAt: facts.welcomeAt }),
                ...(facts.lastEventAt === undefined
                  ? {}
                  : { lastEventAt: facts.lastEventAt, lastInboundAt: facts.lastEventAt }),
              });
            },
          });
          registry.add(ctx.accountId, started);
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
    },
    pairing: {
      text: {
        idLabel: "mattermostUserId",
        message: "You are approved. Say something, and I answer.",
        normalizeAllowEntry: normalizeUserEntry,
        notify: async ({ cfg, id, accountId, message }) => {
          try {
            await outbox.send(cfg, accountId, { to: `user:${id}`, text: message, rootId: "" });
          } catch (error) {
            throw new Error(`The approved user could not be told: ${messageOf(error)}`, { cause: error });
          }
        },
      },
    },
    threading: {
      threadAddressing: "message",
      scopedAccountReplyToMode: {
        resolveAccount: account,
        resolveReplyToMode: ({ replyToMode }, chatType) =>
          chatType === "direct" || chatType === "group" ? replyToMode[chatType] : replyToMode.channel,
      },
    },
    outbound: {
      base: {
        deliveryMode: "direct",
        chunker: chunkMarkdown,
        chunkerMode: "markdown",
        resolveEffectiveTextChunkLimit: ({ cfg, accountId }) => outbox.limitOf(account(cfg, accountId)),
        deliveryCapabilities: { durableFinal: { text: true, thread: true, replyTo: true, messageSendingHooks: true } },
      },
      attachedResults: {
        channel: CHANNEL_ID,
        sendText: outbox.sendText,
      },
    },
  });

  const durableFinal = {
    text: true,
    thread: true,
    replyTo: true,
    messageSendingHooks: true,
    reconcileUnknownSend: true,
  };
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
        reconcileUnknownSendKinds: { text: true },
        reconcileUnknownSend: outbox.reconcile,
      },
    },
  };
}
