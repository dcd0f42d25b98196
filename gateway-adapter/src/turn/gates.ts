import type { PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { currentConfig, type PluginRuntime } from "../host/runtime.ts";
import { readSession } from "../host/session-facts.ts";
import { notAPerson, resolveAccess, type Access } from "./access.ts";
import { conversationOf, type Conversation } from "./conversation.ts";
import { engagementOf, type Engagement } from "./engagement.ts";
import { implicitSwitches, type ImplicitMention } from "./implicit.ts";
import { mentionsBot } from "./mention.ts";

type Channel = PluginRuntime["channel"];
type Route = ReturnType<Channel["routing"]["resolveAgentRoute"]>;

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
  /** It is one of OpenClaw's own commands, such as `/stop`. */
  hasControlCommand: boolean;
}
/** `meant`: whoever wrote it spoke to the bot, and is refused. */
export type GateVerdict = Admitted | { kind: "pairing" } | { kind: "dropped"; reason: string; meant?: boolean };

export interface GateDeps {
  runtime: PluginRuntime;
  account: MattermostAccount;
  bot: { id: string; username: string };
  /** A slash command that is asked about as a post. */
  isCommand?: boolean;
  /** How a post means the bot without naming it; asked only where that matters. Absent for what always names it. */
  implicit?: (event: PostEvent, switches: ReturnType<typeof implicitSwitches>) => Promise<ImplicitMention[]>;
}

/** Who may talk, and when: own posts and automatic ones, OpenClaw's policy for the sender, then the mention gate. */
export async function passGates(deps: GateDeps, event: PostEvent): Promise<GateVerdict> {
  const { runtime, account, bot, isCommand } = deps;
  const { actor } = event;
  const unwelcome = whyUnwelcome(event, account, bot);
  if (unwelcome) return { kind: "dropped", reason: unwelcome };

  const cfg = currentConfig(runtime);
  const { routing, mentions, commands } = runtime.channel;
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
      ...(event.channel.engagement ? { mode: event.channel.engagement } : {}),
    },
    account,
  );
  const hasControlCommand = commands.isControlCommandMessage(engagement.text, cfg);

  const access = await resolveAccess(runtime, account, {
    cfg,
    actor,
    channel: event.channel,
    contextBinding: {
      agentId: route.agentId,
      sessionKey,
      messageId: event.post.id,
      nativeChannelId: event.channel.id,
      inboundEventKind: "user_request",
    },
    event: { kind: "message", authMode: "inbound", mayPair: where.kind === "direct" && !actor.is_bot },
    command: { allowTextCommands: true, hasControlCommand },
  });
  if (access.ingress.decision === "pairing") return { kind: "pairing" };
  if (access.ingress.decision !== "allow") {
    const meant = where.kind === "direct" || engagement.wasMentioned;
    return { kind: "dropped", reason: access.ingress.reasonCode, meant };
  }

  // Switched off where people post; a command is asked for by name, and its answer is for the asker.
  if (event.channel.engagement === "off" && where.kind !== "direct" && !isCommand)
    return { kind: "dropped", reason: "channel_off", meant: engagement.wasMentioned };
  const implicitMentions = implicitSwitches(cfg, account.accountId, event.channel.engagement);
  const unnamed = where.kind !== "direct" && engagement.requireMention && !engagement.wasMentioned;
  const mention = mentions.resolveInboundMentionDecision({
    facts: {
      canDetectMention: true,
      wasMentioned: engagement.wasMentioned,
      implicitMentionKinds: takesPart(runtime, event, route.agentId, sessionKey)
        ? ["bot_thread_participant"]
        : unnamed
          ? ((await deps.implicit?.(event, implicitMentions)) ?? [])
          : [],
    },
    policy: {
      isGroup: where.kind !== "direct",
      requireMention: engagement.requireMention,
      implicitMentions,
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
    hasControlCommand,
  };
}

/** In the mode `thread` no name is needed in a thread that the bot takes part in: one that has a session. */
function takesPart(runtime: PluginRuntime, { channel, post }: PostEvent, agentId: string, sessionKey: string): boolean {
  if (channel.engagement !== "thread" || post.root_id === "") return false;
  return readSession(runtime, agentId, sessionKey) !== undefined;
}

/**
 * Whose posts are heard by no policy: our own, and those that nobody answers for (a webhook posts in the name of the person
 * who made it, and whoever knows its address writes the text). Other bots are heard as the account allows.
 */
function whyUnwelcome(
  { actor, post }: PostEvent,
  account: MattermostAccount,
  bot: GateDeps["bot"],
): string | undefined {
  const nobody = notAPerson({ ...actor, is_bot: false }, bot.id);
  if (nobody || !actor.is_bot || account.allowBots === true) return nobody;
  if (account.allowBots === false) return "bots_not_allowed";
  return mentionsBot(post.message, bot.username) ? undefined : "bot_without_mention";
}
