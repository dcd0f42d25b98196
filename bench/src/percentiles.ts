/** Half of the samples are not above it, and so on. In the unit of the samples. */
export interface Percentiles {
  readonly n: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Of at least one sample, each percentile being one of the samples (nearest rank). Throws a RangeError without any, or if one is missing (NaN). */
export function percentiles(samples: readonly number[]): Percentiles {
  if (samples.some(Number.isNaN)) throw new RangeError("a sample is missing");
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = (percent: number): number => {
    const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
    if (value === undefined) throw new RangeError("there are no samples");
    return value;
  };
  return { n: sorted.length, p50: rank(50), p90: rank(90), p99: rank(99) };
}

/** The middle one, or the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const backwards = samples.map((sample) => -sample);
  return (percentiles(samples).p50 - percentiles(backwards).p50) / 2;
}

/** How many times as long, by p50. */
export function ratioOf(samples: readonly number[], base: readonly number[]): number {
  return percentiles(samples).p50 / percentiles(base).p50;
}
