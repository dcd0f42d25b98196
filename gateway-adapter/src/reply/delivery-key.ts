import { createHash } from "node:crypto";
import type { MattermostClient } from "../mattermost/client.ts";

/** The prop by which a post of a send is found again. */
export const DELIVERY_PROP = "openclaw_delivery";
/** The server's clock may be so far behind. */
const CLOCKS_MS = 60_000;

/** Mattermost de-duplicates by `pending_post_id` for 30 seconds; later the prop tells whether the post is there. */
export function onceId(key: string): string {
  return `openclaw-${createHash("sha256").update(key).digest("hex").slice(0, 26)}`;
}

/** The keyed posts of a channel since a time in ms: from key to post. `seen`: how many posts were looked through. */
export async function postsByKey(
  client: Pick<MattermostClient, "postsSince">,
  channelId: string,
  sinceMs: number,
): Promise<{ byKey: Map<string, string>; seen: number }> {
  const posts = await client.postsSince(channelId, sinceMs - CLOCKS_MS);
  const byKey = new Map(posts.flatMap(({ id, deliveryKey }) => (deliveryKey ? [[deliveryKey, id] as const] : [])));
  return { byKey, seen: posts.length };
}
