import type { MattermostClient } from "../mattermost/client.ts";
import { onceId, postsByKey } from "./delivery-key.ts";

export type SendVerdict =
  { kind: "sent"; postIds: string[] } | { kind: "not_sent" } | { kind: "unclear"; reason: string };

/** Mattermost gives at most this many posts for one question about a time. */
const ANSWER_MAX = 1_000;

/**
 * Looks whether a send whose answer got lost has reached Mattermost: each of its posts carries the send's own key. `parts` is
 * how many posts the send has.
 */
export async function findSend(
  client: Pick<MattermostClient, "postsSince">,
  send: { channelId: string; queueId: string; parts: number; sinceMs: number },
): Promise<SendVerdict> {
  const { byKey, seen } = await postsByKey(client, send.channelId, send.sinceMs);
  const found = Array.from({ length: send.parts }, (_, part) => byKey.get(onceId(`${send.queueId}:${String(part)}`)));
  const postIds = found.filter((id) => id !== undefined);
  if (postIds.length === send.parts) return { kind: "sent", postIds };
  if (seen >= ANSWER_MAX) return { kind: "unclear", reason: "The channel has too many newer posts to look through." };
  if (postIds.length === 0) return { kind: "not_sent" };
  return { kind: "unclear", reason: "Some posts of the answer are there and some are not." };
}
