import type { z } from "zod";
import { MattermostError } from "../../errors.ts";
import type { MattermostClient } from "../../mattermost/client.ts";

/** Reads from Mattermost's REST API. Throws `MattermostError`. */
export type Get = <T>(path: string, schema: z.ZodType<T>, maxBytes?: number) => Promise<T>;
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

const SLOW_DOWN_MS = 1_000;
const SLOW_DOWN_MAX_MS = 30_000;
const PATIENCE = 20;

/** `get` until the signal aborts, which waits where the server's rate limiter says so. */
export function patientGet(client: Pick<MattermostClient, "get">, sleep: Sleep, signal: AbortSignal): Get {
  return async (path, schema, maxBytes) => {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await client.get(path, schema, { signal, ...(maxBytes === undefined ? {} : { maxBytes }) });
      } catch (error) {
        if (!(error instanceof MattermostError) || error.status !== 429 || attempt >= PATIENCE) throw error;
        await sleep(Math.min(error.retryAfterMs ?? SLOW_DOWN_MS, SLOW_DOWN_MAX_MS), signal);
      }
    }
  };
}

/** Whether the bot may not see it, or it is not there any more. Asking again would not help. */
export function isOutOfSight(error: unknown): boolean {
  return error instanceof MattermostError && (error.status === 403 || error.status === 404);
}
