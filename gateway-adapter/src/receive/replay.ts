/** Remembers attempts until their tokens have expired. Bounded: a full memory refuses rather than forgets. */
export function createReplayMemory(deps: { now: () => number; max?: number }) {
  const max = deps.max ?? 100_000;
  const seen = new Map<string, number>();
  let nextSweepMs = 0;

  function sweep(now: number): void {
    for (const [jti, until] of seen) if (until <= now) seen.delete(jti);
    nextSweepMs = now + 10_000;
  }

  return {
    /** Reserves an attempt. `replayed`: seen before. `full`: too many unexpired attempts. */
    reserve(jti: string, untilMs: number): "reserved" | "replayed" | "full" {
      const now = deps.now();
      if (now >= nextSweepMs || seen.size >= max) sweep(now);
      if (seen.has(jti)) return "replayed";
      if (seen.size >= max) return "full";
      seen.set(jti, untilMs);
      return "reserved";
    },
    size: () => seen.size,
  };
}
export type ReplayMemory = ReturnType<typeof createReplayMemory>;
