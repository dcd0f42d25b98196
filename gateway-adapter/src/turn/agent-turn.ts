import type { PostEvent } from "@openclaw-mattermost/contract";
import { bindIngressLifecycleToReplyOptions, createMessageReceiptFromOutboundResults } from "../host/ingress.ts";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import { currentConfig, type PluginRuntime } from "../host/runtime.ts";
import { conversationOf, type Conversation } from "./conversation.ts";
import { engagementOf } from "./engagement.ts";

type IngressLifecycle = Parameters<typeof bindIngressLifecycleToReplyOptions>[0];

/** Why a post started no turn. */
export type TurnVerdict = { kind: "dispatched" } | { kind: "dropped"; reason: string } | { kind: "pairing" };

export interface TurnDeps {
  runtime: PluginRuntime;
  /** The account as it is configured now. */
  account: () => MattermostAccount;
  bot: { id: string; username: string };
  send: (to: string, text: string, rootId: string) => Promise<{ id: string; channelId: string }>;
  typing: (channelId: string, rootId: string) => Promise<unknown>;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/** One post becomes one turn of the agent: route, policy, mention gate, context, dispatch. */
export async function runTurn(deps: TurnDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<TurnVerdict> {
  const { runtime } = deps;
  const cfg = currentConfig(runtime);
  const account = deps.account();
  if (event.actor.id === deps.bot.id) return { kind: "dropped", reason: "own" };
  if (event.actor.is_bot || event.actor.is_webhook || event.actor.is_system) return { kind: "dropped", reason: "not_a_person" };

  const where = conversationOf(event, account);
  const peer = { kind: where.kind, id: where.peerId };
  const route = runtime.channel.routing.resolveAgentRoute({ cfg, channel: CHANNEL_ID, accountId: account.accountId, peer });
  const sessionKey = where.sessionThread ? `${route.sessionKey}:thread:${where.sessionThread}` : route.sessionKey;

  const patterns = runtime.channel.mentions.buildMentionRegexes(cfg, route.agentId);
  const engagement = engagementOf(
    {
      text: event.post.message,
      kind: where.kind,
      channelId: event.channel.id,
      botUsername: deps.bot.username,
      matchesPattern: runtime.channel.mentions.matchesMentionPatterns(event.post.message, patterns),
    },
    account,
  );
  const isCommand = runtime.channel.commands.isControlCommandMessage(engagement.text, cfg);

  const access = await runtime.channel.inbound.ingress.resolveStable({
    channelId: CHANNEL_ID,
    accountId: account.accountId,
    cfg,
    identity: {
      key: "user-id",
      authentication: "verified",
      normalize: normalizeUserEntry,
      aliases: [{ key: "username", authentication: "mutable", normalizeEntry: normalizeNameEntry, normalizeSubject: normalizeNameEntry }],
    },
    minIdentifierAuthentication: account.nameMatching ? "mutable" : "asserted",
    useDefaultPairingStore: true,
    subject: { stableId: event.actor.id, aliases: { username: event.actor.username } },
    conversation: { kind: where.kind, id: event.channel.id },
    contextBinding: { agentId: route.agentId, sessionKey, messageId: event.post.id, nativeChannelId: event.channel.id, inboundEventKind: "user_request" },
    event: { kind: "message", authMode: "inbound", mayPair: where.kind === "direct" },
    dmPolicy: account.dmPolicy,
    groupPolicy: account.groupPolicy,
    policy: { groupAllowFromFallbackToAllowFrom: true },
    allowFrom: [...account.allowFrom],
    groupAllowFrom: [...account.groupAllowFrom],
    command: { allowTextCommands: true, hasControlCommand: isCommand },
  });
  if (access.ingress.decision === "pairing") {
    await offerPairing(deps, event);
    return { kind: "pairing" };
  }
  if (access.ingress.decision !== "allow") return { kind: "dropped", reason: access.ingress.reasonCode };

  const mention = runtime.channel.mentions.resolveInboundMentionDecision({
    facts: { canDetectMention: true, wasMentioned: engagement.wasMentioned, implicitMentionKinds: [] },
    policy: {
      isGroup: where.kind !== "direct",
      requireMention: engagement.requireMention,
      allowTextCommands: true,
      hasControlCommand: isCommand,
      commandAuthorized: access.commandAccess.authorized,
    },
  });
  if (mention.shouldSkip) return { kind: "dropped", reason: "not_mentioned" };

  const ctxPayload = runtime.channel.inbound.buildContext({
    channel: CHANNEL_ID,
    accountId: account.accountId,
    messageId: event.post.id,
    timestamp: event.post.create_at,
    from: `${CHANNEL_ID}:${where.kind === "direct" ? event.actor.id : `channel:${event.channel.id}`}`,
    sender: { id: event.actor.id, name: event.actor.display_name || event.actor.username, username: event.actor.username },
    conversation: {
      kind: where.kind,
      id: event.channel.id,
      label: event.channel.display_name || where.label,
      nativeChannelId: event.channel.id,
      routePeer: peer,
      ...(event.channel.team_id ? { spaceId: event.channel.team_id } : {}),
      ...(where.sessionThread ? { threadId: where.sessionThread } : {}),
    },
    route: {
      agentId: route.agentId,
      accountId: account.accountId,
      routeSessionKey: route.sessionKey,
      dispatchSessionKey: sessionKey,
      mainSessionKey: route.mainSessionKey,
      ...(route.dmScope ? { dmScope: route.dmScope } : {}),
      ...(where.sessionThread ? { parentSessionKey: route.sessionKey } : {}),
    },
    reply: {
      to: where.target,
      originatingTo: where.target,
      nativeChannelId: event.channel.id,
      ...(where.replyRoot ? { messageThreadId: where.replyRoot, replyToId: where.replyRoot } : {}),
    },
    message: { rawBody: event.post.message, bodyForAgent: engagement.text, commandBody: engagement.text, inboundEventKind: "user_request" },
    access: {
      commands: { authorized: access.commandAccess.authorized },
      mentions: {
        canDetectMention: true,
        wasMentioned: engagement.wasMentioned,
        requireMention: engagement.requireMention,
        effectiveWasMentioned: mention.effectiveWasMentioned,
      },
    },
    channelIngress: access,
  });

  await runtime.channel.inbound.dispatch({
    cfg,
    channel: CHANNEL_ID,
    accountId: account.accountId,
    route: { agentId: route.agentId, sessionKey, ...(route.dmScope ? { dmScope: route.dmScope } : {}) },
    ctxPayload,
    delivery: deliveryOf(deps, where, event.channel.id),
    replyPipeline: {
      typing: {
        start: async () => {
          await deps.typing(event.channel.id, where.replyRoot);
        },
        onStartError: (error: unknown) => {
          deps.log("Typing could not be shown.", { account: account.accountId, reason: messageOf(error) });
        },
      },
    },
    replyOptions: { disableBlockStreaming: true, ...bindIngressLifecycleToReplyOptions(lifecycle) },
  });
  return { kind: "dispatched" };
}

/** Final answers go through OpenClaw's outbox, which delivers after an outage; everything else is sent at once. */
function deliveryOf(deps: TurnDeps, where: Conversation, channelId: string): Parameters<PluginRuntime["channel"]["inbound"]["dispatch"]>[0]["delivery"] {
  return {
    observeMessageSent: true,
    durable: (_payload, info) => (info.kind === "final" ? { to: where.target, ...(where.replyRoot ? { threadId: where.replyRoot, replyToId: where.replyRoot } : {}) } : false),
    deliver: async (payload) => {
      const text = payload.text?.trim();
      if (!text) return { visibleReplySent: false };
      const sent = await deps.send(where.target, text, where.replyRoot);
      return {
        visibleReplySent: true,
        content: text,
        messageIds: [sent.id],
        receipt: createMessageReceiptFromOutboundResults({ kind: "text", results: [{ channel: CHANNEL_ID, messageId: sent.id, conversationId: channelId }] }),
      };
    },
    onError: (error, info) => {
      deps.log("An answer could not be sent.", { kind: info.kind, reason: messageOf(error) });
    },
  };
}

/** An unknown sender of a direct message gets a code once, for the owner to approve. */
async function offerPairing(deps: TurnDeps, event: PostEvent): Promise<void> {
  const { pairing } = deps.runtime.channel;
  const { code, created } = await pairing.upsertPairingRequest({
    channel: CHANNEL_ID,
    accountId: deps.account().accountId,
    id: event.actor.id,
    meta: { name: event.actor.display_name || event.actor.username, username: event.actor.username },
  });
  if (!created) return;
  const text = pairing.buildPairingReply({ channel: CHANNEL_ID, idLine: `Your Mattermost user id: ${event.actor.id}`, code });
  await deps.send(`channel:${event.channel.id}`, text, event.post.root_id);
}

/** An entry of an allow-list, or a user id, as it is compared. */
export function normalizeUserEntry(value: string): string {
  return value.trim().toLowerCase().replace(/^(mattermost|user):/, "").replace(/^user:/, "");
}

function normalizeNameEntry(value: string): string {
  return normalizeUserEntry(value).replace(/^@/, "");
}
