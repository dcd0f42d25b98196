import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { postLimit, sizesOf, type ServerLimits } from "./account/limits.ts";
import { CHANNEL_ID, type MattermostAccount } from "./config/account-config.ts";
import { messageOf } from "./errors.ts";
import {
  createMessageReceiptFromOutboundResults,
  filesOf,
  PlatformMessageNotDispatchedError,
  type ChannelMessageAdapterShape,
  type PayloadFiles,
} from "./host/outbox.ts";
import { loadMedia, type MediaAccess } from "./host/media.ts";
import { withTables } from "./host/tables.ts";
import type { Controls } from "./interactions/control.ts";
import { controlsOf } from "./interactions/render.ts";
import type { Registry } from "./registry.ts";
import { postCount, sendAnswer } from "./reply/answer.ts";
import { concludePost } from "./reply/conclude.ts";
import { patiently } from "./reply/patiently.ts";
import { mayRepeat, sendPost, type PostRequest } from "./reply/post.ts";
import { findSend } from "./reply/reconcile.ts";
import { parseTarget, type Target } from "./mattermost/target.ts";

type Reconcile = NonNullable<NonNullable<ChannelMessageAdapterShape["durableFinal"]>["reconcileUnknownSend"]>;

export interface OutboxDeps {
  registry: Registry;
  account: (cfg: OpenClawConfig, accountId?: string | null) => MattermostAccount;
}

/** One send of OpenClaw's outbox; a text is already cut to the server's limit. */
interface Send {
  cfg: OpenClawConfig;
  to: string;
  text: string;
  accountId?: string | null;
  threadId?: string | number | null;
  replyToId?: string | null;
  signal?: AbortSignal;
  deliveryQueueId?: string;
  deliveryPartIndex?: number;
  /** Fixes in the outbox that this send may be seen from now on; without it the outbox loses its claim on what was sent. */
  onPlatformSendDispatch?: () => Promise<void>;
  assertDirectAdapterHandoff?: () => void;
}
type Payload = PayloadFiles & { text?: string; channelData?: Record<string, unknown> };
interface PayloadSend extends Omit<Send, "text"> {
  payload: Payload;
  mediaAccess?: MediaAccess;
  mediaLocalRoots?: readonly string[];
  mediaReadFile?: (path: string) => Promise<Buffer>;
  onDeliveryResult?: (result: Delivered) => Promise<void> | void;
}
interface Delivered {
  channel: typeof CHANNEL_ID;
  messageId: string;
  conversationId: string;
}

/** What is asked with buttons. */
export interface Question {
  to: string;
  rootId: string;
  text: string;
  controls: Controls;
  /** OpenClaw's id of what is asked. */
  request: string;
  /** What stands in place of the buttons if this process ends before it is decided. */
  lost: string;
}

