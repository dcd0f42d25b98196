import { describe, expect, it } from "@jest/globals";
import { createFailureLimiter } from "./failure-limiter.ts";
import { createReplayMemory } from "./replay.ts";

describe("C3 the replay memory", () => {
  it("C3 lets an attempt in once, until its token has expired", () => {
    let now = 0;
    const memory = createReplayMemory({ now: () => now });
    expect(memory.reserve({ jti: "a", untilMs: 60_000 })).toBe("reserved");
    expect(memory.reserve({ jti: "a", untilMs: 60_000 })).toBe("replayed");
    now = 59_999;
    expect(memory.reserve({ jti: "a", untilMs: 60_000 })).toBe("replayed");
    now = 70_000;
    expect(memory.reserve({ jti: "b", untilMs: 130_000 })).toBe("reserved");
    expect(memory.size()).toBe(1);
  });

  it("C3 refuses when full rather than forget an attempt", () => {
    let now = 0;
    const memory = createReplayMemory({ now: () => now, max: 2 });
    memory.reserve({ jti: "a", untilMs: 60_000 });
    memory.reserve({ jti: "b", untilMs: 60_000 });
    expect(memory.reserve({ jti: "c", untilMs: 60_000 })).toBe("full");
    expect(memory.reserve({ jti: "a", untilMs: 60_000 })).toBe("replayed");
    now = 60_000;
    expect(memory.reserve({ jti: "c", untilMs: 120_000 })).toBe("reserved");
  });
});

describe("C3 the limiter", () => {
  it("C3 slows a peer down after its failures, and only that peer", () => {
    let now = 0;
    const limiter = createFailureLimiter({ now: () => now, burst: 3, refillPerS: 1 });
    for (let i = 0; i < 3; i += 1) {
      expect(limiter.waitS("a")).toBe(0);
      limiter.failed("a");
    }
    expect(limiter.waitS("a")).toBe(1);
    expect(limiter.waitS("b")).toBe(0);
    now = 1_000;
    expect(limiter.waitS("a")).toBe(0);
  });

  it("C3 never counts a success", () => {
    const limiter = createFailureLimiter({ now: () => 0, burst: 1 });
    for (let i = 0; i < 1_000; i += 1) expect(limiter.waitS("a")).toBe(0);
  });
});
