import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { residentMb } from "@openclaw-mattermost/testbed";
import type { Attack, Ground } from "../ground.ts";
import { claimsOf, deliver, encode, harmlessBody, headerOf, PATH, signed, toGateway, tokenFor } from "../gateway.ts";
import { type Answer, each, isFault } from "../http.ts";
import { type Outcome, outcome } from "../table.ts";

const LONG_COUNT = 100_000;
const SHORT_COUNT = 4_000;
const WIDTH = 16;
/** The limiter lets an address fail 30 times: who comes from others meets every check. */
const FAILURES_EACH = 25;
const GROWTH_MB = 50;

/** One of the loopback addresses, a new one after each few tries. */
const addressOf = (index: number): string => {
  const number = Math.floor(index / FAILURES_EACH);
  return `127.7.${String((number >> 8) & 255)}.${String(number & 255)}`;
};

const change = fc.record({
  what: fc.constantFrom("token", "token", "header", "body", "path", "type", "method"),
  how: fc.constantFrom("replace", "insert", "remove"),
  at: fc.nat(),
  by: fc.constantFrom(..."ABCxyz019-_=.~!%".split("")),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function mutate(text: string, { how, at, by }: Change): string {
  const place = at % text.length;
  return text.slice(0, place) + (how === "remove" ? "" : by) + text.slice(how === "insert" ? place : place + 1);
}

/** A good delivery with one thing changed. Each but those that change nothing must be refused. */
async function mutated(ground: Ground): Promise<Outcome> {
  const { stack, signer, long } = ground;
  const changes = fc.sample(change, { numRuns: long ? LONG_COUNT : SHORT_COUNT, seed: 20261124 });
  let [tried, accepted, faults] = [0, 0, 0];
  const codes = new Map<string, number>();
  // What a process needs once is not growth.
  for (let i = 0; i < 50; i += 1) await deliver(stack, signer);
  const before = residentMb(stack.gateway.pid);
  await each(changes, WIDTH, async (one, index) => {
    const body = harmlessBody();
    const token = tokenFor(signer, body);
    const good = { token, body, path: PATH, type: "application/json", method: "POST" };
    const sent = { ...good, ...(one.what === "header" ? {} : { [one.what]: mutate(good[one.what], one) }) };
    if (one.what === "method") sent.method = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"][one.at % 5] ?? "GET";
    const headers: Record<string, string> = { "content-type": sent.type };
    if (one.what === "header") sent.token = withHeader(token, one);
    if (JSON.stringify({ ...sent }) === JSON.stringify(good)) return;
    // Of the content type nothing hangs on its parameters, and none of its letters on their case.
    if (one.what === "type" && /^application\/json\s*(;|$)/i.test(sent.type)) return;
    const answer = await toGateway(stack, {
      ...{ token: sent.token, path: sent.path, method: sent.method, headers, from: addressOf(index) },
      ...(sent.method === "GET" ? {} : { body: sent.body }),
    });
    tried += 1;
    // A path that Express reads as the same one is the same one.
    if (answer.status === 200 && !(one.what === "path" && sent.path.toLowerCase().replace(/\/$/, "") === PATH))
      accepted += 1;
    if (isFault(answer)) faults += 1;
    codes.set(answer.code || String(answer.status), (codes.get(answer.code || String(answer.status)) ?? 0) + 1);
  });
  const grown = residentMb(stack.gateway.pid) - before;
  const most = [...codes].sort((a, b) => b[1] - a[1]).slice(0, 6);
  const note = `${most.map(([code, count]) => `${code} ${String(count)}`).join(", ")}; memory ${grown.toFixed(0)} MB more`;
  const result = outcome(tried, accepted, faults, note);
  return { ...result, passed: result.passed && grown <= GROWTH_MB };
}

/** The same claims and signature below another header. */
function withHeader(token: string, { at, by }: Change): string {
  const [head = "", ...rest] = token.split(".");
  const header = JSON.parse(Buffer.from(head, "base64url").toString()) as Record<string, unknown>;
  const names = ["alg", "typ", "kid", "crit", "jku", "x5u", "jwk"];
  header[names[at % names.length] ?? "alg"] = by;
  return [encode(header), ...rest].join(".");
}

/** Tokens that no mistake makes, only a forger. */
async function forged({ stack, signer }: Ground): Promise<Outcome> {
  const body = harmlessBody();
  const claims = claimsOf(signer, body);
  const header = headerOf(signer);
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const pem = createPublicKey(signer.key).export({ format: "pem", type: "spki" });
  const byHmac = (alg: string): string => {
    const text = `${encode({ ...header, alg })}.${encode(claims)}`;
    return `${text}.${createHmac(alg.replace("HS", "sha"), pem).update(text).digest("base64url")}`;
  };
  const twice = `${JSON.stringify(claims).slice(0, -1)},"sub":"alerts"}`;
  const { exp, ...endless } = claims;
  const more = (extra: object): string => signed(own, { ...header, ...extra }, claims);
  const tokens: Record<string, string> = {
    none: `${encode({ ...header, alg: "none" })}.${encode(claims)}.`,
    "None, with a signature": signed(own, { ...header, alg: "None" }, claims),
    HS256: byHmac("HS256"),
    HS512: byHmac("HS512"),
    "another key, the same kid": signed(own, header, claims),
    "another key, its own kid": signed(own, { ...header, kid: "mine" }, claims),
    "a kid that is a path": signed(own, { ...header, kid: "../../dev/null" }, claims),
    crit: more({ crit: ["exp"] }),
    jku: more({ jku: `${stack.mattermost.url}/jwks.json` }),
    jwk: more({ jwk: createPublicKey(own).export({ format: "jwk" }) }),
    x5c: more({ x5c: ["AAAA"] }),
    "a claim twice": signed(signer.key, header, twice),
    "no exp": signed(signer.key, header, endless),
    "exp as a text": signed(signer.key, header, { ...claims, exp: String(exp) }),
    "a year long": signed(signer.key, header, { ...claims, exp: Number(exp) + 31_536_000 }),
    "a pull's answer, shown to the webhook": signed(signer.key, header, { ...claims, htm: "GET" }),
    "for another server": signed(signer.key, header, { ...claims, iss: "other" }),
    "for several gateways": signed(signer.key, header, { ...claims, aud: [signer.aud, "other"] }),
    "the bot's own token": stack.bot.token,
  };
  let [accepted, faults] = [0, 0];
  const through: string[] = [];
  for (const [name, token] of Object.entries(tokens)) {
    const answer: Answer = await toGateway(stack, { body, token });
    if (answer.status === 200) through.push(name);
    accepted += answer.status === 200 ? 1 : 0;
    faults += isFault(answer) ? 1 : 0;
  }
  // What proves that the others failed for their own reason.
  const control = await toGateway(stack, { body, token: tokenFor(signer, body) });
  const result = outcome(Object.keys(tokens).length, accepted, faults, through.join(", "));
  return control.status === 200 ? result : { ...result, passed: false, note: `the good one: ${control.code}` };
}

export const FORGERY: readonly Attack[] = [
  {
    attacker: "forger on the network: a good delivery with one thing changed",
    defence: "ES256 over header, claims and body; strict header, path, type",
    run: mutated,
  },
  {
    attacker:
      "forger on the network: alg none, HS256 with the public key, crit, jku, doubled claims, no exp, a pull's answer",
    defence: "one algorithm, three header fields, all claims required, htm",
    run: forged,
  },
];
