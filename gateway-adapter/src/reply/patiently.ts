import { setTimeout as pause } from "node:timers/promises";
import { pauseAfter } from "../patience.ts";
import { mayPass } from "./send-error.ts";

export type Sleep = (ms: number) => Promise<unknown>;

/** Calls again after a pause where it may succeed a little later, as long as answers are tried (`patience.ts`). */
export async function patiently<T>(call: () => Promise<T>, sleep: Sleep = pause): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const pauseMs = mayPass(error) ? pauseAfter(attempt) : undefined;
      if (pauseMs === undefined) throw error;
      await sleep(pauseMs);
    }
  }
}
