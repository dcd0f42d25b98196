import type { PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import { createMessageReceiptFromOutboundResults, filesOf } from "../host/outbox.ts";
import { saysNoReply } from "../host/no-reply.ts";
import type { PluginRuntime } from "../host/runtime.ts";
import { followAdoption, type IngressLifecycle } from "./adoption.ts";
import type { Controls } from "../interactions/control.ts";
import { controlsOf, presented } from "../interactions/render.ts";
import type { Attachments } from "./attachments.ts";
import { threadHistory, type BackfillDeps } from "./backfill.ts";
import { contextOf } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import type { Admitted, GateDeps, GateVerdict } from "./gates.ts";
import type { ReplyOptions, RunView } from "../host/run-view.ts";
import type { Run } from "./runs.ts";
import type { Sessions } from "./sessions.ts";
import { withinTurn } from "../patience.ts";
import { pass } from "../stations.ts";

type Dispatch = Parameters<PluginRuntime["channel"]["inbound"]["dispatch"]>[0];

/** What is posted at once. `files` are addresses or paths. */
export interface Answer {
  to: string;
  text: string;
  files: { url: string; name?: string }[];
  /** Buttons and selects below the text. */
  controls?: Controls;
  /** Thread root; empty for none. */
  rootId: string;
}

export interface TurnDeps {
  runtime: PluginRuntime;
  /** The account as it is configured now. */
  account: () => MattermostAccount;
  bot: { id: string; username: string };
  send: (to: string, text: string, rootId: string) => Promise<{ id: string; channelId: string }>;
  /** Posts an answer, in as many posts as it takes. */
  sendAnswer: (answer: Answer) => Promise<{ postIds: string[] }>;
  /** An answer that did not take the outbox is posted; what it asks is followed. */
  onAnswered: (payload: Awaited<ReturnType<typeof presented>>, postId: string) => void;
  /** Fetches the files of posts for the agent. */
  attachments: (fileIds: readonly string[]) => Promise<Attachments>;
  /** Cuts a text into posts that the server takes. */
  split: (text: string) => string[];
  typing: (channelId: string, rootId: string) => Promise<unknown>;
  sessions: Sessions;
  /** Somebody got a pairing code: is told when it is approved. */
  awaitApproval: (userId: string) => void;
  implicit: NonNullable<GateDeps["implicit"]>;
  /** Says once why a post is not answered, if its author would not understand it. */
  notify: (event: PostEvent, verdict: GateVerdict, pairingOffered: boolean) => Promise<void>;
  /** How people see a run before its answer. */
  view: (event: PostEvent, admitted: Admitted) => RunView;
  /** What a thread's session is told of the thread, once. */
  backfill: BackfillDeps & { told: (sessionKey: string, sessionId: string) => void };
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

export interface Turn {
  event: PostEvent;
  admitted: Admitted;
  /** Earlier posts of the lane that the agent has not been told of. */
  missed: readonly PostEvent[];
  lifecycle: IngressLifecycle;
  run: Run;
  /** A run that had to wait behind another one of its session has ended. */
  onSettled: () => void;
}

/**
 * An admitted post becomes a turn of the agent. Rejects where it has to be tried again. `ended`: with all that belongs to
 * it; `waiting`: behind another run of its session, and `onSettled` will tell.
 */
export async function runTurn(
  deps: TurnDeps,
  { event, admitted, missed, lifecycle, run, onSettled }: Turn,
): Promise<"ended" | "waiting"> {
  const { runtime } = deps;
  const { cfg, account, where, route, sessionKey } = admitted;
  const files = await deps.attachments([...missed, event].flatMap(({ post }) => post.file_ids));
  const history = await threadHistory(deps, event, admitted);
  await awaitSession(deps.sessions, admitted, lifecycle, run);
  if (run.takenBack() || lifecycle.abortSignal.aborted) return "ended";
  run.handed();
  const view = deps.view(event, admitted);
  const visit = deps.sessions.enter(sessionKey);
  const adoption = followAdoption(lifecycle, run, {
    onBegun: () => {
      visit.begun();
      view.begun();
    },
    onQueued: visit.queued,
    onSettled: () => {
      visit.left();
      void view.end();
      onSettled();
    },
  });
  pass("handed");
  try {
    const dispatch: Dispatch = {
      cfg,
      channel: CHANNEL_ID,
      accountId: account.accountId,
      route: { agentId: route.agentId, sessionKey, ...(route.dmScope ? { dmScope: route.dmScope } : {}) },
      ctxPayload: contextOf(runtime, event, admitted, missed, files, { history }),
      delivery: deliveryOf(deps, where, event.channel.id, { view, isQueued: adoption.isQueued }),
      replyPipeline: { typing: typingOf(deps, event.channel.id, where.replyRoot) },
      replyOptions: {
        allowToolLifecycleWhenProgressHidden: true,
        ...noting(run, view.replyOptions),
        ...adoption.replyOptions,
      },
    };
    await withinTurn(() => runtime.channel.inbound.dispatch(dispatch));
  } finally {
    if (!adoption.isQueued()) {
      visit.left();
      await view.end();
    }
  }
  const session = where.sessionThread ? deps.backfill.sessionId(route.agentId, sessionKey) : undefined;
  if (session !== undefined) deps.backfill.told(sessionKey, session);
  return adoption.isQueued() ? "waiting" : "ended";
}

/** OpenClaw waits for it before it begins, and nobody has to. */
function typingOf(deps: TurnDeps, channelId: string, rootId: string) {
  let said = false;
  const failed = (error: unknown): void => {
    if (said) return;
    said = true;
    deps.log("Typing could not be shown.", { account: deps.account().accountId, reason: messageOf(error) });
  };
  return {
    start: async (): Promise<void> => {
      deps.typing(channelId, rootId).catch(failed);
    },
    onStartError: failed,
  };
}

const ALIVE_MS = 60_000;

/** Waits where the request would cost another one its answer. A command waits for nothing: it may be the one that stops it. */
async function awaitSession(
  sessions: Sessions,
  { sessionKey, hasControlCommand }: Admitted,
  lifecycle: IngressLifecycle,
  run: Run,
): Promise<void> {
  if (hasControlCommand || !sessions.isHeldUp(sessionKey)) return;
  run.queued();
  // OpenClaw would take it for stuck.
  const alive = setInterval(
    () => lifecycle.onDeferredHeartbeat?.(),
    lifecycle.deferredHeartbeatIntervalMs ?? ALIVE_MS,
  ).unref();
  await sessions.free(sessionKey, AbortSignal.any([lifecycle.abortSignal, run.signal]));
  clearInterval(alive);
}

/** Notes which tool is at work, for those who look at the run, and goes on with what the view wants. */
const noting = (run: Run, options: ReplyOptions): ReplyOptions => ({
  ...options,
  onToolStart: (payload) => {
    run.uses(payload.name ?? "");
    return options.onToolStart?.(payload) ?? false;
  },
  onAssistantMessageStart: () => {
    run.uses("");
    return options.onAssistantMessageStart?.() ?? false;
  },
});

/**
 * Final answers go through OpenClaw's outbox, which delivers after an outage; everything else is sent at once. A request that waits
 * in OpenClaw's queue is answered from there.
 */
function deliveryOf(
  deps: TurnDeps,
  where: Conversation,
  channelId: string,
  { view, isQueued }: { view: RunView; isQueued: () => boolean },
): Dispatch["delivery"] {
  const isFalseAlarm = ({ text }: { text?: string }): boolean => isQueued() && saysNoReply(text);
  const thread = where.replyRoot ? { threadId: where.replyRoot, replyToId: where.replyRoot } : {};
  return {
    observeMessageSent: true,
    durable: (payload, info) => {
      if (info.kind !== "final" || isFalseAlarm(payload)) return false;
      view.onFinal();
      return { to: where.target, ...thread };
    },
    deliver: async (raw, info) => {
      if (isFalseAlarm(raw)) return { visibleReplySent: false };
      if (info.kind === "final") view.onFinal();
      const payload = await presented(raw);
      const text = payload.text?.trim() ?? "";
      const files = filesOf(payload);
      const controls = controlsOf(payload);
      if (!text && files.length === 0 && controls.length === 0) return { visibleReplySent: false };
      const answer: Answer = { to: where.target, text, files, controls, rootId: where.replyRoot };
      const { postIds: messageIds } = await deps.sendAnswer(answer);
      const last = messageIds.at(-1);
      if (last !== undefined) deps.onAnswered(payload, last);
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

/** An unknown sender of a direct message gets a code once, for the owner to approve; false if it was given before. */
export async function offerPairing(
  deps: Pick<TurnDeps, "runtime" | "send" | "awaitApproval">,
  account: MattermostAccount,
  event: PostEvent,
): Promise<boolean> {
  const { pairing } = deps.runtime.channel;
  const { code, created } = await pairing.upsertPairingRequest({
    channel: CHANNEL_ID,
    accountId: account.accountId,
    id: event.actor.id,
    meta: { name: event.actor.display_name || event.actor.username, username: event.actor.username },
  });
  deps.awaitApproval(event.actor.id);
  if (!created) return false;
  const idLine = `Your Mattermost user id: ${event.actor.id}`;
  const text = pairing.buildPairingReply({ channel: CHANNEL_ID, idLine, code });
  await deps.send(`channel:${event.channel.id}`, text, event.post.root_id);
  return true;
}
