import type { ChannelEvent, Welcome } from "@openclaw-mattermost/contract";
import type { MattermostAccount } from "../config/account-config.ts";
import type { Problem } from "../errors.ts";
import { createOpenSocket } from "../host/websocket.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { connectSocket, socketUrl } from "../receive/socket/connection.ts";
import { createCursor } from "../receive/socket/cursor.ts";
import { createFallback } from "../receive/socket/fallback.ts";
import { keepSocket } from "../receive/socket/keep-socket.ts";
import type { Sleep } from "../receive/socket/rest.ts";
import { createWaker } from "../receive/waker.ts";
import { PLUGIN_MISSING } from "./plugin-link.ts";
import type { Log } from "./facts.ts";

export interface WebSocketDeps {
  account: MattermostAccount;
  client: MattermostClient;
  /** Where it keeps how far events are known. */
  file: string;
  signal: AbortSignal;
  onBot: (bot: { id: string; username: string }) => void;
  /** Stores events, all or none; throws if they cannot be made durable. */
  append: (events: readonly ChannelEvent[]) => void;
  /** The plugin has taken over. */
  onLeft: () => void;
  onProblems: (problems: readonly Problem[]) => void;
  log: { info: Log; warn: Log };
}

/** Why the plugin's own ways are not in use, for whoever has not chosen that. */
export const USES_WEBSOCKET: Problem = {
  code: "transport.websocket",
  severity: "warning",
  message: "The OpenClaw plugin is not on this server, so events come by WebSocket.",
  fix: "That works; install the plugin for the signed webhook and what people see of it in Mattermost.",
};
/** A server that is starting does not know its plugins yet. */
const MISSING_IN_A_ROW = 2;

const sleep: Sleep = (ms, signal) => createWaker().sleep(ms, signal);

/** The way for servers without the plugin: always, never, or for as long as the plugin is missing. */
export function createWebSocketWay(deps: WebSocketDeps) {
  const { account, log } = deps;
  const chosen = account.transport === "websocket";
  const possible = chosen || account.transport === "auto";
  const cursor = createCursor({ file: deps.file, now: Date.now, log: log.warn });
  let readyAt: number | undefined;
  let missing = 0;
  let welcomed = false;
  let found: readonly Problem[] = [];
  const tell = (): void => deps.onProblems([...(fallback.inUse() && !chosen ? [USES_WEBSOCKET] : []), ...found]);

  const run = (signal: AbortSignal): Promise<void> =>
    keepSocket(
      {
        accountId: account.accountId,
        client: deps.client,
        ...addressOf(account),
        cursor,
        now: Date.now,
        random: Math.random,
        sleep,
        onBot: deps.onBot,
        append: deps.append,
        onReady: (ready) => {
          readyAt = ready ? Date.now() : undefined;
          tell();
        },
        onProblems: (problems) => {
          found = problems;
          tell();
        },
        log,
      },
      signal,
    );
  const onTurn = (inUse: boolean): void => {
    found = [];
    tell();
    if (inUse) return;
    log.info("The plugin is there again: the WebSocket is not needed.", { account: account.accountId });
    deps.onLeft();
  };
  const isReady = (): boolean => readyAt !== undefined;
  const fallback = createFallback({ run, isReady, sleep, onTurn }, deps.signal);

  return {
    inUse: fallback.inUse,
    /** Connected with nothing missing. */
    isReady,
    readyAt: () => readyAt,
    /** Begins, whether there is a plugin or not. */
    start: (): void => fallback.missing(),
    /** The missing plugin is no fault where the socket takes its place. */
    replaces: (problem: Problem): boolean => problem.code === PLUGIN_MISSING && fallback.inUse(),
    /** What the last hello found wrong. */
    onHello(problems: readonly Problem[]): void {
      missing = problems.some((problem) => problem.code === PLUGIN_MISSING) ? missing + 1 : 0;
      if (possible && missing >= (welcomed ? MISSING_IN_A_ROW : 1)) fallback.missing();
    },
    /** The plugin answered hello. */
    onWelcome({ bot, link, server_time }: Welcome): void {
      welcomed = true;
      if (cursor.since(bot.user_id) === undefined) cursor.begin(bot.user_id, server_time);
      if (link.state !== "pending") fallback.served();
    },
    /** The plugin delivered these; should it go away, the socket begins behind them. */
    known(botId: string, events: readonly ChannelEvent[]): void {
      if (possible && !fallback.inUse()) for (const event of events) cursor.moveBehind(botId, event);
    },
    /** Resolves when it has stopped. */
    stopped: async (): Promise<void> => {
      await fallback.stopped();
      cursor.flush();
    },
  };
}

/** Connects once, to see whether it can. Rejects with `MattermostError`. */
export async function tryWebSocket(account: MattermostAccount, signal: AbortSignal): Promise<void> {
  const connection = await connectSocket({ ...addressOf(account), sleep, onEvent: () => undefined }, signal);
  connection.close();
}

const addressOf = (account: MattermostAccount) => ({
  open: createOpenSocket(account.allowPrivateNetwork),
  url: socketUrl(account.baseUrl ?? ""),
  token: account.botToken ?? "",
});
