import { createHmac, createPublicKey, generateKeyPairSync, sign as rawSign } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import jwt from "jsonwebtoken";
import { claimsOf, makeKey, openReceiver, PATH, signWith, type HttpAnswer, type OpenReceiver } from "./fake-plugin.ts";
import { verifyToken } from "./token.ts";

const BODY = '{"v":1,"epoch":0,"events":[]}';
const NOW_MS = 1_700_000_000_000;
const EXPECT = { iss: "server-1", aud: "gateway-1", sub: "default", htm: "POST", htu: PATH };
/** The order of the curve P-256: a signature (r, s) is as good as (r, order - s). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const RUNS = 3_000;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const key = makeKey("k1");
const good = (): string => signWith(key, claimsOf(BODY, NOW_MS));
const verdictOf = (token: string) =>
  verifyToken(token, async (kid) => (kid === "k1" ? key.publicKey : undefined), EXPECT, NOW_MS / 1_000);

/** A text with one place changed: a character replaced, put in, or taken out. */
const mutation = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("replace", "insert", "remove"),
  by: fc.oneof(fc.constantFrom(..."ABCxyz019-_=.+/ ".split("")), fc.string({ minLength: 1, maxLength: 3 })),
});
function mutate(text: string, { at, how, by }: { at: number; how: string; by: string }): string {
  const place = at % text.length;
  return text.slice(0, place) + (how === "remove" ? "" : by) + text.slice(how === "insert" ? place : place + 1);
}

function mirrored(token: string): string {
  const [head = "", body = "", signature = ""] = token.split(".");
  const raw = Buffer.from(signature, "base64url");
  const s = BigInt(`0x${raw.subarray(32).toString("hex")}`);
  const other = Buffer.from((ORDER - s).toString(16).padStart(64, "0"), "hex");
  return `${head}.${body}.${Buffer.concat([raw.subarray(0, 32), other]).toString("base64url")}`;
}

