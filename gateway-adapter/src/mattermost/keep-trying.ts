import { MattermostError } from "../errors.ts";

const PAUSES_MS = [500, 1_000, 2_000, 5_000, 10_000] as const;

/** Calls again after a pause where that fails, a few times. Rejects at once with what it refused for good. */
export async function keepTrying<T>(
  deps: { sleep: (ms: number, signal: AbortSignal) => Promise<void> },
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await call();
    } catch (error) {
      if (isFinal(error) || signal.aborted) throw error;
      await deps.sleep(pause, signal);
    }
  }
  return call();
}

/** The plugin has it already, gave it up, or will never take it. */
export function isFinal(error: unknown): boolean {
  return error instanceof MattermostError && error.serverId !== "" && [404, 413, 422].includes(error.status);
}
