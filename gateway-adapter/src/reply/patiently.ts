import { setTimeout as pause } from "node:timers/promises";
import { pauseAfter } from "../patience.ts";
import { mayPass } from "./send-error.ts";

export type Sleep = (ms: number, value?: undefined, options?: { signal?: AbortSignal }) => Promise<unknown>;

export interface Patience {
  sleep?: Sleep | undefined;
  /** Ends the pauses: who is stopped meanwhile says what went wrong. */
  signal?: AbortSignal | undefined;
  /** Whether what failed may be done again. */
  mayRepeat?: (error: unknown) => boolean;
}

/** Calls again after a pause where it may succeed a little later, as long as answers are tried (`patience.ts`). */
export async function patiently<T>(
  call: () => Promise<T>,
  { sleep = pause, signal, mayRepeat = () => true }: Patience = {},
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const pauseMs = mayPass(error) && mayRepeat(error) ? pauseAfter(attempt) : undefined;
      if (pauseMs === undefined) throw error;
      await sleep(pauseMs, undefined, signal ? { signal } : {}).catch(() => undefined);
      if (signal?.aborted) throw error;
    }
  }
}
