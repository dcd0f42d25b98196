import type { PostRow } from "../mattermost/rows.ts";
import { findUser } from "../mattermost/lookup.ts";
import { isId } from "../mattermost/target.ts";
import { channelFor, postFor, type ActionContext } from "./context.ts";
import { ActionError } from "./error.ts";
import type { ActionParams } from "./params.ts";
import { viewPosts } from "./view.ts";

/** Newest first: posts of a channel, or those next to a post; a whole thread; or one post. */
export async function read(context: ActionContext, params: ActionParams) {
  const { messageId, threadId } = params;
  if (threadId !== undefined) return readThread(context, params, threadId);
  if (messageId !== undefined) {
    const post = await postFor(context, { id: messageId, target: params.target });
    return answer(context, post.channel_id, [post], false);
  }
  const channelId = await channelFor(context, params.target);
  const { posts, hasMore } = await readChannel(context, channelId, params);
  return answer(context, channelId, posts, hasMore);
}

async function readThread(context: ActionContext, params: ActionParams, threadId: string) {
  const post = await postFor(context, { id: threadId, target: params.target });
  const rootId = post.root_id || post.id;
  const posts = await context.client.thread(rootId, params.limit);
  return { threadId: rootId, ...(await answer(context, post.channel_id, posts, posts.length > params.limit)) };
}

async function readChannel(context: ActionContext, channelId: string, params: ActionParams) {
  const { before, after, around, limit } = params;
  const cursors = [before, after, around].filter((cursor) => cursor !== undefined);
  if (cursors.length > 1) throw new ActionError("input", "Give one of before, after and around.");
  for (const cursor of cursors)
    if (!isId(cursor)) throw new ActionError("input", "before, after and around are ids of posts.");
  const { client } = context;
  if (around !== undefined) {
    const middle = await postFor(context, { id: around, target: `channel:${channelId}` });
    const half = Math.max(1, Math.floor(limit / 2));
    const [newer, older] = await Promise.all([
      client.posts(channelId, { limit: half, after: around }),
      client.posts(channelId, { limit: half, before: around }),
    ]);
    return { posts: [...newer, middle, ...older], hasMore: newer.length === half || older.length === half };
  }
  const page = { limit, ...(before ? { before } : {}), ...(after ? { after } : {}) };
  const posts = await client.posts(channelId, page);
  return { posts, hasMore: posts.length >= limit };
}

/** Nothing of another channel is told, whatever the server sent. */
async function answer(context: ActionContext, channelId: string, posts: readonly PostRow[], hasMore: boolean) {
  const shown = posts.filter((post) => post.channel_id === channelId && post.delete_at === 0);
  return { channelId, messages: await viewPosts(context.client, shown), hasMore };
}

/** Posts with these words in the channels that both the bot and the asker are in. Mattermost's own modifiers can be used. */
export async function search(context: ActionContext, params: ActionParams) {
  const { query, target, limit } = params;
  if (query === undefined) throw new ActionError("input", "Say what to search for: query is missing.");
  const channelId = target === undefined ? undefined : await channelFor(context, target);
  const terms = [query, ...(await modifiers(context, params, channelId))].join(" ");
  const found = new Map<string, PostRow>();
  for (const team of await context.rights.teams())
    for (const post of await context.client.searchPosts(team.id, terms, limit)) found.set(post.id, post);
  const shown: PostRow[] = [];
  for (const post of [...found.values()].sort((a, b) => b.create_at - a.create_at)) {
    if (shown.length === limit) break;
    const wanted = channelId === undefined || post.channel_id === channelId;
    if (wanted && post.delete_at === 0 && (await context.rights.isIn(post.channel_id))) shown.push(post);
  }
  return { results: { messages: await viewPosts(context.client, shown) }, hasMore: found.size >= limit };
}

/** A direct channel cannot be named in a search; of what is found, the others are left out. */
async function modifiers(
  { client }: ActionContext,
  { authorId }: ActionParams,
  channelId: string | undefined,
): Promise<string[]> {
  const words: string[] = [];
  if (authorId !== undefined) {
    const author = isId(authorId) ? await client.user(authorId) : await findUser(client, authorId.replace(/^@/, ""));
    words.push(`from:${author.username}`);
  }
  if (channelId !== undefined) {
    const { type, name } = await client.channelInfo(channelId);
    if (type === "O" || type === "P") words.push(`in:${name}`);
  }
  return words;
}
