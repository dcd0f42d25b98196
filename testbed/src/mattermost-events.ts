import type { MattermostClient } from "./mattermost-client.ts";
import { until } from "./wait.ts";

/** An event as Mattermost pushes it to its clients. */
export interface PushedEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly broadcast: { readonly channel_id: string; readonly user_id: string; readonly team_id: string };
  readonly seq: number;
  /** When it arrived here, in milliseconds since 1970. */
  readonly at: number;
}

const CONNECT_DEADLINE_MS = 60_000;
const EVENT_DEADLINE_MS = 60_000;

/** Listens on the WebSocket of one user, as the web client does. */
export class MattermostEvents implements Disposable {
  /** Everything that arrived so far, oldest first. */
  readonly seen: PushedEvent[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as Partial<PushedEvent>;
      if (message.event) this.seen.push({ ...(message as PushedEvent), at: Date.now() });
    });
  }

  /** Connects, and is logged in when this settles. */
  static async connect(user: MattermostClient): Promise<MattermostEvents> {
    const socket = new WebSocket(`${user.url.replace(/^http/, "ws")}/api/v4/websocket`);
    const events = new MattermostEvents(socket);
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ seq: 1, action: "authentication_challenge", data: { token: user.token } }));
    });
    await until(() => events.seen.some(({ event }) => event === "hello"), {
      what: `a WebSocket of ${user.me.username}`,
      deadlineMs: CONNECT_DEADLINE_MS,
    });
    return events;
  }

  /** Waits for an event of this name that `fits`, among those so far and those to come. */
  async until(
    name: string,
    fits: (event: PushedEvent) => boolean = () => true,
    deadlineMs: number = EVENT_DEADLINE_MS,
  ): Promise<PushedEvent> {
    return until(() => this.seen.find((each) => each.event === name && fits(each)), {
      what: `event ${name}`,
      deadlineMs,
      tail: () => `--- events so far: ${this.seen.map(({ event }) => event).join(" ")}`,
    });
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
