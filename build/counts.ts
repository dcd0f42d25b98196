import { stripVTControlCharacters } from "node:util";

/** How many tests passed, failed and were skipped. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    NOTHING,
  );
}

/** The closing line: `12 passed, 0 failed`, with `, 1 skipped` if any. */
export function inWords({ passed, failed, skipped }: Counts): string {
  const line = `${String(passed)} passed, ${String(failed)} failed`;
  return skipped > 0 ? `${line}, ${String(skipped)} skipped` : line;
}

/** Reads a closing line; undefined if a line is none. */
export function readCounts(line: string): Counts | undefined {
  const [, passed, failed, skipped = "0"] = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line) ?? [];
  return passed === undefined
    ? undefined
    : { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

/** The part of `jest --json` that is counted. */
export interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  /** Files that could not be run at all. */
  numRuntimeErrorTestSuites: number;
  /** One for each file. */
  testResults: readonly {
    name: string;
    message: string;
    assertionResults: readonly { fullName: string; status: string; failureMessages: readonly string[] | null }[];
  }[];
}

export function countJest(result: JestResult): Counts {
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** What failed, a line each: the test and the first line of why. */
export function failuresOfJest({ testResults }: Pick<JestResult, "testResults">): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    const broken = assertionResults.length === 0 && message !== "" ? [`${name}: ${firstLine(message)}`] : [];
    return [...broken, ...failed.map((test) => `${test.fullName}: ${firstLine(test.failureMessages?.[0] ?? "")}`)];
  });
}

/** What a line of a suite's table, or a line that begins with `FAILED: `, says of a failure; undefined if it says nothing. */
export function failureInTable(line: string): string | undefined {
  return line.startsWith("FAILED: ") || line.includes("| FAILED |") ? line.replace("FAILED: ", "") : undefined;
}

function firstLine(text: string): string {
  // Jest colours what it expected and what it received.
  return stripVTControlCharacters(text).trim().split("\n")[0] ?? "";
}
