import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createAskedNotes } from "./asked.ts";
import { createPreviewNotes } from "./previews.ts";
import { createSaid } from "./said.ts";
import { createThreads } from "./threads.ts";
import { createUnsure } from "./unsure.ts";

export interface NotesDeps {
  file: string;
  now: () => number;
  /** Names this process: another one's previews are left-overs. */
  processId: string;
}

/**
 * What an account remembers across restarts beside its inbox: the threads that it takes part in, the previews that it has
 * still to remove, the posts whose buttons it has still to close, what it has told people once, and the posts that it does not know the end of.
 */
export function openNotes(deps: NotesDeps) {
  mkdirSync(dirname(deps.file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(deps.file);
  // A killed gateway loses nothing; a machine that loses power may lose the last second, which is a mention or a notice.
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 3000;");
  return {
    threads: createThreads(db, deps.now),
    previews: createPreviewNotes(db, deps),
    asked: createAskedNotes(db, deps),
    said: createSaid(db, deps.now),
    unsure: createUnsure(db, deps.now),
    close: (): void => {
      if (db.isOpen) db.close();
    },
  };
}
export type Notes = ReturnType<typeof openNotes>;
