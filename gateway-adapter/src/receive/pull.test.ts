import { createHash, generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { eventsPath, pullAckSchema, type ChannelEvent, type PullAck } from "@openclaw-mattermost/contract";
import jwt from "jsonwebtoken";
import { MattermostError, type Problem } from "../errors.ts";
import type { Http } from "../mattermost/call.ts";
import { createMattermostClient } from "../mattermost/client.ts";
import type { Receiver } from "./accept.ts";
import { createKeyRing } from "./keys.ts";
import { keepPulling } from "./pull.ts";
import { createReplayMemory } from "./replay.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid: "k1", alg: "ES256", use: "sig" };
const samples = (
  JSON.parse(readFileSync(new URL("../../../contract/vectors/bodies.json", import.meta.url), "utf8")) as {
    cases: { name: string; body: unknown }[];
  }
).cases;
const bodyOf = (name: string): string => JSON.stringify(samples.find((sample) => sample.name === name)?.body);

/** What the plugin saw of one request. */
interface Asked {
  method: string;
  url: string;
  gateway: string;
  ack: PullAck | undefined;
}
type Say = (res: ServerResponse) => void;

let server: Server;
let asked: Asked[];
let script: Say[];
let stored: ChannelEvent[];
let challenges: string[];
let appendFails: boolean;
let problems: string[][];
let pauses: number[];
let turns: number;
let stop: AbortController;

const delivery =
  (body: string, claims: Record<string, unknown> = {}): Say =>
  (res) => {
    const now = Math.floor(Date.now() / 1_000);
    const jti = randomUUID();
    const token = jwt.sign(
      {
        iss: "server-1",
        aud: "gateway-1",
        sub: "default",
        iat: now,
        exp: now + 60,
        jti,
        htm: "GET",
        htu: eventsPath("default"),
        body_sha256: createHash("sha256").update(body).digest("base64url"),
        ...claims,
      },
      pair.privateKey,
      { algorithm: "ES256", header: { alg: "ES256", typ: "oc-mm+jwt", kid: "k1" } },
    );
    res.writeHead(200, {
      "content-type": "application/json",
      "x-openclaw-signature": token,
      "x-openclaw-delivery": jti,
    });
    res.end(body);
  };
const nothing: Say = (res) => res.writeHead(204).end();
const refuse =
  (status: number, code: string): Say =>
  (res) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: { code, message: "" } }));
const broken: Say = (res) => res.destroy();

async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  asked.push({
    method: req.method ?? "",
    url: req.url ?? "",
    gateway: String(req.headers["x-openclaw-gateway"]),
    ack: body ? pullAckSchema.parse(JSON.parse(body)) : undefined,
  });
  const say = script.shift();
  // Nothing left to say: this request waits until the test ends it.
  say?.(res);
}

/** `fetch` of this test, bounded as the guarded one. */
const http: Http = async ({ url, method, headers, body, timeoutMs, signal }) => {
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
    });
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    throw new MattermostError("network", "Mattermost cannot be reached.", { cause: error });
  }
};

/** Pulls until all of the script was said and one more request waits, or the last pause began. */
async function pullAll(over: { isLinked?: () => boolean; says: Say[] }): Promise<Asked[]> {
  script = over.says;
  const { port } = server.address() as AddressInfo;
  const client = createMattermostClient({
    baseUrl: `http://127.0.0.1:${String(port)}`,
    botToken: "t",
    http,
    sleep: async () => undefined,
  });
  const keys = createKeyRing({ now: () => Date.now(), fetchKeys: () => Promise.resolve({ keys: [] }) });
  keys.replace({ keys: [jwk as never] });
  const receiver: Receiver = {
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
    isHeld: () => false,
    answerAsk: () => undefined,
    inFlight: { count: 0 },
    log: () => undefined,
  };
  const wanted = script.length;
  await keepPulling(
    {
      client: {
        pull: (ask) => {
          // The request after the last scripted one is what a test looks at; its answer does not matter.
          if (script.length === 0 && wanted > 0) {
            asked.push({ method: ask.ack ? "POST" : "GET", url: "", gateway: ask.gatewayId, ack: ask.ack });
            stop.abort();
            return Promise.resolve(undefined);
          }
          return client.pull(ask);
        },
      },
      receiver,
      isLinked: over.isLinked ?? (() => true),
      now: () => Date.now(),
      random: () => 0.5,
      sleep: (ms) => {
        pauses.push(ms);
        if (pauses.length > 20) stop.abort();
        return Promise.resolve();
      },
      onTurn: () => {
        turns += 1;
      },
      onProblems: (next: readonly Problem[]) => problems.push(next.map((problem) => problem.code)),
    },
    stop.signal,
  );
  return asked;
}

