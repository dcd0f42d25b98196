import type { Socket } from "node:net";
import type { Fault } from "./fault.ts";

export interface PairDeps {
  readonly fault: () => Fault;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly ended: (pair: Pair) => void;
}

interface Piece {
  readonly bytes: Buffer;
  /** Of `performance.now()`. */
  readonly due: number;
}

/** A client's connection and the one that it is passed on by. */
export interface Pair {
  /** The fault is another one now. */
  changed: () => void;
  /** Ends both sides at once, as a crash does. */
  reset: () => void;
}

/** Passes on what both sides send, in its order, as the fault lets it. */
export function joinPair(client: Socket, upstream: Socket, { fault, random, ended }: PairDeps): Pair {
  let answerIsLost = false;
  const reset = (): void => {
    client.resetAndDestroy();
    upstream.resetAndDestroy();
  };
  /** A piece of the client costs the connection: at once, or when it is answered. */
  const isCut = (): boolean => {
    const now = fault();
    if (now.kind !== "resets" || now.of !== "pieces" || random() >= now.share) return false;
    answerIsLost = random() < 0.5;
    return !answerIsLost;
  };
  const there = direction(client, upstream, { fault, isCut, reset });
  const back = direction(upstream, client, { fault, isCut: () => answerIsLost, reset });
  const pair: Pair = {
    changed: () => {
      there();
      back();
    },
    reset,
  };
  for (const [socket, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.once("close", (failed) => {
      if (failed || !other.writable) other.resetAndDestroy();
      ended(pair);
    });
  }
  return pair;
}

/** One way; the function that it returns looks again what may pass. */
function direction(
  from: Socket,
  to: Socket,
  { fault, isCut, reset }: { fault: () => Fault; isCut: () => boolean; reset: () => void },
): () => void {
  const waiting: Piece[] = [];
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const pump = (): void => {
    clearTimeout(timer);
    while (fault().kind !== "black hole") {
      const [head] = waiting;
      const inMs = (head?.due ?? 0) - performance.now();
      if (!head || inMs > 0) {
        if (head) timer = setTimeout(pump, inMs);
        else if (over) to.end();
        return;
      }
      waiting.shift();
      if (to.writable) to.write(head.bytes);
    }
  };
  from.on("data", (bytes: Buffer) => {
    if (isCut()) {
      reset();
      return;
    }
    const now = fault();
    const due = performance.now() + (now.kind === "delay" ? now.ms : 0);
    waiting.push({ bytes, due: Math.max(due, waiting.at(-1)?.due ?? 0) });
    pump();
  });
  from.once("end", () => {
    over = true;
    pump();
  });
  from.once("close", () => {
    clearTimeout(timer);
  });
  return pump;
}
