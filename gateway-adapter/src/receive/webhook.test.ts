import { createHash, generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { BODY_MAX_BYTES, eventsPath, type ChannelEvent } from "@openclaw-mattermost/contract";
import jwt from "jsonwebtoken";
import { createFailureLimiter } from "./failure-limiter.ts";
import { createKeyRing } from "./keys.ts";
import { createReplayMemory } from "./replay.ts";
import { createWebhookApp, type Receiver } from "./webhook.ts";

const PATH = eventsPath("default");
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid: "k1", alg: "ES256", use: "sig" };
const samples = (
  JSON.parse(readFileSync(new URL("../../../contract/vectors/bodies.json", import.meta.url), "utf8")) as {
    cases: { name: string; body: unknown }[];
  }
).cases;
const bodyOf = (name: string): string => JSON.stringify(samples.find((sample) => sample.name === name)?.body);

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  json: { acked?: string[]; failed?: unknown[]; error?: { code: string } };
}

let server: Server;
let receiver: Receiver;
let stored: ChannelEvent[];
let challenges: string[];
let appendFails: boolean;
let find: Receiver | "stopped" | undefined;
let fetchKeys: () => Promise<{ keys: never[] }>;

function sign(body: string, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1_000);
  return jwt.sign(
    {
      iss: "server-1",
      aud: "gateway-1",
      sub: "default",
      iat: now,
      exp: now + 60,
      jti: randomUUID(),
      htm: "POST",
      htu: PATH,
      body_sha256: createHash("sha256").update(body).digest("base64url"),
      ...claims,
    },
    pair.privateKey,
    { algorithm: "ES256", header: { alg: "ES256", typ: "oc-mm+jwt", kid: "k1" } },
  );
}

function send(options: {
  body?: string;
  token?: string;
  method?: string;
  path?: string;
  type?: string;
  chunks?: string[];
  stallAfter?: boolean;
  length?: number;
}): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port,
        path: options.path ?? PATH,
        method: options.method ?? "POST",
        agent: false,
        headers: {
          ...(options.type === "" ? {} : { "content-type": options.type ?? "application/json" }),
          ...(options.token === undefined ? {} : { "x-openclaw-signature": options.token }),
          ...(options.length === undefined ? {} : { "content-length": options.length }),
        },
      },
      (res) => {
        const parts: Buffer[] = [];
        res.on("data", (part: Buffer) => parts.push(part));
        res.on("end", () => {
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            json: JSON.parse(Buffer.concat(parts).toString() || "{}") as Answer["json"],
          });
        });
      },
    );
    call.on("error", reject);
    if (options.body !== undefined) call.write(options.body);
    if (!options.stallAfter) call.end();
    else call.flushHeaders();
  });
}
const signed = (body: string, claims?: Record<string, unknown>): Promise<Answer> =>
  send({ body, token: sign(body, claims) });

