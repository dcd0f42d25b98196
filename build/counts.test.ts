import { describe, expect, it } from "@jest/globals";
import { countJest, failureInTable, failuresOfJest, inWords, readCounts, sum } from "./counts.ts";

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
    const counts = countJest({ ...result, numRuntimeErrorTestSuites: 2, testResults: [] });
    expect(counts).toEqual({ passed: 5, failed: 3, skipped: 2 });
  });
});

describe("what failed", () => {
  it("is a line for each test, and for a file that cannot be run", () => {
    const red = "\u001b[31mexpected 1\u001b[39m\nreceived 2";
    const assertionResults = [
      { fullName: "N5 grows", status: "failed", failureMessages: [red] },
      { fullName: "N5 ends", status: "passed", failureMessages: [] },
    ];
    const testResults = [
      { name: "live.test.ts", message: red, assertionResults },
      { name: "broken.test.ts", message: "does not compile\nline 2", assertionResults: [] },
    ];
    expect(failuresOfJest({ testResults })).toEqual(["N5 grows: expected 1", "broken.test.ts: does not compile"]);
  });

  it("is found in the tables of the other suites", () => {
    expect(failureInTable("| kill -9 | 0 | FAILED | 2 lost |")).toBe("| kill -9 | 0 | FAILED | 2 lost |");
    expect(failureInTable("FAILED: the cost grows")).toBe("the cost grows");
    expect(failureInTable("| kill -9 | 0 | ok | |")).toBeUndefined();
  });
});
