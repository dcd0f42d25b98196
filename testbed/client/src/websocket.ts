import type { WebSocketMessage } from "./types.ts";

const RECONNECT_MS = 500;

/** Mattermost's WebSocket client with the listeners that plugins are given; it reconnects for ever. */
export class WebSocketClient {
  conn: WebSocket | null = null;
  readonly #messages = new Set<(message: WebSocketMessage) => void>();
  readonly #firsts = new Set<() => void>();
  readonly #reconnects = new Set<() => void>();
  readonly #closes = new Set<() => void>();
  #connectedBefore = false;
  #seq = 0;

  connect(): void {
    const conn = new WebSocket(`${location.origin.replace("http", "ws")}/api/v4/websocket`);
    this.conn = conn;
    conn.addEventListener("open", () => {
      for (const listener of this.#connectedBefore ? this.#reconnects : this.#firsts) listener();
      this.#connectedBefore = true;
    });
    conn.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as WebSocketMessage;
      if (message.event) for (const listener of this.#messages) listener(message);
    });
    conn.addEventListener("close", () => {
      for (const listener of this.#closes) listener();
      window.setTimeout(() => this.connect(), RECONNECT_MS);
    });
  }

  sendMessage(action: string, data: object): void {
    this.conn?.send(JSON.stringify({ action, seq: ++this.#seq, data }));
  }

  addMessageListener(listener: (message: WebSocketMessage) => void): void {
    this.#messages.add(listener);
  }
  removeMessageListener(listener: (message: WebSocketMessage) => void): void {
    this.#messages.delete(listener);
  }
  addFirstConnectListener(listener: () => void): void {
    this.#firsts.add(listener);
  }
  removeFirstConnectListener(listener: () => void): void {
    this.#firsts.delete(listener);
  }
  addReconnectListener(listener: () => void): void {
    this.#reconnects.add(listener);
  }
  removeReconnectListener(listener: () => void): void {
    this.#reconnects.delete(listener);
  }
  addCloseListener(listener: () => void): void {
    this.#closes.add(listener);
  }
  removeCloseListener(listener: () => void): void {
    this.#closes.delete(listener);
  }
}