beforeEach(async () => {
  stored = [];
  challenges = [];
  appendFails = false;
  fetchKeys = () => Promise.resolve({ keys: [] });
  const keys = createKeyRing({ now: () => Date.now(), fetchKeys: () => fetchKeys() });
  keys.replace({ keys: [jwk as never] });
  receiver = {
    accountId: "default",
    keys,
    replays: createReplayMemory({ now: () => Date.now() }),
    serverId: () => "server-1",
    gatewayId: "gateway-1",
    append: (events) => {
      if (appendFails) throw new Error("database or disk is full");
      stored.push(...events);
    },
    answerChallenge: (challenge) => challenges.push(challenge),
    onDelivery: () => undefined,
    inFlight: { count: 0 },
    log: () => undefined,
  };
  find = receiver;
  const app = createWebhookApp({
    find: (id) => (id === "default" ? find : undefined),
    limiter: createFailureLimiter({ now: () => Date.now(), burst: 5 }),
    now: () => Date.now(),
  });
  server = createServer((req, res) => {
    app(req, res);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

describe("C4 the webhook", () => {
  it("C4 stores a signed delivery and names the ids it holds", async () => {
    const answer = await signed(bodyOf("created"));
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ acked: stored.map((event) => event.id), failed: [] });
    expect(stored).toHaveLength(1);
  });

  it("C4 answers a ping without storing it, and proves that it arrived", async () => {
    const answer = await signed(bodyOf("ping"));
    expect(answer.json.acked).toEqual(["ping:0123456789abcdef"]);
    expect(challenges).toEqual(["0123456789abcdef"]);
    expect(stored).toEqual([]);
  });

  it("C4 a broken event fails alone", async () => {
    const answer = await signed(bodyOf("a broken event does not hold the others back"));
    expect(answer.status).toBe(200);
    expect(answer.json.acked).toHaveLength(2);
    expect(answer.json.failed).toEqual([expect.objectContaining({ code: "event.schema", retry: false })]);
  });

  it("C4 acknowledges an unknown type and drops it", async () => {
    const answer = await signed(bodyOf("an unknown type"));
    expect(answer.json.acked).toEqual(["channel.renamed:1"]);
    expect(stored).toEqual([]);
  });

  it("C4 says 503 with Retry-After while the inbox cannot store, and accepts the next attempt", async () => {
    appendFails = true;
    const full = await signed(bodyOf("created"));
    expect([full.status, full.json.error?.code, full.headers["retry-after"]]).toEqual([503, "inbox.unavailable", "5"]);
    appendFails = false;
    expect((await signed(bodyOf("created"))).status).toBe(200);
  });

  const body = bodyOf("created");
  const refusals: { name: string; call: () => Promise<Answer>; status: number; code: string }[] = [
    {
      name: "another route",
      call: () => send({ path: "/mattermost/v1/default/other", body }),
      status: 404,
      code: "route.unknown",
    },
    {
      name: "an unknown account",
      call: () => send({ path: eventsPath("nobody"), body }),
      status: 404,
      code: "account.unknown",
    },
    { name: "another method", call: () => send({ method: "PUT", body }), status: 405, code: "method.not_allowed" },
    { name: "GET", call: () => send({ method: "GET" }), status: 405, code: "method.not_allowed" },
    {
      name: "another content type",
      call: () => send({ type: "text/plain", body }),
      status: 415,
      code: "content_type.unsupported",
    },
    { name: "no content type", call: () => send({ type: "", body }), status: 415, code: "content_type.unsupported" },
    {
      name: "a declared length that is too large",
      call: () => send({ length: BODY_MAX_BYTES + 1, stallAfter: true, token: sign(body) }),
      status: 413,
      code: "body.too_large",
    },
    {
      name: "a body that turns out too large",
      call: () => {
        const big = `${body}${" ".repeat(BODY_MAX_BYTES)}`;
        return send({ body: big, token: sign(big) });
      },
      status: 413,
      code: "body.too_large",
    },
    { name: "no signature", call: () => send({ body }), status: 401, code: "token.missing" },
    {
      name: "a changed byte in the body",
      call: () => send({ body: body.replace("hello", "hellp"), token: sign(body) }),
      status: 401,
      code: "token.body",
    },
    {
      name: "a token for another path",
      call: () => signed(body, { htu: eventsPath("alerts") }),
      status: 401,
      code: "token.path",
    },
    { name: "no JSON", call: () => signed("{"), status: 400, code: "body.json" },
    { name: "another version", call: () => signed(bodyOf("another version")), status: 422, code: "body.schema" },
  ];
  for (const { name, call, status, code } of refusals) {
    it(`C4 refuses ${name}: ${String(status)} ${code}`, async () => {
      const answer = await call();
      expect([answer.status, answer.json.error?.code]).toEqual([status, code]);
      expect(stored).toEqual([]);
      if (status === 405) expect(answer.headers.allow).toBe("POST");
    });
  }

  it("C3 refuses the same attempt twice", async () => {
    const token = sign(body);
    expect((await send({ body, token })).status).toBe(200);
    const again = await send({ body, token });
    expect([again.status, again.json.error?.code]).toEqual([401, "token.replayed"]);
  });

  it("C3 is closed while the account has not started, and before the first key", async () => {
    find = "stopped";
    expect((await signed(body)).json.error?.code).toBe("keys.unavailable");
    find = { ...receiver, serverId: () => undefined };
    const answer = await signed(body);
    expect([answer.status, answer.json.error?.code, answer.headers["retry-after"]]).toEqual([
      503,
      "keys.unavailable",
      "2",
    ]);
  });

  it("C3 reads the key set anew for an unknown key, and says 503 if that fails", async () => {
    const next = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const token = jwt.sign(jwt.decode(sign(body)) as object, next.privateKey, {
      algorithm: "ES256",
      header: { alg: "ES256", typ: "oc-mm+jwt", kid: "k2" },
    });
    fetchKeys = () => Promise.reject(new Error("down"));
    expect((await send({ body, token })).json.error?.code).toBe("keys.unavailable");
    fetchKeys = () =>
      Promise.resolve({
        keys: [{ ...next.publicKey.export({ format: "jwk" }), kid: "k2", alg: "ES256", use: "sig" } as never],
      });
    receiver.keys = createKeyRing({ now: () => Date.now(), fetchKeys: () => fetchKeys() });
    receiver.keys.replace({ keys: [jwk as never] });
    expect((await send({ body, token })).status).toBe(200);
  });

  it("C3 holds a peer back after its failures, with Retry-After", async () => {
    for (let i = 0; i < 5; i += 1) await send({ body });
    const answer = await signed(body);
    expect([answer.status, answer.json.error?.code]).toEqual([429, "failures.too_many"]);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("C4 says busy when too many deliveries are in flight", async () => {
    receiver.inFlight.count = 16;
    const answer = await signed(body);
    expect([answer.status, answer.json.error?.code]).toEqual([503, "busy"]);
  });
});
