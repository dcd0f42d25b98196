import { describe, expect, it } from "@jest/globals";
import { goTestReader } from "./go-test.ts";

function read(events: readonly (object | string)[]) {
  const printed: string[] = [];
  const reader = goTestReader((text) => printed.push(text));
  for (const event of events) reader.line(typeof event === "string" ? event : JSON.stringify(event));
  return { counts: reader.counts(), failures: reader.failures(), printed: printed.join("") };
}

const test = (Action: string, Test: string, Output?: string) => ({ Action, Package: "p", Test, Output });

describe("goTestReader", () => {
  it("counts passed, failed and skipped tests", () => {
    const { counts, failures } = read([test("pass", "TestA"), test("fail", "TestB"), test("skip", "TestC")]);
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 1 });
    expect(failures).toEqual(["p TestB"]);
  });

  it("counts only the innermost of nested tests", () => {
    const { counts } = read([
      test("pass", "TestA/one"),
      test("fail", "TestA/two"),
      test("fail", "TestA"),
      { Action: "fail", Package: "p" },
    ]);
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it("counts a parent that fails although its children pass", () => {
    const { counts } = read([test("pass", "TestA/one"), test("fail", "TestA"), { Action: "fail", Package: "p" }]);
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it("counts a package that does not compile as a failure and prints the compiler's words", () => {
    const { counts, printed } = read([
      { Action: "build-output", ImportPath: "p", Output: "x.go:1: syntax error\n" },
      { Action: "start", Package: "p" },
      { Action: "output", Package: "p", Output: "FAIL p [build failed]\n" },
      { Action: "fail", Package: "p" },
    ]);
    expect(counts).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(printed).toBe("x.go:1: syntax error\nFAIL p [build failed]\n");
  });

  it("prints the output of failed tests only, and a line for each package", () => {
    const { printed } = read([
      test("output", "TestA", "quiet\n"),
      test("pass", "TestA"),
      test("output", "TestB", "loud\n"),
      test("fail", "TestB"),
      { Action: "output", Package: "p", Output: "coverage\n" },
      { Action: "output", Package: "p", Output: "FAIL p 0.1s\n" },
      { Action: "fail", Package: "p" },
      { Action: "output", Package: "q", Output: "PASS\n" },
      { Action: "output", Package: "q", Output: "ok   q 0.1s\n" },
      { Action: "pass", Package: "q" },
    ]);
    expect(printed).toBe("loud\ncoverage\nFAIL p 0.1s\nok   q 0.1s\n");
  });

  it("hands on lines that are no events", () => {
    expect(read(["go: downloading x"]).printed).toBe("go: downloading x\n");
  });
});