/** What OpenClaw's durable outbox asks this channel for: send, and find out what became of a send. */
export function createOutbox({ registry, account }: OutboxDeps) {
  const limitsOf = (resolved: MattermostAccount): ServerLimits =>
    registry.get(resolved.accountId)?.limits() ?? { postRunes: undefined, fileBytes: undefined };
  const limitOf = (resolved: MattermostAccount): number => postLimit(resolved, limitsOf(resolved).postRunes);

  async function send(
    cfg: OpenClawConfig,
    accountId: string | null | undefined,
    request: PostRequest,
  ): Promise<{ id: string; channelId: string }> {
    return sendPost(registry.partsOf(account(cfg, accountId)), request);
  }

  /** What OpenClaw may send again it has to be told of: of anything else it refuses a second attempt for ever. */
  function againOr(error: unknown, resolved: MattermostAccount, onceKey: string | undefined): unknown {
    if (!mayRepeat(error, onceKey, registry.get(resolved.accountId)?.unsure)) return error;
    return new PlatformMessageNotDispatchedError(messageOf(error), { cause: error });
  }

  async function sendText(ctx: Send): Promise<{ messageId: string; conversationId: string }> {
    const resolved = account(ctx.cfg, ctx.accountId);
    const part = ctx.deliveryPartIndex ?? 0;
    const onceKey = ctx.deliveryQueueId ? `${ctx.deliveryQueueId}:${String(part)}` : undefined;
    try {
      const sent = await send(ctx.cfg, ctx.accountId, {
        to: ctx.to,
        text: withTables(ctx.text, resolved.tables, limitOf(resolved)),
        rootId: rootOf(ctx),
        ...(onceKey === undefined ? {} : { onceKey }),
        ...(ctx.signal ? { signal: ctx.signal } : {}),
        onPosting: () => handOff(ctx),
        patient: onceKey !== undefined,
      });
      return { messageId: sent.id, conversationId: sent.channelId };
    } catch (error) {
      throw againOr(error, resolved, onceKey);
    }
  }

  /** An answer with files. */
  async function sendPayload(ctx: PayloadSend): Promise<Delivered> {
    const resolved = account(ctx.cfg, ctx.accountId);
    const delivered: Delivered[] = [];
    const deps = {
      ...registry.partsOf(resolved),
      ...sizesOf(resolved, limitsOf(resolved)),
      load: (url: string, maxBytes: number) => loadMedia(url, maxBytes, accessOf(ctx)),
    };
    const request = {
      to: ctx.to,
      text: withTables(ctx.payload.text ?? "", resolved.tables),
      files: filesOf(ctx.payload),
      controls: controlsOf(ctx.payload),
      rootId: rootOf(ctx),
      ...(ctx.deliveryQueueId ? { onceKey: ctx.deliveryQueueId } : {}),
      ...(ctx.signal ? { signal: ctx.signal } : {}),
      onPosting: () => handOff(ctx),
      onPosted: async ({ id, channelId }: { id: string; channelId: string }) => {
        const result = { channel: CHANNEL_ID, messageId: id, conversationId: channelId } as const;
        delivered.push(result);
        await ctx.onDeliveryResult?.(result);
      },
    };
    try {
      await sendAnswer(deps, request);
    } catch (error) {
      // What follows a post that is there cannot be sent anew as a whole.
      const first = ctx.deliveryQueueId ? `${ctx.deliveryQueueId}:0` : undefined;
      throw delivered.length === 0 ? againOr(error, resolved, first) : error;
    }
    const last = delivered.at(-1);
    if (!last) throw new Error("There was nothing to send.");
    return last;
  }

  /** Asks with buttons, once in each place, again and again for a while; the post that has the buttons. */
  async function ask(
    cfg: OpenClawConfig,
    accountId: string | null | undefined,
    { to, rootId, text, controls, request, lost }: Question,
  ): Promise<{ postId: string }> {
    const resolved = account(cfg, accountId);
    const parts = registry.partsOf(resolved);
    const place = `${to} ${rootId}`;
    // OpenClaw asks anew what is open when the account has started again.
    const there = parts.asked?.openAt(request, place);
    if (there !== undefined) return { postId: there };
    const deps = {
      ...parts,
      ...sizesOf(resolved, limitsOf(resolved)),
      load: loadMedia,
      attach: (shown: Controls, channelId: string) => patiently(() => parts.attach(shown, channelId)),
      destinations: { channelId: (target: Target) => patiently(() => parts.destinations.channelId(target)) },
    };
    const onceKey = `${request}:${place}`;
    const { postIds } = await sendAnswer(deps, { to, text, files: [], controls, rootId, onceKey });
    const postId = postIds.at(-1) ?? "";
    parts.asked?.asked({ post: postId, request, place, lost });
    return { postId };
  }

  /** Replaces the buttons of a post by a line, again and again for a while. */
  async function conclude(
    cfg: OpenClawConfig,
    accountId: string | null | undefined,
    postId: string,
    line: string,
  ): Promise<void> {
    await concludePost(registry.partsOf(account(cfg, accountId)), postId, line);
  }

  const username = async (cfg: OpenClawConfig, accountId: string | null | undefined, userId: string) =>
    (await registry.partsOf(account(cfg, accountId)).client.user(userId)).username;

  /** Whether this person sees what is posted there; false where that cannot be found out. */
  async function sees(
    cfg: OpenClawConfig,
    accountId: string | null | undefined,
    to: string,
    userId: string,
  ): Promise<boolean> {
    const target = parseTarget(to);
    if (target?.kind === "user") return target.id === userId;
    if (target?.kind !== "channel") return false;
    const { client } = registry.partsOf(account(cfg, accountId));
    return client.member(target.id, userId).then(
      () => true,
      () => false,
    );
  }

  const sendMedia = ({ text, mediaUrl, ...ctx }: Omit<PayloadSend, "payload"> & { text: string; mediaUrl?: string }) =>
    sendPayload({ ...ctx, payload: { text, ...(mediaUrl ? { mediaUrl } : {}) } });

  /** Looks for the posts of a send whose answer got lost. */
  const reconcile: Reconcile = async ({ cfg, accountId, to, queueId, payloads, enqueuedAt, platformSendStartedAt }) => {
    const resolved = account(cfg, accountId);
    const limit = limitOf(resolved);
    const parts = payloads.reduce(
      (sum, payload) =>
        sum +
        postCount(
          withTables(payload.text ?? "", resolved.tables),
          filesOf(payload).length,
          limit,
          controlsOf(payload).length > 0,
        ),
      0,
    );
    const target = parseTarget(to);
    if (!target) return { status: "unresolved", error: "The target cannot be read.", retryable: false };
    const { client, destinations } = registry.partsOf(resolved);
    try {
      const channelId = await destinations.channelId(target);
      const sinceMs = platformSendStartedAt ?? enqueuedAt;
      const found = await findSend(client, { channelId, queueId, parts, sinceMs });
      if (found.kind === "not_sent") return { status: "not_sent" };
      if (found.kind === "unclear") return { status: "unresolved", error: found.reason, retryable: false };
      const results = found.postIds.map((messageId) => ({ channel: CHANNEL_ID, messageId, conversationId: channelId }));
      return { status: "sent", receipt: createMessageReceiptFromOutboundResults({ kind: "text", results }) };
    } catch (error) {
      return { status: "unresolved", error: messageOf(error), retryable: true };
    }
  };

  return { send, sendText, sendMedia, sendPayload, ask, conclude, username, sees, reconcile, limitOf };
}

/** The outbox notes that the post goes out now, and says whether it still may. */
async function handOff({
  onPlatformSendDispatch,
  assertDirectAdapterHandoff,
  signal,
}: Omit<Send, "text">): Promise<void> {
  await onPlatformSendDispatch?.();
  signal?.throwIfAborted();
  assertDirectAdapterHandoff?.();
}

function rootOf({ threadId, replyToId }: Pick<Send, "threadId" | "replyToId">): string {
  return threadId === null || threadId === undefined ? (replyToId ?? "") : String(threadId);
}

function accessOf({ mediaAccess, mediaLocalRoots, mediaReadFile }: PayloadSend): MediaAccess {
  return {
    ...(mediaLocalRoots ? { localRoots: mediaLocalRoots } : {}),
    ...(mediaReadFile ? { readFile: mediaReadFile } : {}),
    ...mediaAccess,
  };
}
