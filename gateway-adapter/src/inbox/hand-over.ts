/** An event of a channel that was stopped is given to the next one after so long, whatever became of it. */
export const HELD_MS = 300_000;

/** What this process has in its hands, over all instances of an inbox: one that was stopped may still hand over. */
const held = new Map<symbol, { file: string; eventId: string; until: number }>();

/** Whether an instance of the inbox with this file is still handing the event over. */
export function isHeld(file: string, eventId: string, now: number): boolean {
  for (const [one, { until }] of held) if (until <= now) held.delete(one);
  return [...held.values()].some((one) => one.eventId === eventId && one.file === file);
}

/**
 * Events on their way from an inbox into a turn. One is settled when a turn has adopted it, when it is back in the inbox, or
 * when it has ended without either; it is idle when its delivery has ended.
 */
export function createHandOvers({ file, now }: { file: string; now: () => number }) {
  const unsettled = new Set<symbol>();
  const running = new Set<symbol>();
  let waiting: (() => void)[] = [];

  function changed(): void {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }
  async function empty(set: ReadonlySet<symbol>): Promise<void> {
    while (set.size > 0) await new Promise<void>((resolve) => waiting.push(resolve));
  }

  return {
    begin(eventId: string) {
      const one = Symbol();
      held.set(one, { file, eventId, until: now() + HELD_MS });
      unsettled.add(one);
      running.add(one);
      return {
        settled: (): void => {
          held.delete(one);
          unsettled.delete(one);
          changed();
        },
        ended: (): void => {
          running.delete(one);
          changed();
        },
      };
    },
    /** Resolves when nothing is on its way any more, or after the time. */
    async settled(withinMs: number): Promise<void> {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs).unref();
      });
      await Promise.race([empty(unsettled), late]);
      clearTimeout(timer);
    },
    /** Resolves when the last delivery has ended. */
    idle: (): Promise<void> => empty(running),
  };
}
