import type { DatabaseSync } from "node:sqlite";

/** A thread is followed for this long after the bot's last answer in it. */
export const FOLLOWED_MS = 7 * 24 * 3_600_000;
/** Sessions that were not used for longer are read anew, which does no harm. */
const SESSIONS_MS = 90 * 24 * 3_600_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS threads (root TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (key TEXT PRIMARY KEY, session TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
`;

/** The threads that the bot has answered in, and which session knows what a thread was about. */
export function createThreads(db: DatabaseSync, now: () => number) {
  db.exec(SCHEMA);
  db.prepare("DELETE FROM threads WHERE at < ?").run(now() - FOLLOWED_MS);
  db.prepare("DELETE FROM sessions WHERE at < ?").run(now() - SESSIONS_MS);
  const put = db.prepare(
    "INSERT INTO threads (root, at) VALUES (?, ?) ON CONFLICT (root) DO UPDATE SET at = excluded.at",
  );
  const find = db.prepare("SELECT at FROM threads WHERE root = ?");
  const keep = db.prepare(
    "INSERT INTO sessions (key, session, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET session = excluded.session, at = excluded.at",
  );
  const session = db.prepare("SELECT session FROM sessions WHERE key = ?");
  return {
    /** The bot has answered in this thread just now. Does nothing once the account has ended. */
    answeredIn: (root: string): void => {
      if (db.isOpen) put.run(root, now());
    },
    /** Whether the bot has answered in this thread within the last seven days. */
    isFollowed: (root: string): boolean => {
      const row = find.get(root) as { at: number } | undefined;
      return row !== undefined && row.at > now() - FOLLOWED_MS;
    },
    /** The session of a thread was told what stands in the thread. */
    told: (key: string, sessionId: string): void => {
      if (db.isOpen) keep.run(key, sessionId, now());
    },
    /** Whether this very session was told. A session that was begun anew was not. */
    isTold: (key: string, sessionId: string): boolean =>
      (session.get(key) as { session: string } | undefined)?.session === sessionId,
  };
}
export type Threads = ReturnType<typeof createThreads>;
