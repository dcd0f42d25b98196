import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as send,
  type ServerResponse,
} from "node:http";
import { listen, readWhole } from "./http.ts";

/** What was seen of the delivery of one post. Times are of `performance.now()`. */
export interface Passage {
  /** The whole request was here. */
  readonly arrivedAt: number;
  /** The whole answer that acknowledges the post was here; unset until then. */
  answeredAt?: number;
  /** The request's body. */
  readonly body: string;
}

/** Stands between a sender and its receiver, hands everything on, and notes when. */
export interface Tap extends AsyncDisposable {
  readonly url: string;
  /** By post id; of several attempts the first arrival, and the first acknowledgement. */
  readonly passages: ReadonlyMap<string, Passage>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const POST_CREATED = /"post\.created:([a-z0-9]{26})"/g;
const OF_ONE_HOP = ["connection", "keep-alive", "transfer-encoding", "content-length", "host"];

/** `receiver` is a URL without a path: paths are handed on as they are. */
export async function startTap(receiver: string): Promise<Tap> {
  const passages = new Map<string, Passage>();
  const agent = new Agent({ keepAlive: true });

  async function handOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readWhole(request);
    const arrivedAt = performance.now();
    const text = body.toString();
    const ids = Array.from(text.matchAll(POST_CREATED), ([, id = ""]) => id);
    for (const id of ids) if (!passages.has(id)) passages.set(id, { arrivedAt, body: text });

    const answer = await ask(receiver, agent, request, body);
    const answeredAt = performance.now();
    for (const id of acknowledged(answer, ids)) {
      const passage = passages.get(id);
      if (passage) passage.answeredAt ??= answeredAt;
    }
    response.writeHead(answer.status, withLength(answer.headers, answer.body)).end(answer.body);
  }

  const server = await listen((request, response) => {
    handOn(request, response).catch(() => response.writeHead(502).end());
  });
  return {
    url: server.url,
    passages,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function ask(receiver: string, agent: Agent, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method = "", url = "/", headers } = request;
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    send(`${receiver}${url}`, { agent, method, headers: withLength(headers, body) }, resolve)
      .once("error", reject)
      .end(body);
  });
  return { status: message.statusCode ?? 502, headers: message.headers, body: await readWhole(message) };
}

function withLength(headers: IncomingHttpHeaders, body: Buffer): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !OF_ONE_HOP.includes(name));
  return { ...Object.fromEntries(kept), "content-length": body.length };
}

/** An adapter names the ids that it has stored; a receiver that stores nothing answers 200 and no more. */
function acknowledged({ status, body }: Answer, ids: readonly string[]): readonly string[] {
  if (status !== 200 || body.length === 0) return status === 200 ? ids : [];
  const { acked = [] } = JSON.parse(body.toString()) as { acked?: readonly string[] };
  return ids.filter((id) => acked.includes(`post.created:${id}`));
}
