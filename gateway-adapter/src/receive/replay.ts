/** One attempt to deliver, as it is remembered: its `jti`, and until when its token could pass. */
export interface Attempt {
  jti: string;
  untilMs: number;
}

/** Remembers attempts until their tokens have expired. Bounded: a full memory refuses rather than forgets. */
export function createReplayMemory(deps: { now: () => number; max?: number; known?: readonly Attempt[] }) {
  const max = deps.max ?? 100_000;
  const seen = new Map((deps.known ?? []).map(({ jti, untilMs }) => [jti, untilMs]));
  let nextSweepMs = 0;

  function sweep(now: number): void {
    for (const [jti, until] of seen) if (until <= now) seen.delete(jti);
    nextSweepMs = now + 10_000;
  }

  return {
    /** Whether an attempt was seen before. */
    has: (jti: string): boolean => seen.has(jti),
    /** Reserves an attempt. `replayed`: seen before. `full`: too many unexpired attempts. */
    reserve({ jti, untilMs }: Attempt): "reserved" | "replayed" | "full" {
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
