/** The process behind {@link Keeper}: reads what to keep, and ends it when its input closes. */
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { dropDatabase } from "./database.ts";
import type { Kept, KeeperLine } from "./keeper.ts";
import { removeOpenClawLocks } from "./openclaw-locks.ts";

const FAREWELL_MS = 3000;
const FAREWELL_STEP_MS = 50;

const kept = new Map<number, Kept>();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as KeeperLine;
  if (message.op === "keep") kept.set(message.id, message.what);
  else kept.delete(message.id);
}

// Processes first, because they write into the folders and hold the databases open; the last started first.
const order = ["group", "database", "locks", "folder"] as const;
for (const kind of order) {
  for (const what of [...kept.values()].reverse()) {
    if (what.kind === kind) await end(what);
  }
}

async function end(what: Kept): Promise<void> {
  try {
    if (what.kind === "group") await endGroup(what.pid, what.farewell);
    if (what.kind === "database") await dropDatabase(what.server, what.name);
    if (what.kind === "locks") removeOpenClawLocks(what.path);
    if (what.kind === "folder") await rm(what.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") console.error("testbed: could not clean up", what, error);
  }
}

async function endGroup(pid: number, farewell: NodeJS.Signals | undefined): Promise<void> {
  if (farewell) {
    process.kill(pid, farewell);
    // Signal 0 only asks; a zombie still counts until it is reaped, which costs the rest of the time and nothing else.
    for (let waited = 0; waited < FAREWELL_MS; waited += FAREWELL_STEP_MS) {
      await pause(FAREWELL_STEP_MS);
      process.kill(pid, 0);
    }
  }
  process.kill(-pid, "SIGKILL");
}
