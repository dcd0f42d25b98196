import { describe, expect, it } from "@jest/globals";
import { courses } from "./slope.ts";

const at = (minute: number, mb: number, life: string) => ({ atS: minute * 60, life, "plugin MB": mb });

describe("N1 the course of a soak", () => {
  it("N1 tells what a process gains an hour", () => {
    const [course] = courses([at(0, 100, "a"), at(30, 105, "a"), at(60, 110, "a")]);
    expect(course).toEqual({
      measure: "plugin MB",
      first: 100,
      last: 110,
      most: 110,
      perHour: expect.closeTo(10, 6),
    });
  });

  it("N1 takes no start of a process for growth, nor hides growth behind one", () => {
    const steady = courses([at(0, 20, "a"), at(10, 20, "a"), at(20, 60, "b"), at(30, 60, "b")]);
    expect(steady[0]?.perHour).toBeCloseTo(0, 6);
    const leaking = courses([at(0, 50, "a"), at(30, 80, "a"), at(31, 50, "b"), at(60, 79, "b")]);
    expect(leaking[0]?.perHour).toBeCloseTo(60, 0);
  });

  it("N1 says nothing of what was never seen", () => {
    expect(courses([{ atS: 0, life: "a" }])).toEqual([]);
  });
});
