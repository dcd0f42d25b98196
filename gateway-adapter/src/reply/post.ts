import { createHash } from "node:crypto";
import type { MattermostClient } from "../mattermost/client.ts";
import type { Destinations } from "./destination.ts";
import { parseTarget } from "./target.ts";
import { MattermostError } from "../errors.ts";

export interface PostRequest {
  to: string;
  text: string;
  /** Thread root; empty for none. */
  rootId: string;
  /** The same for a repeated attempt of the same send, so that the server recognises it. */
  onceKey?: string;
  signal?: AbortSignal;
}

/** Posts as the bot. `id` is the post's, `channelId` where it landed. */
export async function sendPost(
  deps: { client: Pick<MattermostClient, "createPost">; destinations: Pick<Destinations, "channelId"> },
  request: PostRequest,
): Promise<{ id: string; channelId: string }> {
  const target = parseTarget(request.to);
  if (!target)
    throw new MattermostError(
      "http",
      `"${request.to}" is no Mattermost target. Use channel:<id>, user:<id> or @username.`,
    );
  const channelId = await deps.destinations.channelId(target);
  const post = await deps.client.createPost(
    {
      channelId,
      message: request.text,
      rootId: request.rootId,
      ...(request.onceKey
        ? { pendingPostId: onceId(request.onceKey), props: { [DELIVERY_PROP]: onceId(request.onceKey) } }
        : {}),
    },
    request.signal,
  );
  return { id: post.id, channelId: post.channel_id };
}

/** The prop by which a post of a send is found again; `reconcile.ts`. */
export const DELIVERY_PROP = "openclaw_delivery";

/** Mattermost de-duplicates by `pending_post_id` for 30 seconds; later the prop tells whether the post is there. */
export function onceId(key: string): string {
  return `openclaw-${createHash("sha256").update(key).digest("hex").slice(0, 26)}`;
}
