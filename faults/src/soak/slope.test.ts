import { describe, expect, it } from "@jest/globals";
import { courses } from "./slope.ts";

const at = (minute: number, mb: number, plugin: number) => ({ atS: minute * 60, lives: { plugin }, "plugin MB": mb });

describe("N1 the course of a soak", () => {
  it("N1 tells what a process gains an hour", () => {
    const [course] = courses([at(0, 100, 1), at(6, 101, 1), at(30, 105, 1), at(60, 110, 1)]);
    expect(course).toEqual({
      measure: "plugin MB",
      first: 100,
      last: 110,
      most: 110,
      perHour: expect.closeTo(10, 6),
    });
  });

  it("N1 takes no start of a process for growth, nor hides growth behind one", () => {
    const steady = courses(
      [0, 10, 15].map((minute) => at(minute, 20, 1)).concat([20, 30, 35].map((minute) => at(minute, 60, 2))),
    );
    expect(steady[0]?.perHour).toBeCloseTo(0, 6);
    const leaking = courses([
      ...[0, 10, 30].map((minute) => at(minute, 50 + minute, 1)),
      ...[31, 41, 60].map((minute) => at(minute, 19 + minute, 2)),
    ]);
    expect(leaking[0]?.perHour).toBeCloseTo(60, 0);
  });

  it("N1 what fills in the first minutes of a process is no growth, and another one's start is no start", () => {
    const minutes = [0, 2, 4, 5, 20, 40];
    const warm = courses(minutes.map((minute) => at(minute, Math.min(50, 10 * minute), 1)));
    expect(warm[0]?.perHour).toBeCloseTo(0, 6);
    const beside = courses(
      minutes.map((minute) => ({ ...at(minute, minute, 1), lives: { plugin: 1, gateway: minute } })),
    );
    expect(beside[0]?.perHour).toBeCloseTo(60, 6);
  });

  it("N1 says nothing of what was never seen", () => {
    expect(courses([{ atS: 0, lives: {} }])).toEqual([]);
  });
});
