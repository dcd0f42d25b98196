import type { PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import { bindIngressLifecycleToReplyOptions } from "../host/ingress.ts";
import { createMessageReceiptFromOutboundResults } from "../host/outbox.ts";
import type { PluginRuntime } from "../host/runtime.ts";
import { contextOf } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import type { Admitted } from "./gates.ts";

export type IngressLifecycle = Parameters<typeof bindIngressLifecycleToReplyOptions>[0];
type Dispatch = Parameters<PluginRuntime["channel"]["inbound"]["dispatch"]>[0];

export interface TurnDeps {
  runtime: PluginRuntime;
  /** The account as it is configured now. */
  account: () => MattermostAccount;
  bot: { id: string; username: string };
  send: (to: string, text: string, rootId: string) => Promise<{ id: string; channelId: string }>;
  /** Cuts a text into posts that the server takes. */
  split: (text: string) => string[];
  typing: (channelId: string, rootId: string) => Promise<unknown>;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

export interface Turn {
  event: PostEvent;
  admitted: Admitted;
  /** Earlier posts of the lane that the agent has not been told of. */
  missed: readonly PostEvent[];
  lifecycle: IngressLifecycle;
  /** Aborts when the request is taken back. */
  signal: AbortSignal;
}

/** An admitted post becomes a turn of the agent. Rejects where it has to be tried again. */
export async function runTurn(deps: TurnDeps, { event, admitted, missed, lifecycle, signal }: Turn): Promise<void> {
  const { runtime } = deps;
  const { cfg, account, where, route, sessionKey } = admitted;
  await runtime.channel.inbound.dispatch({
    cfg,
    channel: CHANNEL_ID,
    accountId: account.accountId,
    route: { agentId: route.agentId, sessionKey, ...(route.dmScope ? { dmScope: route.dmScope } : {}) },
    ctxPayload: contextOf(runtime, event, admitted, missed),
    delivery: deliveryOf(deps, where, event.channel.id),
    replyPipeline: {
      typing: {
        start: async () => {
          await deps.typing(event.channel.id, where.replyRoot);
        },
        onStartError: (error: unknown) => {
          deps.log("Typing could not be shown.", { account: account.accountId, reason: messageOf(error) });
        },
      },
    },
    replyOptions: {
      disableBlockStreaming: true,
      abortSignal: signal,
      ...bindIngressLifecycleToReplyOptions(lifecycle),
    },
  });
}

/** Final answers go through OpenClaw's outbox, which delivers after an outage; everything else is sent at once. */
function deliveryOf(deps: TurnDeps, where: Conversation, channelId: string): Dispatch["delivery"] {
  const thread = where.replyRoot ? { threadId: where.replyRoot, replyToId: where.replyRoot } : {};
  return {
    observeMessageSent: true,
    durable: (_payload, info) => (info.kind === "final" ? { to: where.target, ...thread } : false),
    deliver: async (payload) => {
      const text = payload.text?.trim();
      if (!text) return { visibleReplySent: false };
      const messageIds: string[] = [];
      for (const part of deps.split(text)) messageIds.push((await deps.send(where.target, part, where.replyRoot)).id);
      return {
        visibleReplySent: true,
        content: text,
        messageIds,
        receipt: createMessageReceiptFromOutboundResults({
          kind: "text",
          results: messageIds.map((messageId) => ({ channel: CHANNEL_ID, messageId, conversationId: channelId })),
        }),
      };
    },
    onError: (error, info) => {
      deps.log("An answer could not be sent.", { kind: info.kind, reason: messageOf(error) });
    },
  };
}

/** An unknown sender of a direct message gets a code once, for the owner to approve. */
export async function offerPairing(deps: TurnDeps, account: MattermostAccount, event: PostEvent): Promise<void> {
  const { pairing } = deps.runtime.channel;
  const { code, created } = await pairing.upsertPairingRequest({
    channel: CHANNEL_ID,
    accountId: account.accountId,
    id: event.actor.id,
    meta: { name: event.actor.display_name || event.actor.username, username: event.actor.username },
  });
  if (!created) return;
  const idLine = `Your Mattermost user id: ${event.actor.id}`;
  const text = pairing.buildPairingReply({ channel: CHANNEL_ID, idLine, code });
  await deps.send(`channel:${event.channel.id}`, text, event.post.root_id);
}
