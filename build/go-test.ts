import { type Counts, NOTHING } from "./counts.ts";

/** A line of `go test -json` (see `go doc test2json`). */
interface GoEvent {
  Action: string;
  Package?: string;
  Test?: string;
  Output?: string;
}

export interface GoTestReader {
  line: (text: string) => void;
  counts: () => Counts;
  /** What failed, as `package test`. */
  failures: () => string[];
}

const OUTCOMES: Record<string, keyof Counts> = { pass: "passed", fail: "failed", skip: "skipped" };

/**
 * Reads `go test -json` line by line: prints packages as they end and the output of what failed, and counts the tests.
 * Of nested tests only the innermost count; a package that fails without a failed test (it does not compile) counts as one.
 */
export function goTestReader(print: (text: string) => void): GoTestReader {
  const outcomes = new Map<string, keyof Counts>();
  const printed = new Map<string, string[]>();

  const failedIn = (prefix: string) =>
    [...outcomes].some(([key, outcome]) => outcome === "failed" && key.startsWith(prefix));

  function end(event: GoEvent, outcome: keyof Counts, key: string): void {
    const lines = printed.get(key) ?? [];
    printed.delete(key);
    if (event.Test) {
      if (outcome === "failed") print(lines.join(""));
      outcomes.set(key, outcome);
      return;
    }
    // A package: its last lines are `ok`, `FAIL`, or why it could not be tested.
    if (outcome === "failed" && !failedIn(`${key} `)) outcomes.set(key, "failed");
    print(lines.filter((line) => outcome === "failed" || line.startsWith("ok")).join(""));
  }

  return {
    line(text: string): void {
      if (!text.startsWith("{")) {
        print(`${text}\n`);
        return;
      }
      const event = JSON.parse(text) as GoEvent;
      if (event.Action === "build-output") print(event.Output ?? "");
      if (!event.Package) return;
      const key = event.Test ? `${event.Package} ${event.Test}` : event.Package;
      if (event.Action === "output") {
        const lines = printed.get(key) ?? [];
        printed.set(key, [...lines, event.Output ?? ""]);
      }
      const outcome = OUTCOMES[event.Action];
      if (outcome) end(event, outcome, key);
    },

    failures: () => [...outcomes].filter(([, outcome]) => outcome === "failed").map(([key]) => key),

    counts(): Counts {
      const counts = { ...NOTHING };
      for (const [key, outcome] of outcomes) {
        const nested = [...outcomes.keys()].some((other) => other.startsWith(`${key}/`));
        // A parent fails with its children, or by itself.
        if (nested && !(outcome === "failed" && !failedIn(`${key}/`))) continue;
        counts[outcome]++;
      }
      return counts;
    },
  };
}
