import type { Sleep } from "./rest.ts";

/**
 * The socket goes on for this long after the plugin has begun to keep events, so that nothing falls between the two; the
 * inbox lets each event through once. The plugin delivers only then, or a new post would overtake what the socket brings.
 */
const LINGER_MS = 15_000;
const LOOK_AGAIN_MS = 1_000;

export interface FallbackDeps {
  /** Runs the socket until its signal aborts. */
  run: (signal: AbortSignal) => Promise<void>;
  /** Whether the socket is connected and has closed its gap. */
  isReady: () => boolean;
  sleep: Sleep;
  /** The socket came into use, or is out of it. */
  onTurn: (inUse: boolean) => void;
}

/** Runs the socket for as long as the plugin is missing. */
export function createFallback(deps: FallbackDeps, signal: AbortSignal) {
  let current: { end: AbortController; leaving: AbortController | undefined } | undefined;
  let running: Promise<void> = Promise.resolve();

  async function leave(turn: NonNullable<typeof current>, stay: AbortSignal): Promise<void> {
    const given = AbortSignal.any([signal, stay]);
    await deps.sleep(LINGER_MS, given);
    // What happened while it was down is the socket's to fetch: the plugin was not asked for it.
    while (!deps.isReady() && !given.aborted) await deps.sleep(LOOK_AGAIN_MS, given);
    if (given.aborted) return;
    turn.end.abort();
    await running;
    if (signal.aborted) return;
    current = undefined;
    deps.onTurn(false);
    if (stay.aborted) missing();
  }

  function missing(): void {
    if (current) {
      current.leaving?.abort();
      current.leaving = undefined;
      return;
    }
    if (signal.aborted) return;
    const end = new AbortController();
    current = { end, leaving: undefined };
    running = running.then(() => deps.run(AbortSignal.any([signal, end.signal])));
    deps.onTurn(true);
  }

  return {
    inUse: () => current !== undefined,
    /** The plugin is not on the server. */
    missing,
    /** The plugin is there and serves this bot, or has refused it. */
    served(): void {
      if (!current || current.leaving) return;
      current.leaving = new AbortController();
      void leave(current, current.leaving.signal);
    },
    /** Resolves when the socket has stopped. */
    stopped: async (): Promise<void> => {
      await running;
    },
  };
}
export type Fallback = ReturnType<typeof createFallback>;
