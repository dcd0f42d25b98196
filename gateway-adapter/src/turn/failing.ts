import type { PostEvent } from "@openclaw-mattermost/contract";
import type { MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import type { TurnDeps } from "./agent-turn.ts";
import { conversationOf } from "./conversation.ts";

const TRYING = "I have not managed to work on this so far. I keep trying, and answer as soon as I can.";
const GIVEN_UP =
  "I could not work on this, and have given up. Ask me again; if that fails too, the log of the gateway says why.";

/** Says where a request was made that it fails again and again, or has failed for good. Never rejects. */
export async function sayFailing(
  deps: Pick<TurnDeps, "send" | "log"> & { account: Pick<MattermostAccount, "accountId" | "replyToMode"> },
  event: PostEvent,
  forGood: boolean,
): Promise<void> {
  const { replyRoot } = conversationOf(event, deps.account);
  try {
    await deps.send(`channel:${event.channel.id}`, forGood ? GIVEN_UP : TRYING, replyRoot);
  } catch (error) {
    const facts = { account: deps.account.accountId, event: event.id, reason: messageOf(error) };
    deps.log("That a request fails could not be said.", facts);
  }
}
