import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { createBurst } from "./burst.ts";
import { migrate } from "./schema.ts";

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
  /** The event that brought the verdict: its own repetition is no second one. */
  decidedBy: string | null;
  /** 1: its text is kept until a later turn of its lane has told it to the agent. */
  context: 0 | 1;
  /** The event with which it is told. */
  toldBy: string | null;
}

/** After an outage the stale posts of a lane are answered once, all together: so none is begun while more of them come. */
const SETTLE = { quietMs: 500, maxMs: 5_000 };

/** What the store reads of an event; the rest it keeps as it is. */
export type Storable = Pick<ChannelEvent, "id" | "lane" | "type" | "stale">;

/** An attempt to deliver, by the `jti` of its token, and until when it could be shown again. */
export interface SeenAttempt {
  jti: string;
  untilMs: number;
}

/**
 * The SQLite file behind one account's inbox. Writes are synced before they return (`synchronous = FULL`), so what was
 * appended survives the process and the machine; `unsynced` names the exceptions. An id is stored once; a done event leaves
 * its id behind as a tombstone.
 */
export function openStore(file: string, deps: { now: () => number }) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 3000;");
  migrate(db, file);
  const insert = db.prepare(
    "INSERT INTO events (id, lane, type, stale, state, body, received, updated) VALUES (?, ?, ?, ?, 'pending', ?, ?, ?) ON CONFLICT (id) DO NOTHING",
  );
  const byId = db.prepare("SELECT * FROM events WHERE id = ?");
  const see = db.prepare("INSERT INTO seen (jti, until) VALUES (?, ?) ON CONFLICT (jti) DO NOTHING");
  const forget = db.prepare("DELETE FROM seen WHERE until <= ?");
  const seen = db.prepare("SELECT jti, until AS untilMs FROM seen WHERE until > ?");
  const note = db.prepare("SELECT value FROM notes WHERE name = ?");
  const setNote = db.prepare(
    "INSERT INTO notes (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
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

  /**
   * A write that survives the process but perhaps not a power cut, for what is then simply done again, as a claim: nobody waits
   * for the disk. Not within a transaction. The next synced write takes it along.
   */
  function unsynced<T>(work: () => T): T {
    db.exec("PRAGMA synchronous = NORMAL");
    try {
      return work();
    } finally {
      db.exec("PRAGMA synchronous = FULL");
    }
  }

  const stale = createBurst({ ...SETTLE, now: deps.now });

  return {
    db,
    get: (id: string) => byId.get(id) as unknown as StoredEvent | undefined,
    /**
     * Stores all events, and the attempt that brought them, in one synced transaction; returns how many events were new.
     * Throws, and stores none, if it cannot.
     */
    append(events: readonly Storable[], attempt?: SeenAttempt): number {
      if (events.length === 0 && !attempt) return 0;
      const now = deps.now();
      if (events.some((event) => event.stale)) stale.came();
      return inOneWrite(() => {
        if (attempt) {
          forget.run(now);
          see.run(attempt.jti, attempt.untilMs);
        }
        let added = 0;
        for (const event of events) {
          const { id, lane, type } = event;
          added += Number(insert.run(id, lane, type, event.stale ? 1 : 0, JSON.stringify(event), now, now).changes);
        }
        return added;
      });
    },
    inOneWrite,
    unsynced,
    /** Whether stale events are still coming in. */
    isSettling: stale.lasts,
    /** The attempts that could still be shown again. */
    attempts: (): SeenAttempt[] => seen.all(deps.now()) as unknown as SeenAttempt[],
    /** What is remembered under a name, beside the events. */
    note: (name: string): string | undefined => (note.get(name) as { value: string } | undefined)?.value,
    setNote: (name: string, value: string): void => {
      setNote.run(name, value);
    },
    /** Events not yet dispatched, and when the oldest of them arrived. */
    backlog(): { pending: number; oldest: number | undefined } {
      const row = counts.get() as { n: number; oldest: number | null };
      return { pending: row.n, oldest: row.oldest ?? undefined };
    },
    close: () => db.close(),
  };
}
export type Store = ReturnType<typeof openStore>;
