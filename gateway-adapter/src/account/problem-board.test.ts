import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Problem } from "../errors.ts";
import { createProblemBoard, type ProblemBoard } from "./problem-board.ts";

let said: string[];
let changes: number;
let moot: string;
let board: ProblemBoard;

const problem = (code: string, severity: Problem["severity"] = "error"): Problem => ({
  code,
  severity,
  message: `It is ${code}.`,
  fix: "Mend it.",
});
const codes = (): string[] => board.problems().map(({ code }) => code);

beforeEach(() => {
  said = [];
  changes = 0;
  moot = "";
  const log = (level: string) => (sentence: string) => {
    said.push(`${level}: ${sentence}`);
  };
  board = createProblemBoard({
    accountId: "default",
    log: { info: log("info"), warn: log("warn"), error: log("error") },
    isMoot: ({ code }) => code === moot,
    onChange: () => {
      changes += 1;
    },
  });
});

describe("the problems of an account", () => {
  it("S17 are shown once each, whoever found them, and said in the log as they come", () => {
    board.tell("hello", [problem("a")]);
    board.tell("pull", [problem("a"), problem("b", "warning")]);
    board.tell("hello", [problem("a")]);
    expect(codes()).toEqual(["a", "b"]);
    expect(said).toEqual(["error: It is a. Mend it.", "warn: It is b. Mend it."]);
  });

  it("S17 are gone when whoever found them says so, and the log says that all is well", () => {
    board.tell("socket", [problem("a")]);
    board.tell("hello", [problem("b")]);
    board.tell("socket", []);
    expect(codes()).toEqual(["b"]);
    board.tell("hello", []);
    expect(codes()).toEqual([]);
    expect(said.at(-1)).toBe("info: The link to Mattermost is well again.");
  });

  it("S17 do not show what nobody has to care about", () => {
    moot = "plugin.missing";
    board.tell("hello", [problem("plugin.missing")]);
    expect(codes()).toEqual([]);
    moot = "";
    board.tell("socket", []);
    expect(codes()).toEqual(["plugin.missing"]);
  });

  it("S17 tell of a change, but not of each good pull", () => {
    board.tell("pull", []);
    expect(changes).toBe(0);
    board.tell("hello", []);
    board.tell("socket", []);
    expect(changes).toBe(2);
  });
});
