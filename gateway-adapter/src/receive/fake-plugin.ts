import { createHash, generateKeyPairSync, randomUUID, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { eventsPath, type ChannelEvent, type Jwks } from "@openclaw-mattermost/contract";
import jwt from "jsonwebtoken";
import { createFailureLimiter } from "./failure-limiter.ts";
import { createKeyRing } from "./keys.ts";
import { createReplayMemory } from "./replay.ts";
import { createWebhookApp, type Receiver } from "./webhook.ts";

export const PATH = eventsPath("default");

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: { acked?: string[]; failed?: unknown[]; error?: { code: string } };
}

/** What goes over the wire; everything can be wrong. */
export interface Sent {
  body?: string | Buffer;
  token?: string;
  method?: string;
  path?: string;
  /** Empty: no such header. */
  type?: string;
  /** The header that says it; the body may be another. */
  length?: number;
  stallAfter?: boolean;
  headers?: Record<string, string | string[]>;
}

/** A key of the plugin, with its public half as the key set has it. */
export function makeKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "ES256", use: "sig" } as Jwks["keys"][number];
  return { privateKey, publicKey, jwk, kid };
}
export type Key = ReturnType<typeof makeKey>;

/** The claims of a good delivery of `body` at `nowMs`. */
export function claimsOf(body: string | Buffer, nowMs: number): Record<string, unknown> {
  const now = Math.floor(nowMs / 1_000);
  return {
    iss: "server-1",
    aud: "gateway-1",
    sub: "default",
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    htm: "POST",
    htu: PATH,
    body_sha256: createHash("sha256").update(body).digest("base64url"),
  };
}

export function signWith(key: { privateKey: KeyObject; kid: string }, claims: Record<string, unknown>): string {
  return jwt.sign(claims, key.privateKey, {
    algorithm: "ES256",
    header: { alg: "ES256", typ: "oc-mm+jwt", kid: key.kid },
  });
}

/** The adapter's receiving side on a port of its own, and a plugin that sends to it. */
export async function openReceiver(over: { now?: () => number; burst?: number } = {}) {
  const now = over.now ?? Date.now;
  const key = makeKey("k1");
  const stored: ChannelEvent[] = [];
  const challenges: string[] = [];
  const logged: string[] = [];
  const state = {
    appendFails: false,
    held: false,
    find: undefined as Receiver | "stopped" | undefined,
    fetchKeys: (): Promise<Jwks> => Promise.resolve({ keys: [key.jwk] }),
  };
  const keys = createKeyRing({ now, fetchKeys: () => state.fetchKeys(), sleep: () => Promise.resolve() });
  keys.replace({ keys: [key.jwk] });
  const receiver: Receiver = {
    accountId: "default",
    keys,
    replays: createReplayMemory({ now }),
    serverId: () => "server-1",
    gatewayId: "gateway-1",
    append: (events) => {
      if (state.appendFails) throw new Error("database or disk is full");
      stored.push(...events);
    },
    answerChallenge: (challenge) => challenges.push(challenge),
    isHeld: () => state.held,
    answerAsk: () => undefined,
    inFlight: { count: 0 },
    log: (sentence, fields) => logged.push(`${sentence} ${JSON.stringify(fields)}`),
  };
  state.find = receiver;
  const app = createWebhookApp({
    find: (id) => (id === "default" ? state.find : undefined),
    limiter: createFailureLimiter({ now, burst: over.burst ?? 5 }),
    now,
  });
  const server = createServer((req, res) => {
    app(req, res);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sign = (body: string | Buffer, claims: Record<string, unknown> = {}): string =>
    signWith(key, { ...claimsOf(body, now()), ...claims });
  const send = (sent: Sent): Promise<HttpAnswer> => sendTo(port, sent);
  return {
    port,
    key,
    stored,
    challenges,
    logged,
    state,
    receiver,
    sign,
    send,
    /** A good delivery, but for what `claims` replaces. */
    deliver: (body: string | Buffer, claims?: Record<string, unknown>) => send({ body, token: sign(body, claims) }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
export type OpenReceiver = Awaited<ReturnType<typeof openReceiver>>;

function sendTo(port: number, sent: Sent): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port,
        path: sent.path ?? PATH,
        method: sent.method ?? "POST",
        agent: false,
        headers: {
          ...(sent.type === "" ? {} : { "content-type": sent.type ?? "application/json" }),
          ...(sent.token === undefined ? {} : { "x-openclaw-signature": sent.token }),
          ...(sent.length === undefined ? {} : { "content-length": sent.length }),
          ...sent.headers,
        },
      },
      (res) => {
        const parts: Buffer[] = [];
        res.on("data", (part: Buffer) => parts.push(part));
        res.on("end", () => {
          const text = Buffer.concat(parts).toString();
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            text,
            json: jsonOf(text),
          });
        });
      },
    );
    call.on("error", reject);
    if (sent.body !== undefined) call.write(sent.body);
    if (!sent.stallAfter) call.end();
    else call.flushHeaders();
  });
}

function jsonOf(text: string): HttpAnswer["json"] {
  try {
    return JSON.parse(text || "{}") as HttpAnswer["json"];
  } catch {
    return {};
  }
}
