import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { normalizeUserEntry } from "../config/entries.ts";
import { MattermostError, messageOf } from "../errors.ts";
import type { Log } from "./facts.ts";

/** How soon after the approval it is told. */
const LOOK_EVERY_MS = 2_000;
/** A code is good for an hour; an owner may approve by the config later. After that nobody is waiting any more. */
const WAIT_MAX_MS = 7 * 24 * 3_600_000;
const WAITING_MAX = 500;

const fileSchema = z.object({ waiting: z.record(z.string(), z.number()) });

export const APPROVED = "You are approved. Say something, and I answer.";

export interface ApprovalDeps {
  accountId: string;
  /** Where it keeps who waits, over restarts. */
  file: string;
  /** Who may write to the bot by OpenClaw's pairing store and by the config, as entries of an allow-list. */
  allowed: () => Promise<readonly string[]>;
  /** Sends a direct message; rejects with `MattermostError`. */
  tell: (userId: string) => Promise<unknown>;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  log: Log;
}

/**
 * Tells people that their pairing was approved. OpenClaw's command line does not know this channel and cannot tell them, so
 * the account looks itself for those whom it gave a code.
 */
export function createApprovals(deps: ApprovalDeps) {
  let waiting = new Map(Object.entries(read(deps.file)));
  const done = new Set<string>();
  let wake: () => void = () => undefined;

  const forget = (userId: string): void => {
    if (waiting.delete(userId)) write(deps.file, waiting);
  };

  /** True where nobody has to be told again. */
  async function told(userId: string): Promise<boolean> {
    try {
      await deps.tell(userId);
      return true;
    } catch (error) {
      deps.log("An approved person could not be told.", { account: deps.accountId, reason: messageOf(error) });
      // A closed account takes no direct message; everything else is tried again.
      return error instanceof MattermostError && error.status >= 400 && error.status < 500 && error.status !== 429;
    }
  }

  /** An approval may restart the channel: whoever is being told is off the list before, so that the next instance does not, too. */
  async function look(): Promise<void> {
    const allowed = new Set((await deps.allowed()).map(normalizeUserEntry));
    for (const [userId, since] of [...waiting]) {
      const over = deps.now() - since > WAIT_MAX_MS;
      if (!over && !allowed.has(userId)) continue;
      forget(userId);
      if (over || done.has(userId)) continue;
      done.add(userId);
      if (await told(userId)) continue;
      done.delete(userId);
      waiting.set(userId, since);
      write(deps.file, waiting);
    }
  }

  return {
    /** Somebody got a code and waits for an approval. */
    expect(userId: string): void {
      done.delete(userId);
      if (waiting.has(userId)) return;
      waiting.set(userId, deps.now());
      waiting = new Map([...waiting].slice(-WAITING_MAX));
      write(deps.file, waiting);
      wake();
    },
    /** Somebody was approved just now, in this process: told at once, and only once. Rejects if that fails. */
    async tellNow(userId: string): Promise<void> {
      if (done.has(userId)) return;
      done.add(userId);
      forget(userId);
      await deps.tell(userId);
    },
    /** Looks as long as somebody waits, until the signal aborts. Never rejects. */
    async run(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        if (waiting.size === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal.addEventListener("abort", () => resolve(), { once: true });
          });
          continue;
        }
        await look().catch((error: unknown) =>
          deps.log("The pairing store cannot be read.", { account: deps.accountId, reason: messageOf(error) }),
        );
        await deps.sleep(LOOK_EVERY_MS, signal);
      }
    },
  };
}
export type Approvals = ReturnType<typeof createApprovals>;

function read(file: string): Record<string, number> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, "utf8"))).waiting;
  } catch {
    // None yet, or one that a crash cut off: then whoever waited is answered, and only not told before.
    return {};
  }
}

function write(file: string, waiting: ReadonlyMap<string, number>): void {
  if (waiting.size === 0) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify({ waiting: Object.fromEntries(waiting) }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
