import type { PostEvent } from "@openclaw-mattermost/contract";
import { MattermostError, messageOf } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import type { Said } from "../notes/said.ts";
import type { GateVerdict } from "./gates.ts";
import { nearMention } from "./near-mention.ts";

/** Why a post that was meant for the bot is not answered. */
export type Notice = "not_allowed" | "channel_off" | "not_mentioned" | "waiting_for_pairing";

export interface NoticeDeps {
  client: Pick<MattermostClient, "createPost" | "ephemeral" | "userByName">;
  said: Pick<Said, "first" | "takeBack">;
  botUsername: string;
  /** The plugin can show something to one person alone. */
  isLinked: () => boolean;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/** Which notice a post is owed; none where its author did not mean the bot, or sees for themselves. */
export async function noticeOf(
  deps: Pick<NoticeDeps, "client" | "botUsername">,
  event: PostEvent,
  verdict: GateVerdict,
  pairingOffered: boolean,
): Promise<Notice | undefined> {
  if (verdict.kind === "admitted") return undefined;
  if (verdict.kind === "pairing") return pairingOffered ? undefined : "waiting_for_pairing";
  if (verdict.meant) return verdict.reason === "channel_off" ? "channel_off" : "not_allowed";
  // Who asked while nobody was there was told that their post is kept; a slip of long ago needs no word.
  if (verdict.reason !== "not_mentioned" || event.stale) return undefined;
  const near = nearMention(event.post.message, deps.botUsername);
  if (!near) return undefined;
  return near.kind === "bare" || !(await isSomebody(deps.client, near.name)) ? "not_mentioned" : undefined;
}

/** Whether a name is a person's or a bot's. Where that cannot be found out, it is. */
async function isSomebody(client: NoticeDeps["client"], name: string): Promise<boolean> {
  try {
    await client.userByName(name);
    return true;
  } catch (error) {
    return !(error instanceof MattermostError && error.status === 404);
  }
}

const textOf = (notice: Notice, botUsername: string): string =>
  ({
    not_allowed:
      "I am not allowed to answer you here. If you think I should, ask the person who runs this assistant to let you in.",
    channel_off: "I am switched off in this channel. Who manages the channel can switch me on in the panel.",
    not_mentioned: `Do you mean me? Write \`@${botUsername}\` in your post, and I answer.`,
    waiting_for_pairing:
      "Your request still waits for the person who runs this assistant. I tell you as soon as it is approved.",
  })[notice];

/**
 * Says once, to a person in a channel, why nothing happens: to them alone where the plugin is linked, else by a post. Never
 * rejects.
 */
export async function giveNotice(deps: NoticeDeps, event: PostEvent, notice: Notice): Promise<void> {
  const { actor, channel, post } = event;
  if (!deps.said.first(actor.id, channel.id, notice)) return;
  const text = textOf(notice, deps.botUsername);
  try {
    if (deps.isLinked()) {
      const root_id = post.root_id;
      await deps.client.ephemeral({ user_id: actor.id, channel_id: channel.id, root_id, text });
    } else {
      const message = channel.type === "D" ? text : `@${actor.username} ${text}`;
      await deps.client.createPost({ channelId: channel.id, message, rootId: post.root_id });
    }
  } catch (error) {
    deps.said.takeBack(actor.id, channel.id, notice);
    deps.log("A person could not be told why nothing happens.", { notice, post: post.id, reason: messageOf(error) });
  }
}
