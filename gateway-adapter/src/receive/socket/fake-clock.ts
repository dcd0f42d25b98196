import { setImmediate as breathe } from "node:timers/promises";

interface Sleeper {
  due: number;
  wake: () => void;
}

/** For tests: time that passes when it is told to. */
export function createFakeClock(startMs = 1_000_000) {
  const sleepers = new Set<Sleeper>();
  const slept: number[] = [];
  let now = startMs;
  return {
    now: (): number => now,
    /** How long each sleep was to last. */
    slept,
    sleep: (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        slept.push(ms);
        const sleeper = { due: now + ms, wake: (): void => finish() };
        const finish = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", finish);
          resolve();
        };
        sleepers.add(sleeper);
        signal.addEventListener("abort", finish, { once: true });
        if (signal.aborted) finish();
      }),
    async pass(ms: number): Promise<void> {
      const end = now + ms;
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.due - b.due)[0];
        if (!next || next.due > end) break;
        now = Math.max(now, next.due);
        next.wake();
        await breathe();
      }
      now = end;
      await breathe();
    },
  };
}

/** Waits, in real time, until something holds; gives up after a few seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; !holds(); round += 1) {
    if (round === 2_000) throw new Error(`It did not happen: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
