import type { DatabaseSync } from "node:sqlite";

/** After this time a notice may be told again. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

const SCHEMA =
  "CREATE TABLE IF NOT EXISTS said (user TEXT, channel TEXT, notice TEXT, at INTEGER NOT NULL, PRIMARY KEY (user, channel, notice)) STRICT;";

/** Which notices a person was given in a channel. */
export function createSaid(db: DatabaseSync, now: () => number) {
  db.exec(SCHEMA);
  db.prepare("DELETE FROM said WHERE at < ?").run(now() - REMEMBERED_MS);
  const put = db.prepare("INSERT OR IGNORE INTO said (user, channel, notice, at) VALUES (?, ?, ?, ?)");
  const drop = db.prepare("DELETE FROM said WHERE user = ? AND channel = ? AND notice = ?");
  return {
    /** Notes a notice; false if it was given before, and must not be given again. */
    first: (user: string, channel: string, notice: string): boolean =>
      db.isOpen && Number(put.run(user, channel, notice, now()).changes) === 1,
    /** It could not be given after all. */
    takeBack(user: string, channel: string, notice: string): void {
      if (db.isOpen) drop.run(user, channel, notice);
    },
  };
}
export type Said = ReturnType<typeof createSaid>;
