import type { DatabaseSync } from "node:sqlite";

/** Longer than OpenClaw's outbox goes on trying. */
const REMEMBERED_MS = 7 * 24 * 3_600_000;

const SCHEMA = "CREATE TABLE IF NOT EXISTS unsure (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;";

/** Posts of which nobody knows whether Mattermost has taken them, by the key that stands in them. */
export function createUnsure(db: DatabaseSync, now: () => number) {
  db.exec(SCHEMA);
  db.prepare("DELETE FROM unsure WHERE at < ?").run(now() - REMEMBERED_MS);
  const put = db.prepare("INSERT OR IGNORE INTO unsure (key, at) VALUES (?, ?)");
  const find = db.prepare("SELECT at FROM unsure WHERE key = ?");
  const drop = db.prepare("DELETE FROM unsure WHERE key = ?");
  return {
    /** When the first attempt began, in ms since 1970; undefined for a post that nobody is in doubt about. */
    since: (key: string): number | undefined =>
      db.isOpen ? (find.get(key) as { at: number } | undefined)?.at : undefined,
    note(key: string, since: number): void {
      if (db.isOpen) put.run(key, since);
    },
    settled(key: string): void {
      if (db.isOpen) drop.run(key);
    },
  };
}
export type Unsure = ReturnType<typeof createUnsure>;
