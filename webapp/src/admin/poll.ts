export interface PollDeps {
  page: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">;
  setTimer: (run: () => void, ms: number) => number;
  clearTimer: (timer: number) => void;
}

/**
 * Runs `poll` at once, and `everyMs` after each end of it, but only while the tab is visible; a tab that becomes visible polls
 * at once. `poll` answers for its own failures. Gives a function that ends it and aborts the poll under way.
 */
export function pollWhileVisible(
  poll: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
  deps: PollDeps,
): () => void {
  const { page, setTimer, clearTimer } = deps;
  const end = new AbortController();
  let timer: number | undefined;
  let polling = false;
  const wanted = () => !end.signal.aborted && page.visibilityState === "visible";

  async function next(): Promise<void> {
    if (polling || !wanted()) return;
    polling = true;
    await poll(end.signal);
    polling = false;
    if (wanted()) timer = setTimer(() => void next(), everyMs);
  }

  function onVisibility(): void {
    if (timer !== undefined) clearTimer(timer);
    void next();
  }

  page.addEventListener("visibilitychange", onVisibility);
  void next();
  return () => {
    end.abort();
    page.removeEventListener("visibilitychange", onVisibility);
    if (timer !== undefined) clearTimer(timer);
  };
}
