import { describe, expect, it } from "@jest/globals";
import { inMs, table } from "./table.ts";

describe("table", () => {
  it("shows each row's percentiles, and ratios and goals where there are any", () => {
    const text = table([
      { what: "unsigned", samples: [4, 5, 6] },
      { what: "signed and stored", samples: [5, 6, 70], ratios: [{ to: "unsigned", value: 1.2 }], goal: 1.2 },
    ]);
    expect(text.split("\n")).toEqual([
      "| what              |   n |  p50 |  p90 |  p99 | ratio           | goal  | verdict |",
      "| ----------------- | --: | ---: | ---: | ---: | --------------- | ----- | ------- |",
      "| unsigned          |   3 | 5.00 | 6.00 | 6.00 |                 |       |         |",
      "| signed and stored |   3 | 6.00 | 70.0 | 70.0 | 1.20 × unsigned | ≤ 1.2 | met     |",
    ]);
  });

  it("says when a goal is missed, and judges the first ratio only", () => {
    const ratios = [
      { to: "none", value: 1.21 },
      { to: "nothing", value: 1 },
    ];
    expect(table([{ what: "x", samples: [1], ratios, goal: 1.2 }])).toContain(
      "| 1.21 × none, 1.00 × nothing | ≤ 1.2 | misses  |",
    );
  });
});

describe("a limit in milliseconds", () => {
  it("is what the median is judged by", () => {
    expect(table([{ what: "x", samples: [149, 150, 900], limitMs: 150 }])).toContain("| ≤ 150 ms | met     |");
    expect(table([{ what: "x", samples: [149, 151, 900], limitMs: 150 }])).toContain("| ≤ 150 ms | misses  |");
  });
});

describe("inMs", () => {
  it("keeps three digits", () => {
    expect([inMs(0.1234), inMs(9.876), inMs(45.67), inMs(391.4)]).toEqual(["0.12", "9.88", "45.7", "391"]);
  });
});
