import { messageOf } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { isFinal, keepTrying } from "../mattermost/keep-trying.ts";

/** What the plugin takes for an answer. */
const TEXTS_MAX = 20;
const ANSWER_MAX_BYTES = 60_000;
const CUT = "The rest of this answer is too long to be shown here.";

/**
 * Hands answers of commands to the plugin, again after a pause where that fails. What the plugin does not know, or refuses
 * for good, is done; where it stays away the call rejects, and the command is run again later.
 */
export function keepAnswering(
  deps: {
    client: Pick<MattermostClient, "answerCommand">;
    sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    log: (sentence: string, fields: Record<string, string | number>) => void;
  },
  signal: AbortSignal,
): (id: string, texts: readonly string[]) => Promise<void> {
  return async (id, texts) => {
    const answer = { texts: fitting(texts) };
    try {
      await keepTrying(deps, signal, () => deps.client.answerCommand(id, answer));
    } catch (error) {
      if (!isFinal(error)) throw error;
      deps.log("The answer of a command was not wanted any more.", { command: id, reason: messageOf(error) });
    }
  };
}

/** As many of the texts as the plugin takes, and a word where that is not all. */
export function fitting(texts: readonly string[]): string[] {
  const taken: string[] = [];
  let room = ANSWER_MAX_BYTES;
  for (const text of texts) {
    room -= Buffer.byteLength(JSON.stringify(text)) + 1;
    if (room < 0 || taken.length >= TEXTS_MAX - 1) return [...taken, CUT];
    taken.push(text);
  }
  return taken;
}
