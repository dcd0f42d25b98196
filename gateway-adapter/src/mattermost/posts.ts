import { z } from "zod";
import { at, type Call } from "./call.ts";
import { postListSchema, postRowSchema, reactionRowSchema, type PostRow } from "./rows.ts";

const PATIENT = { patient: true } as const;
const NOTHING = z.unknown();

/** The prop of a post that is removed when the run that made it has ended; its value names it. */
export const PREVIEW_PROP = "openclaw_preview";

/** What can be done with posts that are there. Lists are newest first, as Mattermost orders them. */
export const postCalls = (call: Call) => {
  const list = async (path: string): Promise<PostRow[]> => inOrder(await call("GET", path, postListSchema, PATIENT));
  return {
    post: (id: string) => call("GET", at`/api/v4/posts/${id}`, postRowSchema, PATIENT),
    /** Up to `limit` (200) posts of a channel, the newest or those next to a post. */
    posts: (channelId: string, page: { limit: number; before?: string; after?: string }) => {
      const query = new URLSearchParams({ per_page: String(page.limit) });
      if (page.before) query.set("before", page.before);
      if (page.after) query.set("after", page.after);
      return list(`${at`/api/v4/channels/${channelId}/posts`}?${query.toString()}`);
    },
    /** The root of a thread and its newest replies, up to `limit`. */
    thread: (rootId: string, limit: number) =>
      list(at`/api/v4/posts/${rootId}/thread?perPage=${limit}&direction=up&skipFetchThreads=false`),
    /** A thread's root and its last replies before one of them. */
    threadBefore: (rootId: string, before: { id: string; at: number }, limit: number) => {
      const query = new URLSearchParams({
        perPage: String(limit),
        direction: "up",
        fromPost: before.id,
        fromCreateAt: String(before.at),
      });
      return list(`${at`/api/v4/posts/${rootId}/thread`}?${query.toString()}`);
    },
    pinned: (channelId: string) => list(at`/api/v4/channels/${channelId}/pinned`),
    searchPosts: async (teamId: string, terms: string, limit: number) =>
      inOrder(
        await call("POST", at`/api/v4/teams/${teamId}/posts/search`, postListSchema, {
          body: { terms, is_or_search: false, page: 0, per_page: limit },
          ...PATIENT,
        }),
      ),
    editPost: (id: string, message: string) =>
      call("PUT", at`/api/v4/posts/${id}/patch`, postRowSchema, { body: { message }, ...PATIENT }),
    deletePost: (id: string) => call("DELETE", at`/api/v4/posts/${id}`, NOTHING, PATIENT),
    pinPost: (id: string) => call("POST", at`/api/v4/posts/${id}/pin`, NOTHING, PATIENT),
    unpinPost: (id: string) => call("POST", at`/api/v4/posts/${id}/unpin`, NOTHING, PATIENT),
    reactions: async (postId: string) =>
      (await call("GET", at`/api/v4/posts/${postId}/reactions`, z.array(reactionRowSchema).nullable(), PATIENT)) ?? [],
    react: (userId: string, postId: string, emoji: string) =>
      call("POST", "/api/v4/reactions", NOTHING, {
        body: { user_id: userId, post_id: postId, emoji_name: emoji },
        ...PATIENT,
      }),
    unreact: (userId: string, postId: string, emoji: string) =>
      call("DELETE", at`/api/v4/users/${userId}/posts/${postId}/reactions/${emoji}`, NOTHING, PATIENT),
  };
};

function inOrder({ order, posts }: z.infer<typeof postListSchema>): PostRow[] {
  const byId = new Map(Object.entries(posts ?? {}));
  return (order ?? []).flatMap((id) => byId.get(id) ?? []);
}
