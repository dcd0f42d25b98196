import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { lastLines, quoteLog } from "./log-tail.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oc-log-"));
  file = join(folder, "a.log");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("lastLines", () => {
  it("gives the last lines without colours and empty ones", () => {
    writeFileSync(file, "first\n\n\u001b[31msecond\u001b[39m\nthird\n");
    expect(lastLines(file, 2)).toEqual(["second", "third"]);
  });

  it("makes Mattermost's JSON readable and leaves other JSON alone", () => {
    const line = {
      timestamp: "2026-11-23 09:22:08.733 Z",
      level: "warn",
      msg: "No signature",
      caller: "x.go:1",
      id: 5,
    };
    writeFileSync(file, `${JSON.stringify(line)}\n{"other":1}\n`);
    expect(lastLines(file, 9)).toEqual(["09:22:08.733 warn No signature id=5", '{"other":1}']);
  });
});

describe("quoteLog", () => {
  it("says that there is nothing to quote", () => {
    expect(quoteLog(join(folder, "missing.log"))).toContain("none");
  });
});
