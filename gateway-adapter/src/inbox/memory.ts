import type { PostEvent } from "@openclaw-mattermost/contract";
import type { Store } from "./store.ts";

/** `turn`: the agent has it. `context`: waits to be told together with a later post. `deleted`: gone before its turn. */
export type PostVerdict = "turn" | "context" | "deleted" | `dropped:${string}`;

/** A telling of more would be no help to anybody. */
const CONTEXT_MAX = 100;

/**
 * What the inbox remembers of posts beyond their turn: what became of them, which edits and deletions wait behind them, and
 * the stale ones that are told to the agent together.
 */
export function createMemory(store: Store) {
  const { db } = store;
  const created = (postId: string): string => `post.created:${postId}`;
  const decide = db.prepare("UPDATE events SET verdict = ?, editAt = ? WHERE id = ?");
  const edits = db.prepare("SELECT body FROM events WHERE id >= ? AND id < ? AND body <> '' ORDER BY seq DESC LIMIT 1");
  const staleBehind = db.prepare(
    "SELECT 1 FROM events WHERE state = 'pending' AND lane = ? AND seq > (SELECT seq FROM events WHERE id = ?) AND stale = 1 AND type = 'post.created' LIMIT 1",
  );
  const keep = db.prepare("UPDATE events SET context = 1, body = ? WHERE id = ?");
  const kept = db.prepare(
    `SELECT body FROM events WHERE context = 1 AND lane = ? ORDER BY seq DESC LIMIT ${String(CONTEXT_MAX)}`,
  );
  const drop = db.prepare(
    "UPDATE events SET context = 0, body = iif(state = 'completed', '', body) WHERE context = 1 AND (id = ? OR (id >= ? AND id < ?))",
  );
  const tell = db.prepare("UPDATE events SET toldBy = ? WHERE context = 1 AND lane = ?");

  return {
    /** What became of a post, and of which version; undefined if it was never seen or is not decided. */
    verdictOf(postId: string): { verdict: PostVerdict; editAt: number } | undefined {
      const row = store.get(created(postId));
      return row?.verdict ? { verdict: row.verdict as PostVerdict, editAt: row.editAt } : undefined;
    },
    decide(postId: string, verdict: PostVerdict, editAt: number): void {
      decide.run(verdict, editAt, created(postId));
    },
    isDeleted: (postId: string): boolean => store.get(`post.deleted:${postId}`) !== undefined,
    /** The newest edit of a post that is stored and not yet worked off. */
    latestEdit(postId: string): PostEvent | undefined {
      const row = edits.get(`post.edited:${postId}:`, `post.edited:${postId};`) as { body: string } | undefined;
      return row ? (JSON.parse(row.body) as PostEvent) : undefined;
    },
    /** Whether more stale posts wait behind this one in its lane. */
    hasStaleBehind: (event: PostEvent): boolean => staleBehind.get(event.lane, event.id) !== undefined,
    /** Keeps a post, as it reads now, until a later one of its lane is told. `event.id` may be that of an edit. */
    keepForLater: (event: PostEvent): void => {
      keep.run(JSON.stringify(event), event.id);
    },
    /** A kept post that was deleted is told to nobody. */
    dropKept: (postId: string): void => {
      drop.run(created(postId), `post.edited:${postId}:`, `post.edited:${postId};`);
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
