import { describe, expect, it } from "@jest/globals";
import { readPromises, rowsNamed } from "./promises.ts";

describe("readPromises", () => {
  it("reads the rows of the tables and nothing else", () => {
    const markdown = "# C1\n| row | promise |\n|---|---|\n| N1 | **Nothing lost**, ever. |\n| S10 | `a | b` |\n";
    expect(readPromises(markdown)).toEqual([
      { row: "N1", text: "Nothing lost, ever." },
      { row: "S10", text: "`a | b`" },
    ]);
  });
});

describe("rowsNamed", () => {
  // Put together here, so that this file's own text names no row.
  const titled = (title: string) => rowsNamed(`it(${JSON.stringify(title)}, () => {});`);

  it("finds rows at the start of a title, one or several", () => {
    expect(titled(["S10", "retries on 429"].join(" "))).toEqual(["S10"]);
    expect(titled(["N1,", "N2: delivers once"].join(" "))).toEqual(["N1", "N2"]);
    expect(rowsNamed(["t.Run(`C3", "signs`, func(t *testing.T) {"].join(" "))).toEqual(["C3"]);
  });

  it("does not take a row that stands later, or a longer word, for a title's", () => {
    expect(titled("keeps promise S10 in mind")).toEqual([]);
    expect(titled("S10x is no row")).toEqual([]);
    expect(titled("SHA256 of the body")).toEqual([]);
  });
});
