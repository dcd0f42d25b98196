import type { PostEvent } from "@openclaw-mattermost/contract";
import type { Store } from "./store.ts";

/** `turn`: the agent has it. `context`: waits to be told together with a later post. `deleted`: gone before its turn. */
export type PostVerdict = "turn" | "context" | "deleted" | `dropped:${string}`;

/** What became of a post: the version that was decided, by which event, and in which lane the post lies. */
export interface Decision {
  postId: string;
  lane: string;
  verdict: PostVerdict;
  editAt: number;
  by: string;
}

/** So many are read; how much of them the agent is told is the turn's business. */
const CONTEXT_MAX = 1_000;

/**
 * What the inbox remembers of posts beyond their turn: what became of them, which edits and deletions wait behind them, and
 * the stale ones that are told to the agent together.
 */
export function createMemory(store: Store, now: () => number) {
  const { db } = store;
  const created = (postId: string): string => `post.created:${postId}`;
  // An edit can come before the post itself. Its row is then made here, as one that is done: an edit holds the whole post.
  const decide = db.prepare(
    `INSERT INTO events (id, lane, type, stale, state, body, received, updated, doneAt, verdict, editAt, decidedBy)
     VALUES (?, ?, 'post.created', 0, 'completed', '', ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, editAt = excluded.editAt, decidedBy = excluded.decidedBy`,
  );
  const edits = db.prepare("SELECT body FROM events WHERE id >= ? AND id < ? AND body <> '' AND context = 0");
  const staleBehind = db.prepare(
    "SELECT 1 FROM events WHERE state = 'pending' AND lane = ? AND seq > (SELECT seq FROM events WHERE id = ?) AND stale = 1 AND type = 'post.created' LIMIT 1",
  );
  const keep = db.prepare("UPDATE events SET context = 1, body = ? WHERE id = ?");
  const kept = db.prepare(
    `SELECT body FROM events WHERE context = 1 AND lane = ? ORDER BY seq DESC LIMIT ${String(CONTEXT_MAX)}`,
  );
  const OF_POST = "context = 1 AND json_extract(body, '$.post.id') = ?";
  const reword = db.prepare(
    `UPDATE events SET body = json_set(body, '$.post', json(?)) WHERE ${OF_POST} AND json_extract(body, '$.post.edit_at') < ?`,
  );
  const drop = db.prepare(
    "UPDATE events SET context = 0, body = iif(state = 'completed', '', body) WHERE context = 1 AND (json_extract(body, '$.post.id') = ? OR json_extract(body, '$.post.root_id') = ?)",
  );
  const tell = db.prepare("UPDATE events SET toldBy = ? WHERE context = 1 AND lane = ?");
  const isDeleted = (postId: string): boolean => store.get(`post.deleted:${postId}`) !== undefined;

  return {
    /** What became of a post, of which version, and by which event; undefined if it was never seen or is not decided. */
    verdictOf(postId: string): { verdict: PostVerdict; editAt: number; by: string } | undefined {
      const row = store.get(created(postId));
      if (!row?.verdict) return undefined;
      return { verdict: row.verdict as PostVerdict, editAt: row.editAt, by: row.decidedBy ?? created(postId) };
    },
    decide({ postId, lane, verdict, editAt, by }: Decision): void {
      const at = now();
      // Decided again where a power cut has undone it: its event is not completed either.
      store.unsynced(() => decide.run(created(postId), lane, at, at, at, verdict, editAt, by));
    },
    /** Whether a post is gone, alone or with the root of its thread. */
    isDeleted: (post: { id: string; root_id: string }): boolean =>
      isDeleted(post.id) || (post.root_id !== "" && isDeleted(post.root_id)),
    /** The newest edit of a post that is stored and not yet worked off, in whatever order the edits arrived. */
    latestEdit(postId: string): PostEvent | undefined {
      const rows = edits.all(`post.edited:${postId}:`, `post.edited:${postId};`) as { body: string }[];
      return rows
        .map(({ body }) => JSON.parse(body) as PostEvent)
        .sort((a, b) => a.post.edit_at - b.post.edit_at)
        .at(-1);
    },
    /** Whether more stale posts wait behind this one in its lane. */
    hasStaleBehind: (event: PostEvent): boolean => staleBehind.get(event.lane, event.id) !== undefined,
    /** Keeps a post, as it reads now, until a later one of its lane is told. `event.id` may be that of an edit. */
    keepForLater: (event: PostEvent): void => {
      keep.run(JSON.stringify(event), event.id);
    },
    /** A kept post is told as it reads after an edit; false if it is not kept any more. */
    rewordKept: ({ post }: PostEvent): boolean =>
      Number(reword.run(JSON.stringify(post), post.id, post.edit_at).changes) > 0,
    /** Kept posts that were deleted, with their thread, are told to nobody. */
    dropKept: (postId: string): void => {
      drop.run(postId, postId);
    },
    /** The posts of a lane that were kept for later, oldest first. */
    keptIn: (lane: string): PostEvent[] =>
      (kept.all(lane) as { body: string }[]).map(({ body }) => JSON.parse(body) as PostEvent).reverse(),
    /** The kept posts of a lane are told with this event: when it is completed, they are. */
    tellKeptWith: (lane: string, carrierId: string): void => {
      tell.run(carrierId, lane);
    },
  };
}
export type Memory = ReturnType<typeof createMemory>;
