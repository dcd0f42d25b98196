import type { Channel, PostEvent } from "@openclaw-mattermost/contract";
import type { MattermostAccount } from "../config/account-config.ts";

export type ChatKind = "direct" | "group" | "channel";

/** Where a turn belongs, and where its answer goes. */
export interface Conversation {
  kind: ChatKind;
  /** OpenClaw's peer: the user in a direct message, else the channel. */
  peerId: string;
  /** Root of the thread that the answer goes to, empty for the channel itself. */
  replyRoot: string;
  /** Root of the thread that has a session of its own, empty for the conversation's session. */
  sessionThread: string;
  /** Routable target, `user:<id>` or `channel:<id>`. */
  target: string;
  label: string;
}

const KINDS: Record<Channel["type"], ChatKind> = { D: "direct", G: "group", O: "channel", P: "channel" };

export function chatKind(channel: Channel): ChatKind {
  return KINDS[channel.type];
}

/**
 * Threads: a post inside a thread is answered there. A top-level post starts a thread under itself if `replyToMode`
 * says so. In channels and groups a thread has a session of its own; in a direct message only with `replyToMode`.
 */
export function conversationOf(
  event: Pick<PostEvent, "actor" | "channel"> & { post: { id: string; root_id: string } },
  account: Pick<MattermostAccount, "replyToMode">,
): Conversation {
  const kind = chatKind(event.channel);
  const startsThread = account.replyToMode[kind] !== "off";
  const replyRoot = event.post.root_id || (startsThread ? event.post.id : "");
  const direct = kind === "direct";
  return {
    kind,
    peerId: direct ? event.actor.id : event.channel.id,
    replyRoot,
    sessionThread: direct && !startsThread ? "" : replyRoot,
    target: direct ? `user:${event.actor.id}` : `channel:${event.channel.id}`,
    label: direct ? `@${event.actor.username}` : `#${event.channel.name}`,
  };
}
