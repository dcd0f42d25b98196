/**
 * Events on their way from the inbox into a turn. One is settled when the turn has adopted it or has ended without; it is
 * idle when the turn has ended.
 */
export function createHandOvers() {
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
    begin() {
      const one = Symbol();
      unsettled.add(one);
      running.add(one);
      return {
        adopted: (): void => {
          unsettled.delete(one);
          changed();
        },
        ended: (): void => {
          unsettled.delete(one);
          running.delete(one);
          changed();
        },
      };
    },
    /** Resolves when nothing is on its way any more, or after the time. */
    async settled(withinMs: number): Promise<void> {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs);
      });
      await Promise.race([empty(unsettled), late]);
      clearTimeout(timer);
    },
    /** Resolves when the last turn has ended. */
    idle: (): Promise<void> => empty(running),
  };
}
