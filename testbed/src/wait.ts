import { setTimeout as pause } from "node:timers/promises";
import { TestbedError } from "./errors.ts";

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

export interface WaitOptions {
  readonly deadlineMs: number;
  /** What is waited for, as the subject of "… did not happen within 10 s". */
  readonly what: string;
  /** Read only on failure: the lines of log that explain it. */
  readonly tail?: () => string;
  readonly signal?: AbortSignal;
}

/**
 * Asks until there is an answer: a value other than `undefined`, `null` and `false`.
 * An error of the probe counts as "not yet" and becomes the cause of the timeout.
 */
export async function until<T>(
  probe: () => T | Promise<T>,
  options: WaitOptions,
): Promise<Exclude<T, undefined | null | false>> {
  const end = performance.now() + options.deadlineMs;
  let pauseMs = FIRST_PAUSE_MS;
  let last: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== null && answer !== false) {
        return answer as Exclude<T, undefined | null | false>;
      }
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) {
      const why = last instanceof Error ? `; last: ${last.message}` : "";
      throw new TestbedError(
        "wait.timeout",
        `${options.what} did not happen within ${options.deadlineMs / 1000} s${why}`,
        { cause: last, ...(options.tail ? { tail: options.tail() } : {}) },
      );
    }
    await pause(pauseMs, undefined, options.signal ? { signal: options.signal } : {});
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5);
  }
}
