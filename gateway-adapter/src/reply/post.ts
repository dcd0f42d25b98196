import { MattermostError } from "../errors.ts";
import type { ActionAttachment } from "../interactions/attachments.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import type { Threads } from "../notes/threads.ts";
import type { Unsure } from "../notes/unsure.ts";
import type { Destinations } from "./destination.ts";
import type { Finals } from "./live/finals.ts";
import { notFound } from "../mattermost/lookup.ts";
import { readTarget } from "../mattermost/target.ts";
import { DELIVERY_PROP, onceId, postsByKey } from "./delivery-key.ts";
import { patiently, type Sleep } from "./patiently.ts";
import { isUnsure, wasNotSent } from "./send-error.ts";
import { pass } from "../stations.ts";

export interface PostRequest {
  to: string;
  text: string;
  /** Uploaded to the same channel before. */
  fileIds?: string[];
  /** Thread root; empty for none. */
  rootId: string;
  /** Buttons and selects, signed. */
  attachments?: readonly ActionAttachment[];
  /** The same for a repeated attempt of the same send, so that the server recognises it. */
  onceKey?: string;
  signal?: AbortSignal;
  /** Right before the server is asked to post; whoever throws here keeps it from being posted. */
  onPosting?: () => Promise<void> | void;
  /** Goes on trying for a while, see `patience.ts`; OpenClaw's outbox also gives up the rest of an answer of which a part is posted. */
  patient?: boolean;
}

export interface PostDeps {
  client: Pick<MattermostClient, "createPost" | "post" | "postsSince">;
  destinations: Pick<Destinations, "channelId">;
  /** Threads that were answered in are followed. */
  threads?: Pick<Threads, "answeredIn">;
  /** Drafts that the post of an answer replaces. */
  finals?: Pick<Finals, "take">;
  /** Posts with a `onceKey` that may be there although the server's answer was not: they are looked for before they are sent again. */
  unsure?: Unsure;
  sleep?: Sleep;
}

/** Posts as the bot. `id` is the post's, `channelId` where it landed. */
export async function sendPost(deps: PostDeps, request: PostRequest): Promise<{ id: string; channelId: string }> {
  pass("answered");
  const channelId = await deps.destinations.channelId(readTarget(request.to));
  const once = request.onceKey === undefined ? undefined : onceId(request.onceKey);
  const final = deps.finals?.take(channelId, request.rootId, request.onceKey);
  const pendingPostId = final?.pendingPostId ?? once;
  const props = {
    ...final?.props,
    ...(request.attachments?.length ? { attachments: request.attachments } : {}),
    ...(once ? { [DELIVERY_PROP]: once } : {}),
  };
  const attempt = () =>
    attemptPost(deps, request, once, {
      channelId,
      message: request.text,
      rootId: request.rootId,
      ...(request.fileIds?.length ? { fileIds: request.fileIds } : {}),
      ...(pendingPostId ? { pendingPostId } : {}),
      ...(Object.keys(props).length > 0 ? { props } : {}),
    });
  // Who is stopped meanwhile says what went wrong, so that the outbox tries again after the start.
  const { sleep } = deps;
  const { signal, onceKey } = request;
  const repeatable = (error: unknown): boolean => mayRepeat(error, onceKey, deps.unsure);
  const post = await (request.patient ? patiently(attempt, { sleep, signal, mayRepeat: repeatable }) : attempt());
  pass("posted");
  if (request.rootId) deps.threads?.answeredIn(request.rootId);
  return { id: post.id, channelId: post.channel_id };
}

/** What failed and may be sent again: what never reached Mattermost, and what is looked for before. Anything else could be there twice. */
export function mayRepeat(error: unknown, onceKey: string | undefined, unsure: Unsure | undefined): boolean {
  return wasNotSent(error) || (onceKey !== undefined && unsure?.since(onceId(onceKey)) !== undefined);
}

async function attemptPost(
  { client, unsure }: PostDeps,
  { signal, onPosting }: PostRequest,
  once: string | undefined,
  post: NewPost,
): Promise<{ id: string; channel_id: string }> {
  const since = once === undefined ? undefined : unsure?.since(once);
  if (once !== undefined && since !== undefined) {
    const id = (await postsByKey(client, post.channelId, since)).byKey.get(once);
    if (id !== undefined) {
      unsure?.settled(once);
      return { id, channel_id: post.channelId };
    }
  }
  const startedAt = Date.now();
  await onPosting?.();
  try {
    const made = await createInThread(client, signal, post);
    if (once !== undefined && since !== undefined) unsure?.settled(once);
    return made;
  } catch (error) {
    if (once !== undefined && isUnsure(error)) unsure?.note(once, startedAt);
    throw error;
  }
}

type NewPost = Parameters<MattermostClient["createPost"]>[0];
const NO_ROOT = "api.post.create_post.root_id.app_error";

/** Mattermost takes a thread's root only; of any other post of a thread, the root is looked up. */
async function createInThread(
  client: Pick<MattermostClient, "createPost" | "post">,
  signal: AbortSignal | undefined,
  post: NewPost,
): ReturnType<MattermostClient["createPost"]> {
  try {
    return await client.createPost(post, signal);
  } catch (error) {
    if (!(error instanceof MattermostError)) throw error;
    if (error.status === 403) throw notFound(NOT_INVITED, error);
    const rootId = post.rootId && error.serverId === NO_ROOT ? (await client.post(post.rootId)).root_id : "";
    if (!rootId) throw error;
    return client.createPost({ ...post, rootId }, signal);
  }
}
const NOT_INVITED = "The bot may not write in this channel. Is it a member? Invite it there, then try again.";
