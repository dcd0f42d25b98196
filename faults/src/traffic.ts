import { setTimeout as pause } from "node:timers/promises";
import type { Channel, MattermostClient } from "@openclaw-mattermost/testbed";
import type { Ledger } from "./ledger.ts";

export interface TrafficOptions {
  readonly ledger: Ledger;
  readonly authors: readonly MattermostClient[];
  readonly channels: readonly Channel[];
  /** Name of the bot, for those posts that ask it something. */
  readonly bot: string;
  /** Each so-manieth post of an author names the bot; 0: none does. */
  readonly mentionEvery?: number;
  /** What each author waits between two posts. */
  readonly pauseMs?: number;
  /** Ends by itself after so many posts of each author. */
  readonly each?: number;
}

/** After a post that Mattermost did not take. */
const AFTER_FAILURE_MS = 100;

/** People who post, each one thing after the other, until told to stop. Whatever happens, they go on with the next. */
export function startTraffic(options: TrafficOptions) {
  const { authors, each = Number.POSITIVE_INFINITY } = options;
  let over = false;
  let refused = 0;
  const write = async (author: MattermostClient, first: number): Promise<void> => {
    for (let count = 0; count < each && !over; count++) {
      if (!(await post(options, author, first + count, count))) {
        refused += 1;
        await pause(AFTER_FAILURE_MS);
      } else if (options.pauseMs !== undefined) await pause(options.pauseMs);
    }
  };
  // Who posts a counted number begins where the one before ends, so that every channel gets its share.
  const all = Promise.all(authors.map((author, index) => write(author, Number.isFinite(each) ? index * each : index)));
  return {
    /** Resolves when every author has made what was asked for. */
    done: all.then(() => undefined),
    /** How many posts got no answer, or a refusal; Mattermost may have some of them. */
    refused: () => refused,
    async stop(): Promise<void> {
      over = true;
      await all;
    },
  };
}

/** False if Mattermost did not answer, or not well. */
async function post(
  { ledger, channels, bot, mentionEvery = 0 }: TrafficOptions,
  author: MattermostClient,
  turn: number,
  count: number,
): Promise<boolean> {
  const channel = channels[turn % channels.length];
  if (!channel) throw new TypeError("There is no channel to post to.");
  const mention = mentionEvery > 0 && count % mentionEvery === mentionEvery - 1;
  const token = ledger.next(author.me.id, channel.id, mention);
  try {
    await author.post(channel.id, mention ? `@${bot} please ${token.text}` : `for the record ${token.text}`);
    return true;
  } catch {
    // Without its database Mattermost says 401 or 403, too: whatever it says, the post is not known to be taken.
    return false;
  }
}
