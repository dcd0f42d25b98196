import { messageOf } from "../errors.ts";

export interface ClearDeps<T> {
  /** What an earlier process has left. */
  left: () => readonly T[];
  /** Clears one; rejects if it has to be tried again. */
  clear: (one: T) => Promise<void>;
  /** Told of a failure; never rejects. */
  onFailure: (one: T, reason: string) => void;
  wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const AGAIN_MS = 30_000;

/** Clears up behind an earlier process, again and again until nothing is left or the signal aborts. Never rejects. */
export async function clearLeftOver<T>(deps: ClearDeps<T>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const left = deps.left();
    let open = left.length;
    for (const one of left) {
      try {
        await deps.clear(one);
        open -= 1;
      } catch (error) {
        deps.onFailure(one, messageOf(error));
        break;
      }
    }
    if (open === 0) return;
    await deps.wait(AGAIN_MS, signal);
  }
}
