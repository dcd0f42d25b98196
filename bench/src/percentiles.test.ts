import { describe, expect, it } from "@jest/globals";
import { median, percentiles, ratioOf } from "./percentiles.ts";

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

describe("percentiles", () => {
  it("are samples by nearest rank", () => {
    expect(percentiles(upTo(200))).toEqual({ n: 200, p50: 100, p90: 180, p99: 198 });
    expect(percentiles(upTo(10))).toEqual({ n: 10, p50: 5, p90: 9, p99: 10 });
  });

  it("sort by number, not by text, and leave the samples as they were", () => {
    const samples = [10, 9, 100];
    expect(percentiles(samples)).toEqual({ n: 3, p50: 10, p90: 100, p99: 100 });
    expect(samples).toEqual([10, 9, 100]);
  });

  it("of one sample are that sample", () => {
    expect(percentiles([7])).toEqual({ n: 1, p50: 7, p90: 7, p99: 7 });
  });

  it("of no samples, or of one that is missing, are refused", () => {
    expect(() => percentiles([])).toThrow(RangeError);
    expect(() => percentiles([1, NaN, 2])).toThrow(RangeError);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("median", () => {
  it("lies between the two in the middle, so that an even number of rounds favours neither", () => {
    expect(median([13.5, 9.5, 10.5, 13])).toBe(11.75);
    expect(median([3, 1, 2])).toBe(2);
  });
});

describe("ratioOf", () => {
  it("is what the printed p50s say", () => {
    expect(ratioOf([3, 6, 100], [4, 5, 6])).toBe(1.2);
  });
});
