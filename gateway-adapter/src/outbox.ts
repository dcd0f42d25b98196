import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { clientOf, postLimit } from "./account.ts";
import { CHANNEL_ID, type MattermostAccount } from "./config/account-config.ts";
import { messageOf } from "./errors.ts";
import {
  createMessageReceiptFromOutboundResults,
  PlatformMessageNotDispatchedError,
  type ChannelMessageAdapterShape,
} from "./host/outbox.ts";
import { chunkMarkdown } from "./host/text.ts";
import type { Registry } from "./registry.ts";
import { createDestinations } from "./reply/destination.ts";
import { dmRetryBy } from "./reply/dm-retry.ts";
import { sendPost, type PostRequest } from "./reply/post.ts";
import { findSend, wasNotSent } from "./reply/reconcile.ts";
import { parseTarget } from "./reply/target.ts";

type Reconcile = NonNullable<NonNullable<ChannelMessageAdapterShape["durableFinal"]>["reconcileUnknownSend"]>;

export interface OutboxDeps {
  registry: Registry;
  account: (cfg: OpenClawConfig, accountId?: string | null) => MattermostAccount;
}

/** One text of OpenClaw's outbox, already cut to the server's limit. */
interface TextSend {
  cfg: OpenClawConfig;
  to: string;
  text: string;
  accountId?: string | null;
  threadId?: string | number | null;
  replyToId?: string | null;
  signal?: AbortSignal;
  deliveryQueueId?: string;
  deliveryPartIndex?: number;
}

/** What OpenClaw's durable outbox asks this channel for: send, and find out what became of a send. */
export function createOutbox({ registry, account }: OutboxDeps) {
  /** The running account's parts where there are some, so that its memory of direct channels is used. */
  function partsOf(resolved: MattermostAccount) {
    const running = registry.get(resolved.accountId);
    if (running) return running;
    const client = clientOf(resolved);
    const botId = async (): Promise<string> => (await client.me()).id;
    return {
      client,
      destinations: createDestinations({ client, botId, retry: dmRetryBy(() => resolved.dmChannelRetry) }),
    };
  }
  const limitOf = (resolved: MattermostAccount): number =>
    postLimit(resolved, registry.get(resolved.accountId)?.postRunes());

  async function send(
    cfg: OpenClawConfig,
    accountId: string | null | undefined,
    request: PostRequest,
  ): Promise<{ id: string; channelId: string }> {
    return sendPost(partsOf(account(cfg, accountId)), request);
  }

  async function sendText(ctx: TextSend): Promise<{ messageId: string; conversationId: string }> {
    const { threadId } = ctx;
    try {
      const sent = await send(ctx.cfg, ctx.accountId, {
        to: ctx.to,
        text: ctx.text,
        rootId: threadId === null || threadId === undefined ? (ctx.replyToId ?? "") : String(threadId),
        ...(ctx.deliveryQueueId ? { onceKey: `${ctx.deliveryQueueId}:${String(ctx.deliveryPartIndex ?? 0)}` } : {}),
        ...(ctx.signal ? { signal: ctx.signal } : {}),
      });
      return { messageId: sent.id, conversationId: sent.channelId };
    } catch (error) {
      // Only what never reached Mattermost may be sent again without looking.
      if (wasNotSent(error)) throw new PlatformMessageNotDispatchedError(messageOf(error), { cause: error });
      throw error;
    }
  }

  /** Looks for the posts of a send whose answer got lost. */
  const reconcile: Reconcile = async ({ cfg, accountId, to, queueId, payloads, enqueuedAt, platformSendStartedAt }) => {
    const resolved = account(cfg, accountId);
    const limit = limitOf(resolved);
    const parts = payloads.reduce((sum, payload) => sum + chunkMarkdown(payload.text ?? "", limit).length, 0);
    const target = parseTarget(to);
    if (!target) return { status: "unresolved", error: "The target cannot be read.", retryable: false };
    const { client, destinations } = partsOf(resolved);
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

  return { send, sendText, reconcile, limitOf };
}
