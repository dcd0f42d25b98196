import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { MattermostError, messageOf, type Problem } from "../../errors.ts";
import type { OpenSocket } from "../../host/websocket.ts";
import type { MattermostClient } from "../../mattermost/client.ts";
import { problemOfFailure } from "../hello.ts";
import { catchUp } from "./catch-up.ts";
import { connectSocket } from "./connection.ts";
import type { Cursor } from "./cursor.ts";
import { createFacts } from "./facts.ts";
import { createMessageQueue } from "./message-queue.ts";
import { patientGet, type Sleep } from "./rest.ts";
import { userRowSchema } from "../../mattermost/rows.ts";
import type { SocketMessage } from "./rows.ts";
import { createMapper, SOCKET_EVENTS } from "./to-event.ts";

const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
const JITTER_SHARE = 0.2;
/** A connection that lasted so long was a good one: the pauses begin anew. */
const GOOD_MS = 30_000;
/** One broken connection is nothing that a person should look at. */
const TELL_FROM_FAILURES = 2;
/** Messages that wait while a gap is being closed; beyond that the gap is closed once more. */
const WAITING_MAX = 10_000;

export interface SocketDeps {
  accountId: string;
  client: Pick<MattermostClient, "get">;
  open: OpenSocket;
  /** `…/api/v4/websocket`. */
  url: string;
  token: string;
  cursor: Cursor;
  now: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Resolves after the time, or early when `signal` aborts. */
  sleep: Sleep;
  onBot: (bot: { id: string; username: string }) => void;
  /** Stores events, all or none; throws if they cannot be made durable. */
  append: (events: readonly ChannelEvent[]) => void;
  /** Connected with nothing missing, or not. */
  onReady: (ready: boolean) => void;
  onProblems: (problems: readonly Problem[]) => void;
  log: { info: Log; warn: Log };
}
type Log = (sentence: string, fields: Record<string, string | number>) => void;

/** How far a connection has come. */
type Stage = "asking" | "connecting" | "reading" | "ready";

/**
 * Gets events with nothing but the bot token: connects, closes the gap since the last known event by REST, and takes what
 * the socket says; again and again, for ever, until the signal aborts. Never throws.
 */
export async function keepSocket(deps: SocketDeps, signal: AbortSignal): Promise<void> {
  const stopped = (): boolean => signal.aborted;
  let failures = 0;
  while (!stopped()) {
    let stage: Stage = "asking";
    let readyAt: number | undefined;
    const reach = (next: Stage): void => {
      stage = next;
      if (next !== "ready") return;
      readyAt = deps.now();
      deps.onProblems([]);
      deps.onReady(true);
    };
    const error = await hold(deps, signal, reach).catch((thrown: unknown) => thrown);
    deps.onReady(false);
    if (stopped()) return;
    if (readyAt !== undefined && deps.now() - readyAt >= GOOD_MS) failures = 0;
    failures += 1;
    if (failures === 1)
      deps.log.warn("The WebSocket to Mattermost is down; connecting again.", {
        account: deps.accountId,
        reason: messageOf(error),
      });
    if (failures >= TELL_FROM_FAILURES) deps.onProblems([socketProblemOf(error, stage)]);
    await deps.sleep(pauseMs(failures, deps.random), signal);
  }
}

function pauseMs(failures: number, random: () => number): number {
  const ms = RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? 0;
  return Math.round(ms * (1 - JITTER_SHARE + 2 * JITTER_SHARE * random()));
}

/** Why there is no connection, in words for the person who runs the gateway. */
export function socketProblemOf(error: unknown, stage: Stage): Problem {
  if (error instanceof MattermostError) {
    if (stage === "asking" && error.status !== 403 && error.status !== 404) return problemOfFailure(error);
    return {
      code: "socket.down",
      severity: "error",
      message: error.message,
      fix:
        stage === "connecting"
          ? "Does the proxy before Mattermost let WebSockets through? The adapter keeps trying."
          : "Does baseUrl lead to Mattermost? The adapter keeps trying, and reads what it missed.",
    };
  }
  return {
    code: "inbox.unavailable",
    severity: "error",
    message: `The events cannot be stored: ${messageOf(error)}`,
    fix: "Is the gateway's disk full? Nothing is lost; it is tried again.",
  };
}

/** One connection from its beginning to its end, at which it throws. */
async function hold(deps: SocketDeps, signal: AbortSignal, reach: (stage: Stage) => void): Promise<never> {
  const { accountId, append, cursor, client, log, now, sleep } = deps;
  const own = new AbortController();
  const either = AbortSignal.any([signal, own.signal]);
  const get = patientGet(client, sleep, either);
  const bot = await get("/api/v4/users/me", userRowSchema);
  deps.onBot({ id: bot.id, username: bot.username });

  const mapper = createMapper({ facts: createFacts({ get, now }), botId: bot.id, now, log: log.warn });
  const waiting = createMessageQueue<SocketMessage>(WAITING_MAX);
  const onEvent = (message: SocketMessage): void => {
    if (SOCKET_EVENTS.has(message.event)) waiting.push(message);
  };
  let gapOpen = true;
  const closeGap = async (): Promise<void> => {
    gapOpen = true;
    const events = await catchUp({ get, mapper, cursor, botId: bot.id, append, log: log.warn });
    gapOpen = false;
    log.info("Events come by WebSocket.", { account: accountId, caughtUp: events });
  };

  reach("connecting");
  const connection = await connectSocket({ ...deps, onEvent }, either);
  let reason = "";
  void connection.ended.then((why) => {
    reason = why;
    waiting.close();
    // What came is still worked off, but a gap that is open grows on: it is for the next connection.
    if (gapOpen) own.abort();
  });
  try {
    reach("reading");
    await closeGap();
    reach("ready");
    for (let message = await waiting.next(); message; message = await waiting.next()) {
      const event = await mapper.ofMessage(message);
      if (event) {
        append([event]);
        cursor.moveBehind(bot.id, event);
      }
      if (waiting.takeOverflow()) await closeGap();
    }
    throw new MattermostError("network", reason);
  } finally {
    connection.close();
    own.abort();
    cursor.flush();
  }
}
