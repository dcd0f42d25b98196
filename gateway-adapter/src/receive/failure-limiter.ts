/**
 * Slows down a peer that keeps failing. Only failures count, so a busy and honest sender is never held back by its own
 * deliveries. A token bucket for each address; memory is bounded.
 */
export function createFailureLimiter(deps: {
  now: () => number;
  burst?: number;
  refillPerS?: number;
  peersMax?: number;
}) {
  const burst = deps.burst ?? 30;
  const refillPerMs = (deps.refillPerS ?? 1) / 1_000;
  const peersMax = deps.peersMax ?? 10_000;
  const peers = new Map<string, { left: number; at: number }>();

  function current(peer: string): { left: number; at: number } {
    const now = deps.now();
    const entry = peers.get(peer);
    if (!entry) return { left: burst, at: now };
    return { left: Math.min(burst, entry.left + (now - entry.at) * refillPerMs), at: now };
  }

  return {
    /** Seconds to wait, or 0. */
    waitS(peer: string): number {
      const { left } = current(peer);
      return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / refillPerMs / 1_000));
    },
    failed(peer: string): void {
      const entry = current(peer);
      peers.delete(peer);
      if (peers.size >= peersMax) {
        const oldest = peers.keys().next().value;
        if (oldest !== undefined) peers.delete(oldest);
      }
      peers.set(peer, { left: Math.max(0, entry.left - 1), at: entry.at });
    },
    size: () => peers.size,
  };
}
export type FailureLimiter = ReturnType<typeof createFailureLimiter>;
