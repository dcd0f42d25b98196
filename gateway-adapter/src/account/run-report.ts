import { RUN_REPEAT_MS, RUNS_MAX, type Run } from "@openclaw-mattermost/contract";
import { messageOf } from "../errors.ts";

export interface RunReportDeps {
  /** Tells the plugin. Rejects with `MattermostError`. */
  send: (runs: Run[]) => Promise<unknown>;
  /** Whether there is a plugin that shows runs. */
  isWanted: () => boolean;
  /** Resolves after the time, or early when `signal` aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/** Between two reports, so that a busy agent costs the server two calls a second and not fifty. */
const PAUSE_MS = 500;

/**
 * Tells the plugin which runs are under way: what changed, at once and then in steps, and all of them every now and then, so
 * that it can tell a gateway that died. Nothing waits for it, and what could not be told is told again. `signal` ends the
 * repetition; what changes then, as a run that ends with its account, is told once.
 */
export function createRunReport(deps: RunReportDeps, signal: AbortSignal) {
  const active = new Map<string, Run>();
  const changed = new Map<string, Run>();
  let working = false;
  let failing = false;

  const isEnd = ({ state }: Run): boolean => state !== "queued" && state !== "working";

  async function sendChanged(): Promise<void> {
    const runs = [...changed.values()].slice(0, RUNS_MAX);
    for (const { id } of runs) changed.delete(id);
    if (runs.length === 0 || !deps.isWanted()) return;
    try {
      await deps.send(runs);
      failing = false;
    } catch (error) {
      if (!failing) deps.log("The plugin could not be told which runs are under way.", { reason: messageOf(error) });
      failing = true;
      // A run that goes on is told with the next repetition; one that has ended would be seen as running.
      for (const run of runs) if (isEnd(run) && !signal.aborted && !changed.has(run.id)) changed.set(run.id, run);
    }
  }

  async function work(): Promise<void> {
    working = true;
    let sinceRepeatMs = 0;
    while (changed.size > 0 || (active.size > 0 && !signal.aborted)) {
      await sendChanged();
      if (signal.aborted) continue;
      await deps.sleep(PAUSE_MS, signal);
      sinceRepeatMs += PAUSE_MS;
      if (sinceRepeatMs < RUN_REPEAT_MS) continue;
      sinceRepeatMs = 0;
      for (const run of active.values()) changed.set(run.id, run);
    }
    working = false;
  }

  return {
    /** A run changed. */
    tell(run: Run): void {
      if (isEnd(run)) active.delete(run.id);
      else active.set(run.id, run);
      changed.set(run.id, run);
      if (!working) void work();
    },
  };
}
export type RunReport = ReturnType<typeof createRunReport>;
