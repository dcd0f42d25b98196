import { describe, expect, it } from "@jest/globals";
import { pollWhileVisible } from "./poll.ts";

/** A tab with a clock of its own. */
function fakeTab() {
  const timers = new Map<number, { run: () => void; ms: number }>();
  const listeners = new Set<() => void>();
  let lastTimer = 0;
  const page = {
    visibilityState: "visible" as DocumentVisibilityState,
    addEventListener: (_type: string, listener: unknown) => void listeners.add(listener as () => void),
    removeEventListener: (_type: string, listener: unknown) => void listeners.delete(listener as () => void),
  };
  return {
    deps: {
      page: page as Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">,
      setTimer: (run: () => void, ms: number) => {
        timers.set(++lastTimer, { run, ms });
        return lastTimer;
      },
      clearTimer: (timer: number) => void timers.delete(timer),
    },
    waits: () => [...timers.values()].map(({ ms }) => ms),
    listeners,
    show(visible: boolean) {
      page.visibilityState = visible ? "visible" : "hidden";
      for (const listener of listeners) listener();
    },
    async fire() {
      const due = [...timers.values()];
      timers.clear();
      for (const { run } of due) run();
      await settled();
    },
  };
}

/** Everything that was promised has been done. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** Counts polls; each ends at once unless `hold` is given. */
function counter(hold?: Promise<void>) {
  const signals: AbortSignal[] = [];
  return {
    signals,
    poll: async (signal: AbortSignal) => {
      signals.push(signal);
      await hold;
    },
  };
}

describe("pollWhileVisible", () => {
  it("polls at once and again after each end", async () => {
    const tab = fakeTab();
    const { poll, signals } = counter();
    pollWhileVisible(poll, 10_000, tab.deps);
    await settled();
    expect([signals.length, tab.waits()]).toEqual([1, [10_000]]);
    await tab.fire();
    expect([signals.length, tab.waits()]).toEqual([2, [10_000]]);
  });

  it("rests while the tab is hidden and polls as soon as it is seen", async () => {
    const tab = fakeTab();
    const { poll, signals } = counter();
    pollWhileVisible(poll, 10_000, tab.deps);
    await settled();
    tab.show(false);
    await settled();
    expect([signals.length, tab.waits()]).toEqual([1, []]);
    tab.show(true);
    await settled();
    expect([signals.length, tab.waits()]).toEqual([2, [10_000]]);
  });

  it("does not start a second poll while one is under way", async () => {
    const tab = fakeTab();
    let finish = () => {};
    const { poll, signals } = counter(new Promise((resolve) => (finish = resolve)));
    pollWhileVisible(poll, 10_000, tab.deps);
    tab.show(false);
    tab.show(true);
    finish();
    await settled();
    expect([signals.length, tab.waits()]).toEqual([1, [10_000]]);
  });

  it("leaves nothing behind when it is ended, and aborts the poll under way", async () => {
    const tab = fakeTab();
    let finish = () => {};
    const { poll, signals } = counter(new Promise((resolve) => (finish = resolve)));
    const end = pollWhileVisible(poll, 10_000, tab.deps);
    end();
    finish();
    await settled();
    expect(signals[0]?.aborted).toBe(true);
    expect([tab.waits(), tab.listeners.size]).toEqual([[], 0]);
  });
});
