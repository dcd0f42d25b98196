import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { BODY_MAX_BYTES, eventsPath } from "@openclaw-mattermost/contract";
import jwt from "jsonwebtoken";
import { makeKey, openReceiver, signWith, type HttpAnswer, type OpenReceiver, type Sent } from "./fake-plugin.ts";
import { createKeyRing } from "./keys.ts";

const samples = (
  JSON.parse(readFileSync(new URL("../../../contract/vectors/bodies.json", import.meta.url), "utf8")) as {
    cases: { name: string; body: unknown }[];
  }
).cases;
const bodyOf = (name: string): string => JSON.stringify(samples.find((sample) => sample.name === name)?.body);

let far: OpenReceiver;
const send = (sent: Sent): Promise<HttpAnswer> => far.send(sent);
const sign = (body: string, claims?: Record<string, unknown>): string => far.sign(body, claims);
const signed = (body: string, claims?: Record<string, unknown>): Promise<HttpAnswer> => far.deliver(body, claims);

beforeEach(async () => {
  far = await openReceiver();
});
afterEach(async () => {
  await far.close();
});

describe("C4 the webhook", () => {
  it("C4 stores a signed delivery and names the ids it holds", async () => {
    const answer = await signed(bodyOf("created"));
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ acked: far.stored.map((event) => event.id), failed: [] });
    expect(far.stored).toHaveLength(1);
  });

  it("C4 answers a ping without storing it, and proves that it arrived", async () => {
    const answer = await signed(bodyOf("ping"));
    expect(answer.json.acked).toEqual(["ping:0123456789abcdef"]);
    expect(far.challenges).toEqual(["0123456789abcdef"]);
    expect(far.stored).toEqual([]);
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
    expect(far.stored).toEqual([]);
  });

  it("S17 lets no event in while events still come by another way, but proves that a ping arrived", async () => {
    far.state.held = true;
    const early = await signed(bodyOf("created"));
    expect([early.status, early.json.error?.code, early.headers["retry-after"]]).toEqual([503, "busy", "2"]);
    expect((await signed(bodyOf("ping"))).json.acked).toEqual(["ping:0123456789abcdef"]);
    far.state.held = false;
    expect((await signed(bodyOf("created"))).status).toBe(200);
  });

  it("C4 says 503 with Retry-After while the inbox cannot store, and accepts the next attempt", async () => {
    far.state.appendFails = true;
    const full = await signed(bodyOf("created"));
    expect([full.status, full.json.error?.code, full.headers["retry-after"]]).toEqual([503, "inbox.unavailable", "5"]);
    far.state.appendFails = false;
    expect((await signed(bodyOf("created"))).status).toBe(200);
  });

  const body = bodyOf("created");
  const refusals: { name: string; call: () => Promise<HttpAnswer>; status: number; code: string }[] = [
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
      expect(far.stored).toEqual([]);
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
    far.state.find = "stopped";
    expect((await signed(body)).json.error?.code).toBe("keys.unavailable");
    far.state.find = { ...far.receiver, serverId: () => undefined };
    const answer = await signed(body);
    expect([answer.status, answer.json.error?.code, answer.headers["retry-after"]]).toEqual([
      503,
      "keys.unavailable",
      "2",
    ]);
  });

  it("C3 reads the key set anew for an unknown key, and says 503 if that fails", async () => {
    const next = makeKey("k2");
    const token = signWith(next, jwt.decode(sign(body)) as Record<string, unknown>);
    far.state.fetchKeys = () => Promise.reject(new Error("down"));
    expect((await send({ body, token })).json.error?.code).toBe("keys.unavailable");
    far.state.fetchKeys = () => Promise.resolve({ keys: [next.jwk] });
    expect((await send({ body, token })).status).toBe(200);
    // What the set does not have any more is refused from then on.
    expect((await signed(body)).json.error?.code).toBe("token.key_unknown");
  });

  it("C3 reads the key set for all who wait at once, and not sooner than the pause after the last time", async () => {
    let now = 10_000;
    let reads = 0;
    const slept: number[] = [];
    const keys = createKeyRing({
      now: () => now,
      fetchKeys: async () => {
        reads += 1;
        return { keys: [far.key.jwk] };
      },
      sleep: async (ms) => {
        slept.push(ms);
        now += ms;
      },
    });
    await Promise.all(Array.from({ length: 50 }, (_, i) => keys.find(`unknown-${String(i)}`)));
    expect([reads, slept]).toEqual([1, []]);
    now += 100;
    await keys.find("unknown");
    expect([reads, slept]).toEqual([2, [400]]);
    expect(await keys.find("k1")).toBeDefined();
    expect(keys.findNow("k1")).toBeDefined();
    expect(keys.findNow("unknown")).toBeUndefined();
    await keys.find("unknown");
    expect(reads).toBe(3);
  });

  it("C3 tells of a key that was not there before, and of nothing else", async () => {
    let told = 0;
    const sets = [[far.key.jwk], [far.key.jwk], [makeKey("k2").jwk], []];
    const keys = createKeyRing({
      now: Date.now,
      fetchKeys: async () => ({ keys: sets.shift() ?? [] }),
      onNewKey: () => (told += 1),
      sleep: () => Promise.resolve(),
    });
    const seen: number[] = [];
    for (const kid of ["k1", "unknown", "k2", "gone"]) {
      await keys.find(kid);
      seen.push(told);
    }
    expect(seen).toEqual([0, 0, 1, 1]);
  });

  it("C3 holds a peer back after its failures, with Retry-After, but never who signs", async () => {
    for (let i = 0; i < 5; i += 1) expect((await send({ body })).status).toBe(401);
    const answer = await send({ body });
    expect([answer.status, answer.json.error?.code]).toEqual([429, "failures.too_many"]);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect((await signed(body)).status).toBe(200);
  });

  it("C3 a peer that was held back is not waited for, but its unknown key is learnt for the next attempt", async () => {
    const next = makeKey("k2");
    far.state.fetchKeys = () => Promise.resolve({ keys: [far.key.jwk, next.jwk] });
    for (let i = 0; i < 5; i += 1) await send({ body });
    const token = signWith(next, jwt.decode(sign(body)) as Record<string, unknown>);
    expect((await send({ body, token })).status).toBe(429);
    expect((await send({ body, token })).status).toBe(200);
  });

  it("C4 says busy when too many deliveries are in flight, which only signed ones can be", async () => {
    far.receiver.inFlight.count = 16;
    const answer = await signed(body);
    expect([answer.status, answer.json.error?.code]).toEqual([503, "busy"]);
    expect((await send({ body })).status).toBe(401);
  });

  it("C4 a path that cannot be read is no page with the inside of the gateway", async () => {
    const answer = await send({ path: "/mattermost/v1/%ff/events", body });
    expect([answer.status, answer.json.error?.code]).toEqual([404, "route.unknown"]);
    expect(answer.text).not.toContain("node_modules");
  });

  it("C4 what nobody expected is a 503 without its reason", async () => {
    far.state.find = {
      ...far.receiver,
      serverId: () => {
        throw new Error("the inside");
      },
    };
    const answer = await signed(body);
    expect([answer.status, answer.json.error?.code]).toEqual([503, "inbox.unavailable"]);
    expect(answer.text).not.toContain("the inside");
    expect(far.logged.join()).toContain("the inside");
  });
});
