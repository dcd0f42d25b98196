import { beforeEach, describe, expect, it } from "@jest/globals";
import { createFakeClock } from "./fake-clock.ts";
import { createFallback } from "./fallback.ts";

let clock: ReturnType<typeof createFakeClock>;
let stop: AbortController;
let ready: boolean;
let runs: AbortSignal[];
let turns: boolean[];

beforeEach(() => {
  clock = createFakeClock();
  stop = new AbortController();
  ready = true;
  runs = [];
  turns = [];
});

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });

const make = (run = untilAborted) =>
  createFallback(
    {
      run: (signal) => {
        runs.push(signal);
        return run(signal);
      },
      isReady: () => ready,
      sleep: clock.sleep,
      onTurn: (inUse) => turns.push(inUse),
    },
    stop.signal,
  );
const running = (): number => runs.filter((signal) => !signal.aborted).length;

describe("the socket in the plugin's place", () => {
  it("S17 runs once, however often the plugin is found missing", async () => {
    const fallback = make();
    fallback.missing();
    fallback.missing();
    await clock.pass(0);
    expect(runs).toHaveLength(1);
    expect(turns).toEqual([true]);
    expect(fallback.inUse()).toBe(true);
  });

  it("S17 both ways stay open for a while when the plugin comes, so that nothing falls between", async () => {
    const fallback = make();
    fallback.missing();
    await clock.pass(0);
    fallback.served();
    await clock.pass(14_999);
    expect(running()).toBe(1);
    await clock.pass(1);
    expect(running()).toBe(0);
    expect(turns).toEqual([true, false]);
    expect(fallback.inUse()).toBe(false);
  });

  it("S17 a socket that is down closes its gap before it leaves", async () => {
    const fallback = make();
    ready = false;
    fallback.missing();
    fallback.served();
    await clock.pass(120_000);
    expect(running()).toBe(1);
    ready = true;
    await clock.pass(1_000);
    expect(running()).toBe(0);
  });

  it("S17 stays when the plugin goes away again in the meantime, and comes back later", async () => {
    const fallback = make();
    fallback.missing();
    await clock.pass(0);
    fallback.served();
    await clock.pass(5_000);
    fallback.missing();
    await clock.pass(60_000);
    expect(runs).toHaveLength(1);
    expect(running()).toBe(1);
    fallback.served();
    await clock.pass(15_000);
    fallback.missing();
    await clock.pass(0);
    expect(runs).toHaveLength(2);
    expect(running()).toBe(1);
  });

  it("S17 is in use until it has really ended, and begins anew if the plugin goes away just then", async () => {
    let ended = (): void => undefined;
    const fallback = make(() => {
      return new Promise((resolve) => {
        ended = resolve;
      });
    });
    fallback.missing();
    fallback.served();
    await clock.pass(60_000);
    expect(running()).toBe(0);
    expect(fallback.inUse()).toBe(true);
    fallback.missing();
    ended();
    await clock.pass(0);
    expect(runs).toHaveLength(2);
    expect(turns).toEqual([true, false, true]);
  });

  it("S17 stops with the account, and does not begin after it", async () => {
    const fallback = make();
    fallback.missing();
    await clock.pass(0);
    stop.abort();
    await fallback.stopped();
    expect(running()).toBe(0);
    const late = make();
    late.missing();
    expect(late.inUse()).toBe(false);
  });
});
