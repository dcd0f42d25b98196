import { actionsOf, withoutButtons } from "../interactions/confirm.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { isMissing } from "../mattermost/lookup.ts";
import type { AskedNotes } from "../notes/asked.ts";
import { clearLeftOver } from "./left-over.ts";
import { patiently, type Sleep } from "./patiently.ts";

export interface ConcludeDeps {
  client: Pick<MattermostClient, "postWithProps" | "rewritePost">;
  /** Of a running account. */
  asked?: Pick<AskedNotes, "decided" | "lineOf" | "shown">;
  sleep?: Sleep;
}

/**
 * `any`: the line replaces the buttons, or the line that stands there. `open`: only the buttons. `unless_known`: it gives way to
 * what is known of the decision already.
 */
export type Conclusion = "any" | "open" | "unless_known";

/**
 * Replaces the buttons of a post by a line, again and again for a while, and after a restart. Resolves with the line that counts: a
 * later one that comes meanwhile. A post that is gone is done.
 */
export async function concludePost(
  deps: ConcludeDeps,
  postId: string,
  line: string,
  which: Conclusion = "any",
): Promise<string> {
  const { asked } = deps;
  if (which !== "unless_known" || asked?.lineOf(postId) === undefined) asked?.decided(postId, line);
  for (;;) {
    const now = asked?.lineOf(postId) ?? line;
    await patiently(() => rewrite(deps.client, postId, now, which), { sleep: deps.sleep });
    if ((asked?.lineOf(postId) ?? now) !== now) continue;
    asked?.shown(postId, now);
    return now;
  }
}

async function rewrite(client: ConcludeDeps["client"], postId: string, line: string, which: Conclusion): Promise<void> {
  try {
    const { message, props } = await client.postWithProps(postId);
    if (which === "open" && actionsOf(props).length === 0) return;
    await client.rewritePost(postId, { message, props: withoutButtons(props, line) });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Closes the buttons that the end of an earlier process has left, until all are closed or the signal aborts. Never rejects. */
export const concludeLeftOver = (
  deps: ConcludeDeps & {
    asked: AskedNotes;
    wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
    log: (sentence: string, fields: Record<string, string | number>) => void;
  },
  signal: AbortSignal,
): Promise<void> =>
  clearLeftOver(
    {
      left: deps.asked.leftOver,
      clear: async ({ post, line, lost }) => {
        // Of what was not decided somebody may have written the end already.
        await concludePost(deps, post, line || lost, line ? "any" : "open");
      },
      onFailure: ({ post }, reason) => {
        deps.log("The buttons of an ended request could not be closed; it is tried again.", { post, reason });
      },
      wait: deps.wait,
    },
    signal,
  );
