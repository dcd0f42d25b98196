import { once } from "node:events";
import type { MattermostClient, Post } from "@openclaw-mattermost/testbed";

/** A user's WebSocket: what makes something appear in a client. */
export interface Listener extends Disposable {
  /** The time (of `performance.now()`) at which the first post that fits arrives from now on. */
  next(fits: (post: Post) => boolean, deadlineMs: number): Promise<number>;
  /** The same for the first event of any kind that has all these words, wherever they stand. */
  nextWith(words: readonly string[], deadlineMs: number): Promise<number>;
}

interface Frame {
  readonly event?: string;
  readonly data?: { readonly post?: string };
}

interface Waiting {
  readonly fits: (frame: Frame, text: string) => boolean;
  readonly resolve: (at: number) => void;
}

const isPosted = (frame: Frame, fits: (post: Post) => boolean): boolean =>
  frame.event === "posted" && frame.data?.post !== undefined && fits(JSON.parse(frame.data.post) as Post);

/** Connects and logs in. */
export async function listenAs(user: MattermostClient): Promise<Listener> {
  const waiting = new Set<Waiting>();
  const socket = new WebSocket(`${user.url.replace(/^http/, "ws")}/api/v4/websocket`);
  const greeted = new Promise<void>((resolve, reject) => {
    socket.addEventListener("close", () => reject(new Error("Mattermost closed the WebSocket")));
    socket.addEventListener("message", ({ data }) => {
      const at = performance.now();
      const text = String(data);
      const frame = JSON.parse(text) as Frame;
      if (frame.event === "hello") resolve();
      for (const each of waiting) if (each.fits(frame, text)) each.resolve(at);
    });
  });
  await once(socket, "open");
  socket.send(JSON.stringify({ seq: 1, action: "authentication_challenge", data: { token: user.token } }));
  await greeted;

  async function next(fits: Waiting["fits"], what: string, deadlineMs: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const each = { fits, resolve };
    waiting.add(each);
    const timer = setTimeout(() => reject(new Error(`no ${what} within ${deadlineMs / 1000} s`)), deadlineMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(each);
    }
  }

  return {
    next: (fits, deadlineMs) => next((frame) => isPosted(frame, fits), "such post", deadlineMs),
    nextWith: (words, deadlineMs) =>
      next((_, text) => words.every((word) => text.includes(word)), `event with ${words.join(" and ")}`, deadlineMs),
    [Symbol.dispose]() {
      socket.close();
    },
  };
}
