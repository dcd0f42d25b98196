/** The turns that are under way, by the post that asked for them. */
export function createRuns() {
  const running = new Map<string, AbortController>();
  return {
    /** Notes a turn; its signal aborts when the request is taken back. */
    begin(postId: string): { signal: AbortSignal; end: () => void } {
      const controller = new AbortController();
      running.set(postId, controller);
      return {
        signal: controller.signal,
        end: () => {
          if (running.get(postId) === controller) running.delete(postId);
        },
      };
    },
    /** Cancels the turn of a post; false if there is none. */
    cancel(postId: string): boolean {
      const controller = running.get(postId);
      if (!controller || controller.signal.aborted) return false;
      controller.abort(new Error("The request was deleted."));
      return true;
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
