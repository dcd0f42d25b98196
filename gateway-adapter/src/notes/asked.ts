import type { DatabaseSync } from "node:sqlite";

/** As long as the plugin holds the claims of buttons. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

const SCHEMA =
  "CREATE TABLE IF NOT EXISTS asked (post TEXT PRIMARY KEY, request TEXT NOT NULL, place TEXT NOT NULL, line TEXT NOT NULL, lost TEXT NOT NULL, shown INTEGER NOT NULL, at INTEGER NOT NULL, process TEXT NOT NULL) STRICT;";

/** A post whose buttons decide something that waits in this process. */
export interface AskedPost {
  post: string;
  /** What is asked: OpenClaw's id of it. */
  request: string;
  /** Where; empty where it is asked once only. */
  place: string;
  /** What stands in place of the buttons if this process ends before it is decided. */
  lost: string;
}

/**
 * Posts that ask something with buttons, and the line that stands in their place once it is decided. OpenClaw forgets with its
 * process what it has asked; the buttons stay.
 */
export function createAskedNotes(db: DatabaseSync, deps: { processId: string; now: () => number }) {
  db.exec(SCHEMA);
  db.prepare("DELETE FROM asked WHERE at < ?").run(deps.now() - REMEMBERED_MS);
  const put = db.prepare(
    "INSERT OR IGNORE INTO asked (post, request, place, line, lost, shown, at, process) VALUES (?, ?, ?, '', ?, 0, ?, ?)",
  );
  const end = db.prepare(
    "INSERT INTO asked (post, request, place, line, lost, shown, at, process) VALUES (?, '', '', ?, '', 0, ?, ?) ON CONFLICT (post) DO UPDATE SET line = excluded.line, shown = 0",
  );
  const show = db.prepare("UPDATE asked SET shown = 1 WHERE post = ? AND line = ?");
  const open = db.prepare(
    "SELECT post FROM asked WHERE request = ? AND place = ? AND line = '' AND process = ? ORDER BY at DESC LIMIT 1",
  );
  const find = db.prepare(
    "SELECT CASE WHEN line = '' AND process <> ? THEN lost ELSE line END AS line FROM asked WHERE post = ?",
  );
  const left = db.prepare(
    "SELECT post, line, lost FROM asked WHERE shown = 0 AND (line <> '' OR process <> ?) ORDER BY at",
  );
  return {
    asked({ post, request, place, lost }: AskedPost): void {
      if (db.isOpen) put.run(post, request, place, lost, deps.now(), deps.processId);
    },
    /** The post that asks this here already. */
    openAt: (request: string, place: string): string | undefined =>
      db.isOpen ? (open.get(request, place, deps.processId) as { post: string } | undefined)?.post : undefined,
    /** It is decided; the line has still to be shown. */
    decided(post: string, line: string): void {
      if (db.isOpen) end.run(post, line, deps.now(), deps.processId);
    },
    /** What stands, or has to stand, in place of the buttons; undefined while they are good. */
    lineOf: (post: string): string | undefined =>
      (db.isOpen && (find.get(deps.processId, post) as { line: string } | undefined)?.line) || undefined,
    /** This line stands there now, or never will. */
    shown(post: string, line: string): void {
      if (db.isOpen) show.run(post, line);
    },
    /** Posts whose buttons mean nothing any more: decided (`line`), or asked by a process that has ended (`lost`). */
    leftOver: (): { post: string; line: string; lost: string }[] =>
      db.isOpen ? (left.all(deps.processId) as unknown as { post: string; line: string; lost: string }[]) : [],
  };
}
export type AskedNotes = ReturnType<typeof createAskedNotes>;