describe("C3 a token that was changed", () => {
  it("C3 passes nowhere, whatever is changed", async () => {
    const token = good();
    expect((await verdictOf(token)).ok).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const changed = mutations.reduce(mutate, token);
        expect((await verdictOf(changed)).ok).toBe(changed === token);
      }),
      { numRuns: RUNS },
    );
  });

  it("C3 passes nowhere with other claims below the same signature", async () => {
    const [head = "", , signature = ""] = good().split(".");
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.object(), fc.jsonValue()), async (claims) => {
        expect((await verdictOf(`${head}.${encode(claims)}.${signature}`)).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("C3 whatever claims are signed, only the whole set passes, and nothing throws", async () => {
    const names = Object.keys(claimsOf(BODY, NOW_MS));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.jsonValue(), async (name, value) => {
        const claims = { ...claimsOf(BODY, NOW_MS), [name]: value };
        // Signed by hand: the library would not write most of these.
        const text = `${encode({ alg: "ES256", typ: "oc-mm+jwt", kid: "k1" })}.${encode(claims)}`;
        const signature = rawSign("sha256", Buffer.from(text), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
        const verdict = await verdictOf(`${text}.${signature.toString("base64url")}`);
        if (verdict.ok) expect(typeof value).toBe(name === "iat" || name === "exp" ? "number" : "string");
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("C3 a forger at the webhook", () => {
  let far: OpenReceiver;
  beforeEach(async () => {
    far = await openReceiver({ burst: 1_000_000 });
  });
  afterEach(async () => {
    await far.close();
  });
  const codeOf = (answer: HttpAnswer) => [answer.status, answer.json.error?.code];
  const claims = (): Record<string, unknown> => claimsOf(BODY, Date.now());

  it("C3 gets nowhere without a signature, or with a key that is public", async () => {
    const head = { typ: "oc-mm+jwt", kid: "k1" };
    const pem = createPublicKey(far.key.privateKey).export({ format: "pem", type: "spki" });
    const unsigned = `${encode({ ...head, alg: "none" })}.${encode(claims())}.`;
    const text = `${encode({ ...head, alg: "HS256" })}.${encode(claims())}`;
    const byPublicKey = `${text}.${createHmac("sha256", pem).update(text).digest("base64url")}`;
    for (const token of [unsigned, byPublicKey])
      expect(codeOf(await far.send({ body: BODY, token }))).toEqual([401, "token.header"]);
  });

  it("C3 cannot name a key, a list of criticals or an own key in the header", async () => {
    const own = makeKey("k1");
    for (const more of [
      { crit: ["exp"] },
      { jku: "http://127.0.0.1:1/" },
      { jwk: own.jwk },
      { x5u: "x" },
      { b64: false },
    ]) {
      const header = { alg: "ES256" as const, typ: "oc-mm+jwt", kid: "k1", ...more };
      const token = jwt.sign(claims(), own.privateKey, { algorithm: "ES256", header });
      expect(codeOf(await far.send({ body: BODY, token }))).toEqual([401, "token.header"]);
    }
    expect(codeOf(await far.send({ body: BODY, token: signWith(own, claims()) }))).toEqual([401, "token.signature"]);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const rsa = jwt.sign(claims(), privateKey, {
      algorithm: "RS256",
      header: { alg: "RS256", typ: "oc-mm+jwt", kid: "k1" },
    });
    expect(codeOf(await far.send({ body: BODY, token: rsa }))).toEqual([401, "token.header"]);
  });

  it("C3 what the plugin signed counts for nothing else: no exp, a pull's answer, another account or gateway", async () => {
    const endless = claims();
    delete endless["exp"];
    const cases: [Record<string, unknown>, string][] = [
      [endless, "token.claims"],
      [{ ...claims(), exp: Number.MAX_SAFE_INTEGER }, "token.lifetime"],
      // A gateway that got it as the answer to its pull shows it to another one.
      [{ ...claims(), htm: "GET" }, "token.method"],
      [{ ...claims(), sub: "alerts" }, "token.subject"],
      [{ ...claims(), aud: "gateway-2" }, "token.audience"],
      [{ ...claims(), aud: ["gateway-1", "gateway-2"] }, "token.claims"],
      [{ ...claims(), iss: "server-2" }, "token.issuer"],
      [{ ...claims(), htu: `/proxy${PATH}` }, "token.path"],
    ];
    for (const [signed, code] of cases)
      expect(codeOf(await far.send({ body: BODY, token: signWith(far.key, signed) }))).toEqual([401, code]);
  });

  it("C3 a claim that is there twice counts as the signed bytes say, by the last one", async () => {
    const twice = `${JSON.stringify(claims()).slice(0, -1)},"sub":"alerts"}`;
    const text = `${encode({ alg: "ES256", typ: "oc-mm+jwt", kid: "k1" })}.${Buffer.from(twice).toString("base64url")}`;
    const signature = rawSign("sha256", Buffer.from(text), { key: far.key.privateKey, dsaEncoding: "ieee-p1363" });
    const token = `${text}.${signature.toString("base64url")}`;
    expect(codeOf(await far.send({ body: BODY, token }))).toEqual([401, "token.subject"]);
  });

  it("C3 a signature in another spelling is refused, in its mirrored form it is the same attempt", async () => {
    const token = far.sign(BODY);
    // An empty batch: the signature passes, the body does not.
    expect(codeOf(await far.send({ body: BODY, token: mirrored(token) }))).toEqual([422, "body.schema"]);
    expect(codeOf(await far.send({ body: BODY, token }))).toEqual([401, "token.replayed"]);
    const fresh = far.sign(BODY);
    const last = fresh.at(-1) ?? "";
    const spelling = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      .split("")
      .filter((c) => c !== last);
    for (const char of spelling)
      expect((await far.send({ body: BODY, token: fresh.slice(0, -1) + char })).status).toBe(401);
    for (const other of [`${fresh}=`, `${fresh}.`, ` ${fresh}`.replace(".", " .")])
      expect((await far.send({ body: BODY, token: other })).status).toBe(401);
  });

  it("C3 C4 strange paths, methods, headers and bodies are refused in the contract's words, never by a fault", async () => {
    const method = fc.constantFrom("POST", "GET", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND");
    const segment = fc.oneof(
      fc.constantFrom(
        "default",
        "..",
        "%2e%2e",
        "%00",
        "%ff",
        "%",
        "events",
        "v1",
        "v2",
        "__proto__",
        "constructor",
        "",
      ),
      fc.string({ maxLength: 8 }).map((text) => encodeURIComponent(text.toWellFormed())),
    );
    const path = fc.oneof(
      fc.constant(PATH),
      fc.array(segment, { maxLength: 5 }).map((parts) => `/mattermost/v1/${parts.join("/")}`),
    );
    const visible = fc.string({ maxLength: 200 }).map((text) => text.replace(/[^\x20-\x7e]/g, "~"));
    await fc.assert(
      fc.asyncProperty(method, path, visible, visible, fc.string(), async (verb, where, token, type, body) => {
        const sent = {
          method: verb,
          path: where,
          token,
          type,
          ...(verb === "GET" ? {} : { body, length: Buffer.byteLength(body) }),
        };
        const answer = await far.send(sent);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
        expect(answer.json.error?.code).toMatch(/^[a-z_]+(\.[a-z_]+)?$/);
      }),
      { numRuns: 800 },
    );
    expect(far.stored).toEqual([]);
  }, 60_000);

  it("C4 whatever is signed as a body is stored whole, or refused in words", async () => {
    const nested = "[".repeat(10_000) + "]".repeat(10_000);
    const deep = (inside: string): string => `{"v":1,"epoch":0,"events":[{"id":"x","type":"post.created",${inside}}]}`;
    const bodies = [
      nested,
      deep(`"post":${nested}`),
      deep(`"unknown":${nested}`),
      '{"v":1,"epoch":0,"events":[],"__proto__":{"polluted":1}}',
      `{"v":1,"epoch":${"9".repeat(400)},"events":[{}]}`,
      Buffer.from([0x1f, 0x8b, 8, 0]),
      Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
      "",
    ];
    for (const body of bodies) {
      const answer = await far.deliver(body);
      expect([200, 400, 422]).toContain(answer.status);
      expect(answer.json.acked ?? []).toEqual([]);
    }
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect([200, 400, 422]).toContain((await far.deliver(JSON.stringify(value))).status);
      }),
      { numRuns: 200 },
    );
    expect(far.stored).toEqual([]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
