import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

const FIRST = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    type TEXT NOT NULL,
    stale INTEGER NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    received INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lastAttempt INTEGER, lastError TEXT,
    token TEXT, owner TEXT, claimedAt INTEGER,
    doneAt INTEGER, reason TEXT, message TEXT,
    verdict TEXT,
    editAt INTEGER NOT NULL DEFAULT 0,
    context INTEGER NOT NULL DEFAULT 0,
    toldBy TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_open ON events (lane, seq) WHERE state = 'pending';
  CREATE INDEX IF NOT EXISTS events_claimed ON events (seq) WHERE state = 'claimed';
  CREATE INDEX IF NOT EXISTS events_context ON events (lane, seq) WHERE context = 1;
  CREATE INDEX IF NOT EXISTS events_done ON events (state, doneAt) WHERE state IN ('completed', 'failed');
`;

/** Each step takes a file from the version of its place to the next; a published step is never changed, only followed. */
const STEPS: readonly ((db: DatabaseSync) => void)[] = [
  (db) => db.exec(FIRST),
  (db) => {
    // Some of the first files have it already.
    if (!db.prepare("SELECT 1 FROM pragma_table_info('events') WHERE name = 'decidedBy'").get())
      db.exec("ALTER TABLE events ADD COLUMN decidedBy TEXT");
  },
  // Attempts outlive a restart: who recorded one cannot show it again to the next process.
  (db) =>
    db.exec(`
      CREATE TABLE seen (jti TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX seen_until ON seen (until);
    `),
  (db) => db.exec("CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT"),
];

/** Version of the files that this adapter writes. */
export const SCHEMA_VERSION = STEPS.length;

/**
 * Brings the file of an inbox to {@link SCHEMA_VERSION}. Before the first change of a file that holds something, a whole copy
 * of it is kept beside it as `<file>.v<version>`. Throws for a file of a newer adapter, and leaves it as it is.
 */
export function migrate(db: DatabaseSync, file: string): void {
  const { user_version: from } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  if (from > SCHEMA_VERSION)
    throw new Error(
      `${file} was written by a newer version of the Mattermost adapter (${from}, this one knows ${SCHEMA_VERSION}). Install that version again.`,
    );
  if (from === SCHEMA_VERSION) return;
  // The first files have a table and no version.
  const isOld = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get() !== undefined;
  const copy = `${file}.v${String(Math.max(1, from))}`;
  if (isOld && !existsSync(copy)) db.prepare("VACUUM INTO ?").run(copy);
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const step of STEPS.slice(from)) step(db);
    db.exec(`PRAGMA user_version = ${String(SCHEMA_VERSION)}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
