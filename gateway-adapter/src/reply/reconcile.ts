import type { MattermostClient } from "../mattermost/client.ts";
import { MattermostError } from "../errors.ts";
import { onceId } from "./post.ts";

/** Whether Mattermost has certainly not taken a post, so that it may be sent again without asking. */
export function wasNotSent(error: unknown): boolean {
  if (!(error instanceof MattermostError)) return false;
  if (error.code === "address_refused" || error.status === 429) return true;
  return error.code === "network" && NEVER_CONNECTED.test(codesOf(error));
}
const NEVER_CONNECTED = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b/;

/** The system's error codes along the chain of causes. */
function codesOf(error: unknown): string {
  const codes: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at) codes.push(String(at.code));
    if (at instanceof AggregateError) codes.push(...at.errors.map(codesOf));
  }
  return codes.join(" ");
}

export type SendVerdict =
  { kind: "sent"; postIds: string[] } | { kind: "not_sent" } | { kind: "unclear"; reason: string };

/** Mattermost gives at most this many posts for one question about a time. */
const ANSWER_MAX = 1_000;
const CLOCKS_MS = 60_000;

/**
 * Looks whether a send whose answer got lost has reached Mattermost: each of its posts carries the send's own key. `parts` is
 * how many posts the send has.
 */
export async function findSend(
  client: Pick<MattermostClient, "postsSince">,
  send: { channelId: string; queueId: string; parts: number; sinceMs: number },
): Promise<SendVerdict> {
  const posts = await client.postsSince(send.channelId, send.sinceMs - CLOCKS_MS);
  const byKey = new Map(posts.flatMap((post) => (post.deliveryKey ? [[post.deliveryKey, post.id] as const] : [])));
  const found = Array.from({ length: send.parts }, (_, part) => byKey.get(onceId(`${send.queueId}:${String(part)}`)));
  const postIds = found.filter((id) => id !== undefined);
  if (postIds.length === send.parts) return { kind: "sent", postIds };
  if (posts.length >= ANSWER_MAX)
    return { kind: "unclear", reason: "The channel has too many newer posts to look through." };
  if (postIds.length === 0) return { kind: "not_sent" };
  return { kind: "unclear", reason: "Some posts of the answer are there and some are not." };
}
