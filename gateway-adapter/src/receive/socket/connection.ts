import { MattermostError, messageOf } from "../../errors.ts";
import type { OpenSocket, Socket } from "../../host/websocket.ts";
import type { Sleep } from "./rest.ts";
import { messageSchema, type SocketMessage } from "./rows.ts";

const CONNECT_DEADLINE_MS = 15_000;
const PING_EVERY_MS = 30_000;
const PING_DEADLINE_MS = 10_000;
/** Number of the first question, which is the bot token. */
const TOKEN_SEQ = 1;

export interface ConnectionDeps {
  open: OpenSocket;
  /** `…/api/v4/websocket` with `ws:` or `wss:`. */
  url: string;
  token: string;
  sleep: Sleep;
  /** Called for each event, in the server's order. */
  onEvent: (message: SocketMessage) => void;
}

/** A connection to Mattermost that knows the bot. */
export interface Connection {
  /** Resolves when it has ended, with the reason in words. */
  ended: Promise<string>;
  close: () => void;
}

/** `https://chat.example.com/sub` → `wss://chat.example.com/sub/api/v4/websocket`. */
export const socketUrl = (baseUrl: string): string => `${baseUrl.replace(/^http/, "ws")}/api/v4/websocket`;

/**
 * Connects and says who the bot is; resolves when the server has accepted that, which is when events begin. Then a ping
 * is sent every 30 s and has to be answered within 10, and no event may be missing. Rejects with `MattermostError`.
 */
export async function connectSocket(deps: ConnectionDeps, signal: AbortSignal): Promise<Connection> {
  const own = new AbortController();
  const accepted = Promise.withResolvers<undefined>();
  const ended = Promise.withResolvers<string>();
  let socket: Socket | undefined;
  /** The reply that is waited for. */
  let awaited = { seq: TOKEN_SEQ, done: (): void => accepted.resolve(undefined) };

  const end = (code: "network" | "timeout", why: string): void => {
    own.abort();
    signal.removeEventListener("abort", stop);
    accepted.reject(new MattermostError(code, why));
    ended.resolve(why);
    socket?.close();
  };
  const stop = (): void => end("network", "The account stops.");
  const ask = (action: string, seq: number, data?: Record<string, string>): void => {
    socket?.send(JSON.stringify({ seq, action, ...(data ? { data } : {}) }));
  };

  let nextSeq: number | undefined;
  const onText = (text: string): void => {
    const message = read(text);
    if (!message) return;
    if (message.event) {
      // Events are numbered without a gap. What is missing the next connection reads by REST.
      const complete = nextSeq === undefined || message.seq === nextSeq;
      nextSeq = message.seq + 1;
      if (complete) deps.onEvent(message);
      else end("network", "Mattermost left something out of the WebSocket.");
    } else if (message.seq_reply !== awaited.seq) return;
    else if (message.status === "OK") awaited.done();
    else end("network", "Mattermost refused what was asked over the WebSocket.");
  };
  const pings = async (): Promise<void> => {
    const over = (): boolean => own.signal.aborted;
    for (let seq = TOKEN_SEQ + 1; ; seq += 1) {
      await deps.sleep(PING_EVERY_MS, own.signal);
      if (over()) return;
      const answered = new AbortController();
      awaited = { seq, done: () => answered.abort() };
      ask("ping", seq);
      await deps.sleep(PING_DEADLINE_MS, AbortSignal.any([own.signal, answered.signal]));
      if (over()) return;
      if (!answered.signal.aborted) end("timeout", "Mattermost did not answer a ping over the WebSocket.");
    }
  };

  signal.addEventListener("abort", stop, { once: true });
  accepted.promise.catch(() => undefined);
  void deps.sleep(CONNECT_DEADLINE_MS, own.signal).then(() => {
    if (awaited.seq === TOKEN_SEQ) end("timeout", "Mattermost did not accept the WebSocket in time.");
  });
  if (signal.aborted) stop();
  try {
    const opening = deps.open(deps.url, {
      onOpen: () => {
        ask("authentication_challenge", TOKEN_SEQ, { token: deps.token });
      },
      onText,
      onClose: (reason) => {
        end("network", `The WebSocket to Mattermost has ended: ${reason}`);
      },
    });
    const opened = opening.then((made) => {
      socket = made;
      if (own.signal.aborted) made.close();
    });
    // Looking up the name may take longer than is allowed.
    await Promise.race([opened, accepted.promise]);
    await accepted.promise;
  } catch (error) {
    end("network", messageOf(error));
    throw error;
  }
  awaited = { seq: 0, done: () => undefined };
  void pings();
  return { ended: ended.promise, close: () => end("network", "It was closed.") };
}

function read(text: string): SocketMessage | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
