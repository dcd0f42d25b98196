/** What waits for its turn, in order. What does not fit is dropped, and it says so. */
export function createMessageQueue<T>(max: number) {
  const waiting: T[] = [];
  let wake: (() => void) | undefined;
  let closed = false;
  let overflowed = false;
  return {
    push(item: T): void {
      if (closed) return;
      if (waiting.length < max) waiting.push(item);
      else overflowed = true;
      wake?.();
    },
    /** The next one; undefined when it is closed and empty. One may wait at a time. */
    async next(): Promise<T | undefined> {
      for (;;) {
        const item = waiting.shift();
        if (item !== undefined || closed) return item;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    /** Takes no more. */
    close(): void {
      closed = true;
      wake?.();
    },
    /** Whether something was dropped since this was last asked, and nothing waits any more. */
    takeOverflow(): boolean {
      if (!overflowed || waiting.length > 0) return false;
      overflowed = false;
      return true;
    },
  };
}
export type MessageQueue<T> = ReturnType<typeof createMessageQueue<T>>;
