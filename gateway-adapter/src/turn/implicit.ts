import type { PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID } from "../config/account-config.ts";
import { MattermostError } from "../errors.ts";
import { resolveChannelImplicitMentions } from "../host/mentions.ts";
import type { currentConfig } from "../host/runtime.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import type { Threads } from "../notes/threads.ts";

/** How a post means the bot without naming it; OpenClaw's words. */
export type ImplicitMention = "reply_to_bot" | "quoted_bot" | "bot_thread_participant";
type Switches = ReturnType<typeof resolveChannelImplicitMentions>;

export interface ImplicitDeps {
  client: Pick<MattermostClient, "post">;
  threads: Pick<Threads, "isFollowed">;
  botId: string;
  /** Who wrote a post that was looked up before. */
  authors: Map<string, string>;
}

const AUTHORS_MAX = 5_000;
/** A link to a post of this or any server; which one it is shows when it is looked up. */
const PERMALINK = /\/pl\/([a-z0-9]{26})\b/;

/** `implicitMentions` as configured for an account; what people set for the channel weighs more. */
export function implicitSwitches(
  cfg: ReturnType<typeof currentConfig>,
  accountId: string,
  mode?: PostEvent["channel"]["engagement"],
): Switches {
  const switches = resolveChannelImplicitMentions({ cfg, channel: CHANNEL_ID, accountId });
  if (mode === "mention") return { replyToBot: false, quotedBot: false, threadParticipation: false };
  return mode === "thread" ? { ...switches, threadParticipation: true } : switches;
}

/**
 * Whether a post means the bot by where it stands or what it quotes: in a thread that the bot has answered in within the last
 * seven days, under a post of the bot, or with a link to one. Asks Mattermost only about posts that it has not asked about.
 */
export async function implicitMentionsOf(
  deps: ImplicitDeps,
  event: PostEvent,
  switches: Switches,
): Promise<ImplicitMention[]> {
  const { root_id: root, message } = event.post;
  if (root && switches.threadParticipation && deps.threads.isFollowed(root)) return ["bot_thread_participant"];
  if (root && switches.replyToBot && (await isOwn(deps, root))) return ["reply_to_bot"];
  const quoted = switches.quotedBot ? PERMALINK.exec(message)?.[1] : undefined;
  return quoted && (await isOwn(deps, quoted)) ? ["quoted_bot"] : [];
}

/** Rejects where Mattermost does not answer: the post is looked at again then. */
async function isOwn({ client, authors, botId }: ImplicitDeps, postId: string): Promise<boolean> {
  let author = authors.get(postId);
  if (author === undefined) {
    author = await authorOf(client, postId);
    if (authors.size >= AUTHORS_MAX) authors.clear();
    authors.set(postId, author);
  }
  return author === botId;
}

/** Empty for a post that is not there, or not to be seen. */
async function authorOf(client: ImplicitDeps["client"], postId: string): Promise<string> {
  try {
    return (await client.post(postId)).user_id;
  } catch (error) {
    if (error instanceof MattermostError && [400, 403, 404].includes(error.status)) return "";
    throw error;
  }
}
