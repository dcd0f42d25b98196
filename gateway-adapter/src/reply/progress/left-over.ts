import type { MattermostClient } from "../../mattermost/client.ts";
import type { PreviewNote, PreviewNotes } from "../../notes/previews.ts";
import { clearLeftOver } from "../left-over.ts";
import { remove } from "./preview.ts";

export interface LeftOverDeps {
  client: Pick<MattermostClient, "deletePost" | "postsSince">;
  notes: Pick<PreviewNotes, "leftOver" | "settled">;
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

const CLOCKS_MS = 60_000;

/** Removes the previews of runs that died with their gateway, again and again until they are gone or the signal aborts. */
export const removeLeftOver = (deps: LeftOverDeps, signal: AbortSignal): Promise<void> =>
  clearLeftOver<PreviewNote>(
    {
      left: deps.notes.leftOver,
      clear: async (note) => {
        await removeOne(deps, note);
        deps.notes.settled(note.key);
      },
      onFailure: (_note, reason) => {
        deps.log("A preview of an ended run could not be removed; it is tried again.", { reason });
      },
      wait: deps.sleep,
    },
    signal,
  );

async function removeOne({ client }: LeftOverDeps, { key, post, channel, at }: PreviewNote): Promise<void> {
  const posts = post
    ? [post]
    : (await client.postsSince(channel, at - CLOCKS_MS))
        .filter(({ previewKey }) => previewKey === key)
        .map(({ id }) => id);
  for (const id of posts) await remove(client, id);
}
