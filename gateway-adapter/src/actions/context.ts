import type { MattermostClient } from "../mattermost/client.ts";
import { findChannel, findId, findUser, unlessMissing } from "../mattermost/lookup.ts";
import type { PostRow } from "../mattermost/rows.ts";
import { isId, readTarget } from "../mattermost/target.ts";
import { ActionError } from "./error.ts";
import type { Rights } from "./rights.ts";

/** What one action is done with. */
export interface ActionContext {
  client: MattermostClient;
  rights: Rights;
  botId: () => Promise<string>;
  /** The direct channel of the bot with this person; made if it is not there yet. */
  directChannel: (userId: string) => Promise<string>;
  /** Where the turn is, if it is in Mattermost. */
  here: { channelId?: string; postId?: string };
}

/** The channel that a target names, or that of the turn; the asker is in it. */
export async function channelFor(context: ActionContext, target: string | undefined): Promise<string> {
  const channelId = target === undefined ? context.here.channelId : await resolveChannel(context, target);
  if (channelId === undefined) throw new ActionError("input", "Say which channel: target is missing.");
  await context.rights.requireIn(channelId);
  return channelId;
}

async function resolveChannel(context: ActionContext, text: string): Promise<string> {
  const { client } = context;
  const target = readTarget(text);
  switch (target.kind) {
    case "channel":
      return target.id;
    case "channel-name":
      return (await findChannel(client, target)).id;
    case "username":
      return directWith(context, (await findUser(client, target.name)).id);
    case "user":
      return directWith(context, target.id);
    case "id": {
      const found = await findId(client, target.id);
      return found.kind === "user" ? directWith(context, found.id) : found.id;
    }
  }
}

/** Looked at before such a channel is made: the bot's direct channels with others are nobody else's business. */
async function directWith({ rights, directChannel }: ActionContext, userId: string): Promise<string> {
  if (rights.asker.kind === "person" && rights.asker.id !== userId)
    throw new ActionError("not_allowed", "Direct messages of others are not shown, and nothing is done in them.");
  return directChannel(userId);
}

/** Exactly the post with this id, or without one that of the turn; the asker may see it, and it is where it was said to be. */
export async function postFor(
  context: ActionContext,
  { id, target }: { id: string | undefined; target: string | undefined },
): Promise<PostRow> {
  const postId = id ?? context.here.postId;
  if (postId === undefined) throw new ActionError("input", "Say which post: messageId is missing.");
  if (!isId(postId)) throw new ActionError("input", "messageId is no id of a post; those have 26 letters and digits.");
  const post = await unlessMissing(context.client.post(postId));
  if (post?.id !== postId) throw new ActionError("not_found", "The bot sees no post with this id.");
  await context.rights.requireIn(post.channel_id);
  if (target !== undefined && (await channelFor(context, target)) !== post.channel_id)
    throw new ActionError("wrong_channel", "That post is in another channel than the target.");
  return post;
}
