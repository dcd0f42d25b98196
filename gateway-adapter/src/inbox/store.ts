import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ChannelEvent } from "@openclaw-mattermost/contract";

/** A stored event. `seq` is the order of arrival, and with it the order of work within a lane. */
export interface StoredEvent {
  seq: number;
  id: string;
  lane: string;
  type: string;
  stale: 0 | 1;
  state: "pending" | "claimed" | "completed" | "failed";
  /** JSON of the event; empty once it is done. */
  body: string;
  received: number;
  updated: number;
  attempts: number;
  lastAttempt: number | null;
  lastError: string | null;
  token: string | null;
  owner: string | null;
  claimedAt: number | null;
  doneAt: number | null;
  reason: string | null;
  message: string | null;
  /** What became of a post, for the edits and deletions that follow it. */
  verdict: string | null;
  /** The version of the post that the verdict is about. */
  editAt: number;
  /** 1: its text is kept until a later turn of its lane has told it to the agent. */
  context: 0 | 1;
  /** The event with which it is told. */
  toldBy: string | null;
}

const SCHEMA = `
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

/** What the store reads of an event; the rest it keeps as it is. */
export type Storable = Pick<ChannelEvent, "id" | "lane" | "type" | "stale">;

/**
 * The SQLite file behind one account's inbox. Writes are synced before they return (`synchronous = FULL`), so what was
 * appended survives the process and the machine. An id is stored once; a done event leaves its id behind as a tombstone.
 */
export function openStore(file: string, deps: { now: () => number }) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 3000;");
  db.exec(SCHEMA);
  const insert = db.prepare(
    "INSERT INTO events (id, lane, type, stale, state, body, received, updated) VALUES (?, ?, ?, ?, 'pending', ?, ?, ?) ON CONFLICT (id) DO NOTHING",
  );
  const byId = db.prepare("SELECT * FROM events WHERE id = ?");
  const counts = db.prepare("SELECT count(*) AS n, min(received) AS oldest FROM events WHERE state = 'pending'");

  /** All of it or nothing, synced before it returns. */
  function inOneWrite<T>(work: () => T): T {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk may have rolled it back already.
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }

  return {
    db,
    get: (id: string) => byId.get(id) as unknown as StoredEvent | undefined,
    /** Stores all events in one synced transaction; returns how many were new. Throws, and stores none, if it cannot. */
    append(events: readonly Storable[]): number {
      if (events.length === 0) return 0;
      const now = deps.now();
      return inOneWrite(() => {
        let added = 0;
        for (const event of events) {
          const { id, lane, type, stale } = event;
          added += Number(insert.run(id, lane, type, stale ? 1 : 0, JSON.stringify(event), now, now).changes);
        }
        return added;
      });
    },
    inOneWrite,
    /** Events not yet dispatched, and when the oldest of them arrived. */
    backlog(): { pending: number; oldest: number | undefined } {
      const row = counts.get() as { n: number; oldest: number | null };
      return { pending: row.n, oldest: row.oldest ?? undefined };
    },
    close: () => db.close(),
  };
}
export type Store = ReturnType<typeof openStore>;
