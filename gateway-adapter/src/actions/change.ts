import { ActionError } from "./error.ts";
import { emojiName } from "./emoji.ts";
import { channelFor, postFor, type ActionContext } from "./context.ts";
import type { ActionParams } from "./params.ts";
import { viewPosts } from "./view.ts";

const postOf = (context: ActionContext, { messageId, target }: ActionParams) =>
  postFor(context, { id: messageId, target });

/** A reaction of the bot is added, or taken back; without an emoji all that it has on this post. */
export async function react(context: ActionContext, params: ActionParams) {
  const post = await postOf(context, params);
  const botId = await context.botId();
  if (params.emoji === undefined || params.emoji.trim() === "") {
    if (!params.remove) throw new ActionError("input", "Say which emoji.");
    const own = (await context.client.reactions(post.id)).filter((reaction) => reaction.user_id === botId);
    for (const { emoji_name: name } of own) await context.client.unreact(botId, post.id, name);
    return { messageId: post.id, removed: own.map((reaction) => `:${reaction.emoji_name}:`) };
  }
  const name = emojiName(params.emoji);
  if (params.remove) {
    await context.client.unreact(botId, post.id, name);
    return { messageId: post.id, removed: `:${name}:` };
  }
  await context.client.react(botId, post.id, name);
  return { messageId: post.id, added: `:${name}:` };
}

/** Which reactions a post has, and whose. */
export async function reactions(context: ActionContext, params: ActionParams) {
  const post = await postOf(context, params);
  const all = await context.client.reactions(post.id);
  const people = all.length > 0 ? await context.client.people([...new Set(all.map((each) => each.user_id))]) : [];
  const names = new Map(people.map((person) => [person.id, person.username]));
  const byEmoji = Map.groupBy(all, (reaction) => reaction.emoji_name);
  const listed = [...byEmoji].map(([name, each]) => ({
    name,
    count: each.length,
    users: each.map((reaction) => names.get(reaction.user_id) ?? reaction.user_id),
  }));
  return { messageId: post.id, reactions: listed.slice(0, params.limit) };
}

/** Only what the bot itself wrote can get another text. */
export async function edit(context: ActionContext, params: ActionParams) {
  if (params.messageId === undefined) throw new ActionError("input", "Say which post: messageId is missing.");
  if (params.message === undefined || params.message.trim() === "")
    throw new ActionError("input", "Say the new text: message is missing.");
  const post = await postOf(context, params);
  if (post.user_id !== (await context.botId()))
    throw new ActionError("not_own", "Only posts of the bot itself can be edited.");
  const edited = await context.client.editPost(post.id, params.message);
  return { messageId: post.id, edited: true, message: (await viewPosts(context.client, [edited]))[0] };
}

/** The bot's own posts, and the asker's own. Answers of others are not deleted along with the root of their thread. */
export async function remove(context: ActionContext, params: ActionParams) {
  if (params.messageId === undefined) throw new ActionError("input", "Say which post: messageId is missing.");
  const post = await postOf(context, params);
  const { asker } = context.rights;
  if (asker.kind === "person") {
    const own = new Set([await context.botId(), asker.id]);
    if (!own.has(post.user_id))
      throw new ActionError("not_own", "Only posts of the bot, or of the person who asks, can be deleted.");
    const others = post.root_id
      ? []
      : (await context.client.thread(post.id, 200)).filter((each) => !own.has(each.user_id));
    if (others.length > 0)
      throw new ActionError("not_own", "Others have answered this post, and their answers would be deleted with it.");
  }
  await context.client.deletePost(post.id);
  return { messageId: post.id, deleted: true };
}

export async function pin(context: ActionContext, params: ActionParams) {
  const post = await postOf(context, params);
  await context.client.pinPost(post.id);
  return { messageId: post.id, pinned: true };
}

export async function unpin(context: ActionContext, params: ActionParams) {
  const post = await postOf(context, params);
  await context.client.unpinPost(post.id);
  return { messageId: post.id, pinned: false };
}

export async function listPins(context: ActionContext, params: ActionParams) {
  const channelId = await channelFor(context, params.target);
  const posts = (await context.client.pinned(channelId)).filter((post) => post.channel_id === channelId);
  const pins = await viewPosts(context.client, posts.slice(0, params.limit));
  return { channelId, pins, hasMore: posts.length > params.limit };
}
