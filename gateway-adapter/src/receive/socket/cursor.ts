import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { z } from "zod";
import { messageOf } from "../../errors.ts";

const stateSchema = z.object({
  /** Whose events: with another bot it begins anew. */
  bot: z.string(),
  /** Nothing from before this is ever asked for. */
  from: z.number(),
  /** When the last known event happened. */
  at: z.number(),
});

/** Rows get their time up to many seconds before they are committed, and so appear behind the cursor. */
const OVERLAP_MS = 60_000;
const WRITE_EVERY_MS = 5_000;

/**
 * How far the events of an account are known, in the server's time, kept in a small file. It may lag behind what the
 * inbox holds, never run ahead of it: reading something twice does no harm.
 */
export function createCursor(deps: {
  file: string;
  now: () => number;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}) {
  let state = read();
  let writtenAt = 0;
  let unwritten = false;

  function read(): z.infer<typeof stateSchema> | undefined {
    try {
      return stateSchema.parse(JSON.parse(readFileSync(deps.file, "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT")
        deps.log("How far events are known cannot be read, so it begins anew.", { reason: messageOf(error) });
      return undefined;
    }
  }

  /** Best effort: an older file only means that more is read again. */
  function write(): void {
    unwritten = false;
    writtenAt = deps.now();
    try {
      mkdirSync(dirname(deps.file), { recursive: true, mode: 0o700 });
      const file = openSync(`${deps.file}.new`, "w", 0o600);
      try {
        writeSync(file, `${JSON.stringify(state)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(`${deps.file}.new`, deps.file);
    } catch (error) {
      deps.log("How far events are known cannot be stored.", { reason: messageOf(error) });
    }
  }

  /** Events up to this time are stored. A time in the future counts as now. */
  function move(bot: string, ts: number): void {
    const at = Math.min(ts, deps.now());
    if (state?.bot !== bot) state = { bot, from: at, at };
    else if (at > state.at) state = { ...state, at };
    else return;
    unwritten = true;
    if (deps.now() - writtenAt >= WRITE_EVERY_MS) write();
  }

  return {
    move,
    /** This event is stored. Of the others the time may be this machine's, which may be ahead of the server's. */
    moveBehind(bot: string, event: ChannelEvent): void {
      if (event.type === "post.created" || event.type === "post.edited") move(bot, event.ts);
    },
    /** Everything after this is to be asked for; undefined if nothing was ever known. */
    since: (bot: string): number | undefined =>
      state?.bot === bot ? Math.max(state.from, state.at - OVERLAP_MS) : undefined,
    /** The first start: what was before is nobody's business. */
    begin(bot: string, at: number): void {
      state = { bot, from: at, at };
      write();
    },
    flush(): void {
      if (unwritten) write();
    },
  };
}
export type Cursor = ReturnType<typeof createCursor>;
