import type { PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID } from "../config/account-config.ts";
import type { PluginRuntime } from "../host/runtime.ts";
import type { Admitted } from "./gates.ts";
import type { Attachments } from "./attachments.ts";
import { withMissed } from "./stale.ts";

type Build = PluginRuntime["channel"]["inbound"]["buildContext"];
type Context = ReturnType<Build>;
type CommandFacts = NonNullable<Parameters<Build>[0]["command"]>;

/** What the agent is told of a post: its text, who wrote it, where, and where the answer goes. */
export function contextOf(
  runtime: PluginRuntime,
  event: PostEvent,
  admitted: Admitted,
  missed: readonly PostEvent[],
  files: Attachments,
  more: { command?: CommandFacts; history?: string | undefined } = {},
): Context {
  const { actor, channel, post } = event;
  const { account, where, peer, route, sessionKey, engagement, access } = admitted;
  return runtime.channel.inbound.buildContext({
    channel: CHANNEL_ID,
    accountId: account.accountId,
    messageId: post.id,
    timestamp: post.create_at,
    from: `${CHANNEL_ID}:${where.kind === "direct" ? actor.id : `channel:${channel.id}`}`,
    sender: { id: actor.id, name: actor.display_name || actor.username, username: actor.username },
    conversation: {
      kind: where.kind,
      id: channel.id,
      label: channel.display_name || where.label,
      nativeChannelId: channel.id,
      routePeer: peer,
      ...(channel.team_id ? { spaceId: channel.team_id } : {}),
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
      nativeChannelId: channel.id,
      ...(where.replyRoot ? { messageThreadId: where.replyRoot, replyToId: where.replyRoot } : {}),
    },
    message: {
      rawBody: post.message,
      bodyForAgent: [withMissed(engagement.text, missed), ...files.notes].filter(Boolean).join("\n"),
      commandBody: engagement.text,
      inboundEventKind: "user_request",
    },
    access: {
      commands: { authorized: access.commandAccess.authorized },
      mentions: {
        canDetectMention: true,
        wasMentioned: engagement.wasMentioned,
        requireMention: engagement.requireMention,
        effectiveWasMentioned: admitted.effectiveWasMentioned,
      },
    },
    channelIngress: access,
    ...(more.history
      ? { supplemental: { thread: { id: where.sessionThread, historyBody: more.history, senderAllowed: true } } }
      : {}),
    ...(files.media.length > 0 ? { media: files.media } : {}),
    ...(more.command ? { command: more.command } : {}),
  });
}
