export interface BurstOptions {
  /** It is over when nothing came for so long. */
  quietMs: number;
  /** Nobody waits longer for its end. */
  maxMs: number;
  now: () => number;
}

/** Whether more of a kind is likely to come at once, so that it is better to wait. */
export function createBurst({ quietMs, maxMs, now }: BurstOptions) {
  let last = Number.NEGATIVE_INFINITY;
  let since = Number.NEGATIVE_INFINITY;
  return {
    /** One of that kind came. */
    came(): void {
      const at = now();
      if (at - last >= quietMs) since = at;
      last = at;
    },
    /** More may come, and nobody has waited too long. */
    lasts: (): boolean => now() - last < quietMs && now() - since < maxMs,
  };
}
