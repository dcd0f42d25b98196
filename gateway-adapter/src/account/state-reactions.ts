import type { Run } from "@openclaw-mattermost/contract";
import { messageOf } from "../errors.ts";

export interface StateReactionDeps {
  react: (postId: string, emoji: string) => Promise<unknown>;
  unreact: (postId: string, emoji: string) => Promise<unknown>;
  /** `slow`: nothing is shown for what is answered soon. */
  mode: () => "off" | "slow" | "always";
  /** Resolves after the time, or early when `signal` aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

const EMOJI = { queued: "eyes", working: "hourglass_flowing_sand", done: "white_check_mark" } as const;
/** Who waits for longer wants to know that somebody is at it. */
const SLOW_MS = 4_000;

interface Shown {
  state: Run["state"];
  /** The emoji that is under the post. */
  emoji: string | undefined;
  visible: boolean;
  /** One call after the other, so that the post never shows two states. */
  calls: Promise<void>;
}

/** Shows the state of requests under the posts that asked: seen and waiting, at work, done. Nothing waits for it. */
export function createStateReactions(deps: StateReactionDeps, signal: AbortSignal) {
  const all = new Map<string, Shown>();

  async function change(postId: string, shown: Shown): Promise<void> {
    const { state } = shown;
    const wanted = state === "queued" || state === "working" || state === "done" ? EMOJI[state] : undefined;
    if (wanted === shown.emoji) return;
    try {
      if (shown.emoji) await deps.unreact(postId, shown.emoji);
      shown.emoji = undefined;
      if (wanted) await deps.react(postId, wanted);
      shown.emoji = wanted;
    } catch (error) {
      deps.log("The state of a request could not be shown under its post.", { post: postId, reason: messageOf(error) });
    }
  }
  const show = (postId: string, shown: Shown): void => {
    shown.calls = shown.calls.then(() => change(postId, shown));
  };

  return {
    tell({ id, post_id: postId, state }: Run): void {
      const mode = deps.mode();
      let shown = all.get(id);
      if (!postId || (mode === "off" && !shown)) return;
      if (!shown) {
        shown = { state, emoji: undefined, visible: mode === "always", calls: Promise.resolve() };
        all.set(id, shown);
        const begun = shown;
        if (!begun.visible)
          void deps.sleep(SLOW_MS, signal).then(() => {
            if (!all.has(id) || signal.aborted) return;
            begun.visible = true;
            show(postId, begun);
          });
      }
      shown.state = state;
      // Who has to wait for another run is told at once.
      if (state === "queued") shown.visible = true;
      if (state !== "queued" && state !== "working") all.delete(id);
      if (shown.visible) show(postId, shown);
    },
  };
}
