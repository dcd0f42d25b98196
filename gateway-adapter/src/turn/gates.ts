import type { PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { currentConfig, type PluginRuntime } from "../host/runtime.ts";
import { conversationOf, type Conversation } from "./conversation.ts";
import { engagementOf, type Engagement } from "./engagement.ts";
import { senderIdentity } from "./identity.ts";

type Channel = PluginRuntime["channel"];
type Route = ReturnType<Channel["routing"]["resolveAgentRoute"]>;
type Access = Awaited<ReturnType<Channel["inbound"]["ingress"]["resolveStable"]>>;

/** A post that may start a turn, with all that was decided on the way. */
export interface Admitted {
  kind: "admitted";
  cfg: ReturnType<typeof currentConfig>;
  account: MattermostAccount;
  where: Conversation;
  peer: { kind: Conversation["kind"]; id: string };
  route: Route;
  sessionKey: string;
  engagement: Engagement;
  access: Access;
  effectiveWasMentioned: boolean;
}
export type GateVerdict = Admitted | { kind: "pairing" } | { kind: "dropped"; reason: string };

export interface GateDeps {
  runtime: PluginRuntime;
  account: MattermostAccount;
  bot: { id: string; username: string };
}

/** Who may talk, and when: own and other bots, OpenClaw's policy for the sender, then the mention gate. */
export async function passGates({ runtime, account, bot }: GateDeps, event: PostEvent): Promise<GateVerdict> {
  if (event.actor.id === bot.id) return { kind: "dropped", reason: "own" };
  if (event.actor.is_bot || event.actor.is_webhook || event.actor.is_system)
    return { kind: "dropped", reason: "not_a_person" };

  const cfg = currentConfig(runtime);
  const { routing, mentions, commands, inbound } = runtime.channel;
  const where = conversationOf(event, account);
  const peer = { kind: where.kind, id: where.peerId };
  const route = routing.resolveAgentRoute({ cfg, channel: CHANNEL_ID, accountId: account.accountId, peer });
  const sessionKey = where.sessionThread ? `${route.sessionKey}:thread:${where.sessionThread}` : route.sessionKey;
  const engagement = engagementOf(
    {
      text: event.post.message,
      kind: where.kind,
      channelId: event.channel.id,
      botUsername: bot.username,
      matchesPattern: mentions.matchesMentionPatterns(
        event.post.message,
        mentions.buildMentionRegexes(cfg, route.agentId),
      ),
    },
    account,
  );
  const hasControlCommand = commands.isControlCommandMessage(engagement.text, cfg);

  const access = await inbound.ingress.resolveStable({
    channelId: CHANNEL_ID,
    accountId: account.accountId,
    cfg,
    identity: senderIdentity,
    minIdentifierAuthentication: account.nameMatching ? "mutable" : "asserted",
    useDefaultPairingStore: true,
    subject: { stableId: event.actor.id, aliases: { username: event.actor.username } },
    conversation: { kind: where.kind, id: event.channel.id },
    contextBinding: {
      agentId: route.agentId,
      sessionKey,
      messageId: event.post.id,
      nativeChannelId: event.channel.id,
      inboundEventKind: "user_request",
    },
    event: { kind: "message", authMode: "inbound", mayPair: where.kind === "direct" },
    dmPolicy: account.dmPolicy,
    groupPolicy: account.groupPolicy,
    policy: { groupAllowFromFallbackToAllowFrom: true },
    allowFrom: [...account.allowFrom],
    groupAllowFrom: [...account.groupAllowFrom],
    command: { allowTextCommands: true, hasControlCommand },
  });
  if (access.ingress.decision === "pairing") return { kind: "pairing" };
  if (access.ingress.decision !== "allow") return { kind: "dropped", reason: access.ingress.reasonCode };

  const mention = mentions.resolveInboundMentionDecision({
    facts: { canDetectMention: true, wasMentioned: engagement.wasMentioned, implicitMentionKinds: [] },
    policy: {
      isGroup: where.kind !== "direct",
      requireMention: engagement.requireMention,
      allowTextCommands: true,
      hasControlCommand,
      commandAuthorized: access.commandAccess.authorized,
    },
  });
  if (mention.shouldSkip) return { kind: "dropped", reason: "not_mentioned" };
  return {
    kind: "admitted",
    cfg,
    account,
    where,
    peer,
    route,
    sessionKey,
    engagement,
    access,
    effectiveWasMentioned: mention.effectiveWasMentioned,
  };
}
