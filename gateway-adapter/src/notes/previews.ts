import type { DatabaseSync } from "node:sqlite";

/** A preview that may stand in Mattermost. `post` is empty while the server has not answered. */
export interface PreviewNote {
  key: string;
  channel: string;
  post: string;
  at: number;
}

const SCHEMA =
  "CREATE TABLE IF NOT EXISTS previews (key TEXT PRIMARY KEY, channel TEXT NOT NULL, post TEXT NOT NULL, at INTEGER NOT NULL, process TEXT NOT NULL) STRICT;";

/**
 * The preview posts that have to be removed, also after the gateway was killed. One is noted before it is posted: its `key`
 * stands in the post, so that it is found even if the answer of the server was not.
 */
export function createPreviewNotes(db: DatabaseSync, deps: { processId: string; now: () => number }) {
  db.exec(SCHEMA);
  const put = db.prepare("INSERT OR REPLACE INTO previews (key, channel, post, at, process) VALUES (?, ?, '', ?, ?)");
  const name = db.prepare("UPDATE previews SET post = ? WHERE key = ?");
  const drop = db.prepare("DELETE FROM previews WHERE key = ?");
  const others = db.prepare("SELECT key, channel, post, at FROM previews WHERE process <> ? ORDER BY at");
  return {
    posting(key: string, channel: string): void {
      if (db.isOpen) put.run(key, channel, deps.now(), deps.processId);
    },
    posted(key: string, postId: string): void {
      if (db.isOpen) name.run(postId, key);
    },
    /** It is gone, or it stays for good. */
    settled(key: string): void {
      if (db.isOpen) drop.run(key);
    },
    /** Previews of runs that ended with their process. */
    leftOver: (): PreviewNote[] => others.all(deps.processId) as unknown as PreviewNote[],
  };
}
export type PreviewNotes = ReturnType<typeof createPreviewNotes>;