beforeEach(async () => {
  [asked, script, stored, challenges, problems, pauses] = [[], [], [], [], [], []];
  appendFails = false;
  turns = 0;
  stop = new AbortController();
  server = createServer((req, res) => void serve(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

describe("N2 the pull", () => {
  it("N2 stores a signed delivery and acknowledges it with the next request", async () => {
    const seen = await pullAll({ says: [delivery(bodyOf("created"))] });
    expect(seen.map(({ method }) => method)).toEqual(["GET", "POST"]);
    expect(seen[0]).toMatchObject({
      url: "/plugins/com.openclaw.mattermost/api/v1/events?wait=25",
      gateway: "gateway-1",
    });
    expect(stored).toHaveLength(1);
    expect(seen[1]?.ack).toEqual({ delivery: expect.any(String), acked: [stored[0]?.id], failed: [] });
    expect([problems.flat(), pauses, turns]).toEqual([[], [], 1]);
  });

  it("N2 keeps its receipt until the plugin has heard it, over broken connections and bad gateways", async () => {
    const seen = await pullAll({ says: [delivery(bodyOf("created")), broken, refuse(502, ""), nothing] });
    const receipts = seen.map(({ ack }) => ack?.delivery);
    expect(receipts).toEqual([undefined, receipts[1], receipts[1], receipts[1], undefined]);
    expect(receipts[1]).toBeDefined();
    expect(stored).toHaveLength(1);
    expect(pauses.slice(0, 2)).toEqual([1_000, 2_000]);
  });

  it("N2 answers a ping, and names a broken event, as the webhook does", async () => {
    const seen = await pullAll({
      says: [delivery(bodyOf("ping")), delivery(bodyOf("a broken event does not hold the others back"))],
    });
    expect(seen[1]?.ack?.acked).toEqual(["ping:0123456789abcdef"]);
    expect(challenges[0]).toBe("0123456789abcdef");
    expect(seen[2]?.ack?.acked).toHaveLength(2);
    expect(seen[2]?.ack?.failed).toEqual([expect.objectContaining({ code: "event.schema", retry: false })]);
  });

  const body = bodyOf("created");
  for (const [name, claims, code] of [
    ["a pushed delivery's token", { htm: "POST" }, "token.method"],
    ["a token for another gateway", { aud: "gateway-2" }, "token.audience"],
    ["a token for another body", { body_sha256: "A".repeat(43) }, "token.body"],
    ["an old token", { iat: 1_000, exp: 1_060 }, "token.expired"],
  ] as const) {
    it(`N2 refuses ${name} and acknowledges nothing`, async () => {
      const seen = await pullAll({ says: [delivery(body, claims)] });
      expect(stored).toEqual([]);
      expect(seen[1]).toMatchObject({ method: "GET" });
      expect([problems[0], pauses]).toEqual([[`pull.${code}`], [1_000]]);
    });
  }

  it("N2 refuses the same delivery twice", async () => {
    const jti = randomUUID();
    await pullAll({ says: [delivery(body, { jti }), delivery(body, { jti })] });
    expect(stored).toHaveLength(1);
    expect(problems.flat()).toEqual(["pull.token.replayed"]);
  });

  it("N2 acknowledges nothing while the inbox cannot store, and waits", async () => {
    appendFails = true;
    const seen = await pullAll({ says: [delivery(body), delivery(body)] });
    expect(seen.map(({ ack }) => ack)).toEqual([undefined, undefined, undefined]);
    expect([problems.flat(), pauses]).toEqual([
      ["pull.inbox.unavailable", "pull.inbox.unavailable"],
      [5_000, 5_000],
    ]);
  });

  it("N2 stops when the webhook works, tells it once, and asks again after a while", async () => {
    const webhook = refuse(409, "transport.webhook");
    const seen = await pullAll({ says: [delivery(body), webhook, webhook, delivery(bodyOf("ping"))] });
    expect(seen.map(({ method }) => method)).toEqual(["GET", "POST", "GET", "GET", "POST"]);
    expect([pauses, problems.flat(), turns]).toEqual([[15_000, 15_000], [], 3]);
  });

  it("N2 says in words what only the link's next hello can end", async () => {
    const codes = ["link.pending", "link.refused", "link.unknown", "gateway.other"];
    await pullAll({ says: codes.map((code) => refuse(code === "gateway.other" ? 409 : 403, code)) });
    expect(problems.slice(0, 4).flat()).toEqual(codes);
    expect(pauses).toEqual([15_000, 15_000, 15_000, 15_000]);
  });

  it("N2 waits longer and longer for a server that is away, and tells it from the second failure on", async () => {
    await pullAll({ says: [broken, broken, broken, broken, broken, broken, refuse(401, "login.required"), nothing] });
    expect(pauses.slice(0, 7)).toEqual([1_000, 2_000, 5_000, 10_000, 30_000, 30_000, 30_000]);
    expect(problems.slice(0, 6).flat()).toEqual([...Array<string>(5).fill("server.unreachable"), "token.refused"]);
    expect(problems[6]).toEqual([]);
  });

  it("N2 does not spin when the plugin does not wait", async () => {
    await pullAll({ says: [nothing, nothing] });
    expect(pauses).toEqual([1_000, 1_000]);
  });

  it("N2 asks nothing before the link is made", async () => {
    expect(await pullAll({ says: [], isLinked: () => false })).toEqual([]);
    expect(new Set(pauses)).toEqual(new Set([15_000]));
  });

  it("N2 ends at once when the account stops", async () => {
    const ended = pullAll({ says: [] });
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    // The plugin would not answer for ever.
    stop.abort();
    expect(await ended).toHaveLength(1);
  });
});
