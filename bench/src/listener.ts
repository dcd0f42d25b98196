import { once } from "node:events";
import type { MattermostClient, Post } from "@openclaw-mattermost/testbed";

/** A user's WebSocket: what makes a post appear in a client. */
export interface Listener extends Disposable {
  /** The time (of `performance.now()`) at which the first post that fits arrives from now on. */
  next(fits: (post: Post) => boolean, deadlineMs: number): Promise<number>;
}

interface Frame {
  readonly event?: string;
  readonly data?: { readonly post?: string };
}

interface Waiting {
  readonly fits: (post: Post) => boolean;
  readonly resolve: (at: number) => void;
}

/** Connects and logs in. */
export async function listenAs(user: MattermostClient): Promise<Listener> {
  const waiting = new Set<Waiting>();
  const socket = new WebSocket(`${user.url.replace(/^http/, "ws")}/api/v4/websocket`);
  const greeted = new Promise<void>((resolve, reject) => {
    socket.addEventListener("close", () => reject(new Error("Mattermost closed the WebSocket")));
    socket.addEventListener("message", ({ data }) => {
      const at = performance.now();
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.event === "hello") resolve();
      if (frame.event !== "posted" || frame.data?.post === undefined) return;
      const post = JSON.parse(frame.data.post) as Post;
      for (const each of waiting) if (each.fits(post)) each.resolve(at);
    });
  });
  await once(socket, "open");
  socket.send(JSON.stringify({ seq: 1, action: "authentication_challenge", data: { token: user.token } }));
  await greeted;
  return {
    async next(fits, deadlineMs) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const each = { fits, resolve };
      waiting.add(each);
      const timer = setTimeout(() => reject(new Error(`no such post within ${deadlineMs / 1000} s`)), deadlineMs);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(each);
      }
    },
    [Symbol.dispose]() {
      socket.close();
    },
  };
}
