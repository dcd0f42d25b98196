import type { CommandAnswer } from "@openclaw-mattermost/contract";
import { MattermostError } from "../../errors.ts";
import type { SlashCommandCalls } from "../../mattermost/slash-commands.ts";

/** Mattermost takes five; one is kept for a second attempt whose first got lost. */
const ANSWERS_MAX = 4;
const GAP = "\n\n";

export interface AnswerDeps {
  calls: Pick<SlashCommandCalls, "answerHook">;
  send: (to: string, text: string, rootId: string) => Promise<unknown>;
}

/** Where the answer of a command goes. */
export interface AnswerPlace {
  /** Mattermost's id for answers to this use, while it takes them. */
  hookId: string | undefined;
  /** The conversation is a direct message with the bot: answers are posts there. */
  direct: boolean;
  channelId: string;
  userId: string;
  rootId: string;
}

/**
 * Says what a command said: for the asker alone where it was typed, as posts in a direct message. Where Mattermost does not
 * take the answer any more it goes to the asker as a direct message, never to everybody. Rejects where it must be tried again.
 */
export async function answerByRest(deps: AnswerDeps, place: AnswerPlace, { texts }: CommandAnswer): Promise<void> {
  if (place.direct) {
    for (const text of texts) await deps.send(`channel:${place.channelId}`, text, place.rootId);
    return;
  }
  const { hookId } = place;
  for (const text of few(texts)) {
    if (hookId === undefined || !(await byHook(deps, hookId, text))) await deps.send(`user:${place.userId}`, text, "");
  }
}

/** False where Mattermost will not take it. */
async function byHook({ calls }: AnswerDeps, hookId: string, text: string): Promise<boolean> {
  try {
    await calls.answerHook(hookId, text);
    return true;
  } catch (error) {
    if (error instanceof MattermostError && error.status >= 400 && error.status < 500 && error.status !== 429)
      return false;
    throw error;
  }
}

/** As few as Mattermost takes; the last ones are put together. */
function few(texts: readonly string[]): string[] {
  if (texts.length <= ANSWERS_MAX) return [...texts];
  return [...texts.slice(0, ANSWERS_MAX - 1), texts.slice(ANSWERS_MAX - 1).join(GAP)];
}
