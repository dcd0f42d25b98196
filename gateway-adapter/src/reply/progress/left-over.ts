import { messageOf } from "../../errors.ts";
import type { MattermostClient } from "../../mattermost/client.ts";
import type { PreviewNote, PreviewNotes } from "../../notes/previews.ts";
import { remove } from "./preview.ts";

export interface LeftOverDeps {
  client: Pick<MattermostClient, "deletePost" | "postsSince">;
  notes: Pick<PreviewNotes, "leftOver" | "settled">;
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

const AGAIN_MS = 30_000;
const CLOCKS_MS = 60_000;

/** Removes the previews of runs that died with their gateway, again and again until they are gone or the signal aborts. */
export async function removeLeftOver(deps: LeftOverDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const left = deps.notes.leftOver();
    let open = left.length;
    for (const note of left) {
      try {
        await removeOne(deps, note);
        deps.notes.settled(note.key);
        open -= 1;
      } catch (error) {
        deps.log("A preview of an ended run could not be removed; it is tried again.", { reason: messageOf(error) });
        break;
      }
    }
    if (open === 0) return;
    await deps.sleep(AGAIN_MS, signal);
  }
}

async function removeOne({ client }: LeftOverDeps, { key, post, channel, at }: PreviewNote): Promise<void> {
  const posts = post
    ? [post]
    : (await client.postsSince(channel, at - CLOCKS_MS))
        .filter(({ previewKey }) => previewKey === key)
        .map(({ id }) => id);
  for (const id of posts) await remove(client, id);
}
