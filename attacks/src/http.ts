import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";

/** A request over a connection of its own. */
export interface Sent {
  /** Scheme, host and port. */
  readonly origin: string;
  /** As it goes over the wire, whatever it is. */
  readonly path: string;
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** The loopback address that it comes from. */
  readonly from?: string;
}

export interface Answer {
  /** 0: the connection ended without an answer. */
  readonly status: number;
  readonly text: string;
  /** The code of a refusal, or empty. */
  readonly code: string;
  readonly ms: number;
}

const DEADLINE_MS = 15_000;
/** A body that is not read to its end may be cut off; the answer counts. */
export function call({ origin, path, method, headers, body, from }: Sent): Promise<Answer> {
  const began = performance.now();
  return new Promise((resolve) => {
    const settle = (status: number, text: string): void =>
      resolve({ status, text, code: codeOf(text), ms: performance.now() - began });
    const { hostname, port } = new URL(origin);
    const going = request(
      {
        hostname,
        port,
        path,
        method,
        agent: false,
        timeout: DEADLINE_MS,
        ...(from ? { localAddress: from } : {}),
        headers: { ...headers, ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }) },
      },
      (response) => {
        const parts: Buffer[] = [];
        const done = (): void => settle(response.statusCode ?? 0, Buffer.concat(parts).toString());
        response
          .on("data", (part: Buffer) => parts.push(part))
          .on("end", done)
          .on("error", done);
      },
    );
    going.on("timeout", () => going.destroy(new Error("no answer"))).on("error", () => settle(0, ""));
    going.end(body);
  });
}

function codeOf(text: string): string {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code ?? "";
  } catch {
    return "";
  }
}

/** A connection that says `text` and then nothing more. */
export async function openSocket(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

/** Answers that say that the server broke: no 503 with a reason of the contract is among them. */
export const isFault = ({ status, code }: Answer): boolean =>
  status >= 500 && !(status === 503 && ["keys.unavailable", "busy", "inbox.unavailable"].includes(code));

/** Works on the items, so many at a time. */
export async function each<T>(items: Iterable<T>, width: number, work: (item: T, index: number) => Promise<void>) {
  const left = [...items].entries();
  const walk = async (): Promise<void> => {
    for (const [index, item] of left) await work(item, index);
  };
  await Promise.all(Array.from({ length: width }, walk));
}

/** The nearest rank. */
export function p99(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.ceil(0.99 * samples.length) - 1] ?? Number.NaN;
}
