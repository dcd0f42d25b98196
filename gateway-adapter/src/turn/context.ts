import type { PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID } from "../config/account-config.ts";
import type { PluginRuntime } from "../host/runtime.ts";
import type { Admitted } from "./gates.ts";
import { withMissed } from "./stale.ts";

type Context = ReturnType<PluginRuntime["channel"]["inbound"]["buildContext"]>;

/** What the agent is told of a post: its text, who wrote it, where, and where the answer goes. */
export function contextOf(
  runtime: PluginRuntime,
  event: PostEvent,
  admitted: Admitted,
  missed: readonly PostEvent[],
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
      bodyForAgent: withMissed(engagement.text, missed),
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
  });
}
