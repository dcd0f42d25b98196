interface Present {
  /** Another request of the session was on its way when this one was handed over. */
  overlaps: boolean;
  state: "new" | "begun" | "queued";
}

/**
 * Requests on their way through OpenClaw, by session.
 *
 * A request that is handed over while another one is at work, and that begins at once because that one has ended meanwhile, has no
 * hold on its session (OpenClaw 2026.9). If a third one begins before it has answered, both wait for each other for half a minute,
 * and its answer is lost. So the third one waits here.
 */
export function createSessions() {
  const present = new Map<string, Set<Present>>();
  let waiting: (() => void)[] = [];
  const changed = (): void => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const isHeldUp = (sessionKey: string): boolean =>
    [...(present.get(sessionKey) ?? [])].some(({ overlaps, state }) => overlaps && state === "begun");

  return {
    /** Whether a request would make another one of its session lose its answer. */
    isHeldUp,
    /** Resolves when it would not any more, or when the signal aborts. */
    async free(sessionKey: string, signal: AbortSignal): Promise<void> {
      signal.addEventListener("abort", changed, { once: true });
      while (isHeldUp(sessionKey) && !signal.aborted) await new Promise<void>((resolve) => waiting.push(resolve));
      signal.removeEventListener("abort", changed);
    },
    /** A request is handed over. */
    enter(sessionKey: string) {
      const others = present.get(sessionKey) ?? new Set();
      const one: Present = { overlaps: others.size > 0, state: "new" };
      present.set(sessionKey, others.add(one));
      return {
        /** It waits in OpenClaw's queue, and is safe. */
        queued: (): void => {
          one.state = "queued";
        },
        begun: (): void => {
          if (one.state === "new") one.state = "begun";
        },
        /** It is through, with its answer. */
        left: (): void => {
          others.delete(one);
          if (others.size === 0) present.delete(sessionKey);
          changed();
        },
      };
    },
  };
}
export type Sessions = ReturnType<typeof createSessions>;

/** All of this process: sessions are OpenClaw's, and outlive a channel that is restarted. */
export const sessions = createSessions();
