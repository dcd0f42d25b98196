import { describe, expect, it } from "@jest/globals";
import { createBurst } from "./burst.ts";

describe("N1 a burst of events", () => {
  it("N1 lasts until nothing came for a while, and nobody waits too long for its end", () => {
    let at = 1_000;
    const burst = createBurst({ quietMs: 50, maxMs: 200, now: () => at });
    const later = (ms: number): boolean => {
      at += ms;
      return burst.lasts();
    };
    expect(burst.lasts()).toBe(false);
    burst.came();
    expect([later(49), later(1)]).toEqual([true, false]);
    for (let i = 0; i < 10; i += 1) {
      burst.came();
      at += 40;
    }
    expect(burst.lasts()).toBe(false);
    at += 50;
    burst.came();
    expect(burst.lasts()).toBe(true);
  });
});
