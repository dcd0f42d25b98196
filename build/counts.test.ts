import { describe, expect, it } from "@jest/globals";
import { countJest, inWords, readCounts, sum } from "./counts.ts";

describe("the closing line", () => {
  it("sums the suites, and names skipped tests only when there are some", () => {
    const one = { passed: 2, failed: 0, skipped: 0 };
    expect(inWords(sum([one, one]))).toBe("4 passed, 0 failed");
    expect(inWords(sum([one, { passed: 1, failed: 3, skipped: 1 }]))).toBe("3 passed, 3 failed, 1 skipped");
  });

  it("is read as it is written", () => {
    const counts = { passed: 12, failed: 1, skipped: 2 };
    expect(readCounts(inWords(counts))).toEqual(counts);
    expect(readCounts("12 passed, 0 failed")).toEqual({ passed: 12, failed: 0, skipped: 0 });
    expect(readCounts("| 12 passed, 0 failed |")).toBeUndefined();
  });

  it("counts a test file that cannot be run as a failure", () => {
    const result = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };
    expect(countJest({ ...result, numRuntimeErrorTestSuites: 2 })).toEqual({ passed: 5, failed: 3, skipped: 2 });
  });
});
