/**
 * Writes `vectors/*.json`: cases that the Go and the TypeScript tests both run in full.
 * ES256 signatures are random, so the tokens change with every run; run it only when a case is added.
 */
import { createHash, createPublicKey, generateKeyPairSync, sign as cryptoSign, type KeyObject } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import jwt from "jsonwebtoken";
import { eventsPath, EVENTS_MAX } from "../src/limits.ts";

const folder = new URL("../vectors/", import.meta.url);
mkdirSync(folder, { recursive: true });
const write = (name: string, value: unknown): void =>
  writeFileSync(new URL(name, folder), `${JSON.stringify(value, null, 2)}\n`);

const id = (seed: string): string => seed.padEnd(26, "0").slice(0, 26);

// ── keys: made anew with each run; no private key is kept ───────────────────────────────────────
interface KeyPair {
  kid: string;
  private: KeyObject;
}
const makeKey = (kid: string): KeyPair => ({
  kid,
  private: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
});
const keys = { trusted: makeKey("test-key-1"), other: makeKey("test-key-2") };
const signing = (pair: KeyPair): KeyObject => pair.private;
const publicJwk = (pair: KeyPair): object => {
  const { kty, crv, x, y } = createPublicKey(signing(pair)).export({ format: "jwk" });
  return { kty, crv, x, y };
};

// ── tokens ─────────────────────────────────────────────────────────────────────────────────────
const NOW_S = 1_790_000_000;
const account = "default";
const body = JSON.stringify({
  v: 1,
  epoch: 0,
  events: [
    {
      id: "ping:0123456789abcdef",
      type: "ping",
      lane: "ping",
      ts: NOW_S * 1000,
      ping: { challenge: "0123456789abcdef" },
    },
  ],
});
const hash = (text: string): string => createHash("sha256").update(text).digest("base64url");
const goodClaims = {
  iss: "server-diagnostic-id",
  aud: "gateway-0001",
  sub: account,
  iat: NOW_S,
  exp: NOW_S + 60,
  jti: "attempt-0000000000000001",
  htm: "POST",
  htu: eventsPath(account),
  body_sha256: hash(body),
};
type Claims = Record<string, unknown>;
const header = { alg: "ES256", typ: "oc-mm+jwt", kid: keys.trusted.kid };
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Signs any header and claims, also those that a library refuses to sign. */
function rawToken(head: object, claims: Claims, pair: KeyPair = keys.trusted): string {
  const input = `${part(head)}.${part(claims)}`;
  return `${input}.${es256(input, signing(pair))}`;
}
function es256(input: string, key: KeyObject): string {
  return cryptoSign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");
}
const token = (claims: Claims = {}, head: object = {}, pair: KeyPair = keys.trusted): string =>
  rawToken({ ...header, ...head }, { ...goodClaims, ...claims }, pair);
const without = (name: string): string => {
  return rawToken(header, Object.fromEntries(Object.entries(goodClaims).filter(([claim]) => claim !== name)));
};

const N = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
/** The same signature with s replaced by n - s: valid for the same key, other characters. */
function malleated(text: string): string {
  const [head, claims, signature] = text.split(".") as [string, string, string];
  const raw = Buffer.from(signature, "base64url");
  const s = N - BigInt(`0x${raw.subarray(32).toString("hex")}`);
  const twin = Buffer.concat([raw.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, "0"), "hex")]);
  return `${head}.${claims}.${twin.toString("base64url")}`;
}
/** Same bytes, other last character: the unused bits of base64url set. */
function reencoded(text: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(text.at(-1) ?? "A");
  return text.slice(0, -1) + (alphabet[last + 1] ?? "B");
}
function changedByte(text: string): string {
  const [head, claims, signature] = text.split(".") as [string, string, string];
  const raw = Buffer.from(signature, "base64url");
  raw[5] = (raw[5] ?? 0) ^ 1;
  return `${head}.${claims}.${raw.toString("base64url")}`;
}
const good = token();
const hmacKey = Buffer.from(createPublicKey(signing(keys.trusted)).export({ format: "pem", type: "spki" }));

write("tokens.json", {
  about:
    "Each case is verified with a fresh replay memory, `now` and `trusted`; `after` names tokens shown before it, in order.",
  now: NOW_S,
  trusted: { keys: [{ ...publicJwk(keys.trusted), alg: "ES256", use: "sig", kid: keys.trusted.kid }] },
  expect: { iss: goodClaims.iss, aud: goodClaims.aud, sub: account, htm: "POST", htu: goodClaims.htu },
  body,
  cases: [
    { name: "a whole and fresh token", token: good, code: null },
    { name: "unknown claims are ignored", token: token({ extra: { a: 1 } }), code: null },
    { name: "issued 30 s ahead of our clock", token: token({ iat: NOW_S + 30, exp: NOW_S + 60 }), code: null },
    { name: "expired 29 s ago", token: token({ iat: NOW_S - 89, exp: NOW_S - 29 }), code: null },
    { name: "the signature's other form is as good the first time", token: malleated(good), code: null },
    { name: "none", token: "", code: "token.missing" },
    { name: "two parts", token: good.split(".").slice(0, 2).join("."), code: "token.malformed" },
    { name: "four parts", token: `${good}.AA`, code: "token.malformed" },
    { name: "padded base64", token: `${good}=`, code: "token.malformed" },
    { name: "re-encoded last character", token: reencoded(good), code: "token.malformed" },
    { name: "standard base64 alphabet", token: `${good.slice(0, -3)}+/A`, code: "token.malformed" },
    { name: "a space inside", token: good.replace(".", " ."), code: "token.malformed" },
    {
      name: "header is no JSON",
      token: `${Buffer.from("nope").toString("base64url")}.${good.split(".").slice(1).join(".")}`,
      code: "token.malformed",
    },
    {
      name: "claims are no JSON",
      token: (() => {
        const i = `${part(header)}.${Buffer.from("nope").toString("base64url")}`;
        return `${i}.${es256(i, signing(keys.trusted))}`;
      })(),
      code: "token.claims",
    },
    { name: "alg none", token: `${part({ ...header, alg: "none" })}.${part(goodClaims)}.`, code: "token.header" },
    {
      name: "alg HS256 with the public key as secret",
      token: jwt.sign(goodClaims, hmacKey, {
        algorithm: "HS256",
        header: { alg: "HS256", typ: "oc-mm+jwt", kid: keys.trusted.kid },
      }),
      code: "token.header",
    },
    { name: "another typ", token: token({}, { typ: "JWT" }), code: "token.header" },
    { name: "a crit header", token: token({}, { crit: ["b64"], b64: false }), code: "token.header" },
    {
      name: "a key inside the header",
      token: token({}, { jwk: publicJwk(keys.other) }, keys.other),
      code: "token.header",
    },
    {
      name: "a key address inside the header",
      token: token({}, { jku: "https://example.com/jwks.json" }),
      code: "token.header",
    },
    { name: "no kid", token: rawToken({ alg: "ES256", typ: "oc-mm+jwt" }, goodClaims), code: "token.header" },
    { name: "an unknown kid", token: token({}, { kid: keys.other.kid }, keys.other), code: "token.key_unknown" },
    { name: "signed by another key under our kid", token: token({}, {}, keys.other), code: "token.signature" },
    { name: "a changed byte in the signature", token: changedByte(good), code: "token.signature" },
    {
      name: "claims changed after signing",
      token: (() => {
        const [h, , s] = good.split(".") as [string, string, string];
        return `${h}.${part({ ...goodClaims, sub: "other" })}.${s}`;
      })(),
      code: "token.signature",
    },
    {
      name: "a DER signature",
      token: (() => {
        const i = `${part(header)}.${part(goodClaims)}`;
        return `${i}.${cryptoSign("sha256", Buffer.from(i), signing(keys.trusted)).toString("base64url")}`;
      })(),
      code: "token.signature",
    },
    { name: "without iss", token: without("iss"), code: "token.claims" },
    { name: "without aud", token: without("aud"), code: "token.claims" },
    { name: "without sub", token: without("sub"), code: "token.claims" },
    { name: "without iat", token: without("iat"), code: "token.claims" },
    { name: "without exp", token: without("exp"), code: "token.claims" },
    { name: "without jti", token: without("jti"), code: "token.claims" },
    { name: "without htm", token: without("htm"), code: "token.claims" },
    { name: "without htu", token: without("htu"), code: "token.claims" },
    { name: "without body_sha256", token: without("body_sha256"), code: "token.claims" },
    { name: "a list of audiences", token: token({ aud: [goodClaims.aud, "other"] }), code: "token.claims" },
    { name: "times as text", token: token({ exp: String(NOW_S + 60) }), code: "token.claims" },
    { name: "fractions of a second", token: token({ iat: NOW_S + 0.5 }), code: "token.claims" },
    { name: "a short jti", token: token({ jti: "short" }), code: "token.claims" },
    { name: "another server", token: token({ iss: "another-server" }), code: "token.issuer" },
    { name: "another gateway", token: token({ aud: "gateway-0002" }), code: "token.audience" },
    { name: "another account", token: token({ sub: "alerts" }), code: "token.subject" },
    { name: "a life of 61 s", token: token({ exp: NOW_S + 61 }), code: "token.lifetime" },
    { name: "ends before it begins", token: token({ iat: NOW_S, exp: NOW_S - 1 }), code: "token.lifetime" },
    {
      name: "issued 31 s ahead of our clock",
      token: token({ iat: NOW_S + 31, exp: NOW_S + 60 }),
      code: "token.not_yet",
    },
    { name: "expired 31 s ago", token: token({ iat: NOW_S - 91, exp: NOW_S - 31 }), code: "token.expired" },
    { name: "another method", token: token({ htm: "PUT" }), code: "token.method" },
    { name: "another path", token: token({ htu: eventsPath("alerts") }), code: "token.path" },
    {
      name: "the path with a proxy's prefix",
      token: token({ htu: `/proxy${eventsPath(account)}` }),
      code: "token.path",
    },
    { name: "another body", token: token({ body_sha256: hash(`${body} `) }), code: "token.body" },
    { name: "shown twice", token: good, after: [good], code: "token.replayed" },
    {
      name: "shown again with the signature's other form",
      token: malleated(good),
      after: [good],
      code: "token.replayed",
    },
    { name: "the same jti with other claims", token: token({ extra: 2 }), after: [good], code: "token.replayed" },
    {
      name: "a second attempt with a new jti",
      token: token({ jti: "attempt-0000000000000002" }),
      after: [good],
      code: null,
    },
    { name: "a failed showing does not burn the jti", token: good, after: [changedByte(good)], code: null },
  ],
});

// ── bodies ─────────────────────────────────────────────────────────────────────────────────────
const actor = {
  id: id("user1"),
  username: "anna",
  display_name: "Anna",
  is_bot: false,
  is_guest: false,
  is_system: false,
  is_webhook: false,
};
const channel = {
  id: id("channel1"),
  type: "O",
  name: "town-square",
  display_name: "Town Square",
  team_id: id("team1"),
  team_name: "acme",
};
const direct = {
  id: id("direct1"),
  type: "D",
  name: `${id("bot1")}__${id("user1")}`,
  display_name: "",
  team_id: "",
  team_name: "",
};
const post = {
  id: id("post1"),
  user_id: actor.id,
  root_id: "",
  message: "hello",
  type: "",
  create_at: 1_790_000_000_000,
  edit_at: 0,
  file_ids: [],
  props: {},
};
const at = { lane: channel.id, ts: 1_790_000_000_000, stale: false, actor, channel, thread_root: "" };
const created = { ...at, id: `post.created:${post.id}`, type: "post.created", post };
const samples = {
  created,
  "created in a thread, with files and props": {
    ...created,
    id: `post.created:${id("post2")}`,
    thread_root: id("post1"),
    post: {
      ...post,
      id: id("post2"),
      root_id: id("post1"),
      file_ids: [id("file1"), id("file2")],
      props: { from_webhook: "true", override_username: "CI" },
    },
  },
  "created in a direct channel": { ...created, channel: direct, lane: direct.id },
  "created with every kind of character": {
    ...created,
    post: { ...post, message: 'Ünï 😀 \u0000 \u2028 " \\ \n\t <script>' },
  },
  "created stale": { ...created, stale: true },
  edited: {
    ...at,
    id: `post.edited:${post.id}:1790000001000`,
    type: "post.edited",
    ts: 1_790_000_001_000,
    post: { ...post, message: "hello again", edit_at: 1_790_000_001_000 },
  },
  deleted: {
    ...at,
    id: `post.deleted:${post.id}`,
    type: "post.deleted",
    post: { id: post.id, user_id: post.user_id, root_id: "", create_at: post.create_at },
  },
  "reaction added": {
    ...at,
    id: `reaction.added:${post.id}:${actor.id}:+1:1790000002000`,
    type: "reaction.added",
    reaction: { post_id: post.id, emoji_name: "+1", create_at: 1_790_000_002_000 },
  },
  "reaction removed": {
    ...at,
    id: `reaction.removed:${post.id}:${actor.id}:+1:1790000003000`,
    type: "reaction.removed",
    reaction: { post_id: post.id, emoji_name: "+1", create_at: 1_790_000_002_000 },
  },
  command: {
    ...at,
    id: `command.invoked:${id("command1")}`,
    type: "command.invoked",
    command: { id: id("command1"), trigger: "oc_model", text: "list" },
  },
  click: {
    ...at,
    id: `action.clicked:${id("click1")}`,
    type: "action.clicked",
    click: {
      id: id("click1"),
      post_id: post.id,
      action_id: "yes",
      label: "Yes",
      selected_option: "",
      context: { action_id: "yes" },
    },
  },
  dialog: {
    ...at,
    id: `dialog.submitted:${id("dialog1")}`,
    type: "dialog.submitted",
    dialog: {
      id: id("dialog1"),
      post_id: post.id,
      action_id: "say",
      label: "Say more",
      text: "because",
      context: { action_id: "say", dialog: { title: "Why?" } },
    },
  },
  ping: {
    id: "ping:0123456789abcdef",
    type: "ping",
    lane: "ping",
    ts: 1_790_000_000_000,
    stale: false,
    ping: { challenge: "0123456789abcdef" },
  },
};
const batch = (...events: object[]): object => ({ v: 1, epoch: 0, events });
const drop = (object: object, ...names: string[]): object =>
  Object.fromEntries(Object.entries(object).filter(([k]) => !names.includes(k)));
const many = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({
    ...created,
    id: `post.created:${id(`p${i}x`)}`,
    post: { ...post, id: id(`p${i}x`) },
  }));

write("bodies.json", {
  about:
    "`events` null: the whole body is refused with `code`. Else one verdict an event, in order: `ok`, `unknown` (acknowledged, dropped) or `event.schema`. `sender`: may a sender produce it.",
  cases: [
    ...Object.entries(samples).map(([name, event]) => ({ name, body: batch(event), events: ["ok"], sender: true })),
    {
      name: "all types in one batch",
      body: batch(
        ...Object.values(samples).filter(
          (e) =>
            e !== samples["created stale"] &&
            e !== samples["created in a direct channel"] &&
            e !== samples["created with every kind of character"],
        ),
      ),
      events: Array.from({ length: 10 }, () => "ok"),
      sender: true,
    },
    {
      name: "as many events as allowed",
      body: batch(...many(EVENTS_MAX)),
      events: Array.from({ length: EVENTS_MAX }, () => "ok"),
      sender: true,
    },
    { name: "a later epoch", body: { ...batch(created), epoch: 7 }, events: ["ok"], sender: true },
    {
      name: "unknown fields everywhere",
      body: {
        ...batch({ ...created, extra: 1, post: { ...post, extra: 2 }, actor: { ...actor, extra: 3 } }),
        extra: 4,
      },
      events: ["ok"],
      sender: false,
    },
    {
      name: "an unknown type",
      body: batch({ id: "channel.renamed:1", type: "channel.renamed", lane: channel.id, ts: 1 }),
      events: ["unknown"],
      sender: false,
    },
    {
      name: "an unknown type between known ones",
      body: batch(created, { id: "x:1", type: "x.y", lane: "l" }, samples.ping),
      events: ["ok", "unknown", "ok"],
      sender: false,
    },
    {
      name: "fields with a default left out",
      body: {
        v: 1,
        events: [
          {
            ...drop(created, "stale"),
            actor: drop(actor, "display_name", "is_guest", "is_system", "is_webhook"),
            channel: drop(channel, "display_name", "team_name"),
            post: drop(post, "type", "edit_at", "file_ids", "props"),
          },
        ],
      },
      events: ["ok"],
      sender: false,
    },
    {
      name: "a known type without its part",
      body: batch(drop(created, "post")),
      events: ["event.schema"],
      sender: false,
    },
    {
      name: "a dialog without a text",
      body: batch({ ...samples.dialog, dialog: { ...samples.dialog.dialog, text: "" } }),
      events: ["event.schema"],
      sender: false,
    },
    {
      name: "a broken event does not hold the others back",
      body: batch(samples.ping, drop(created, "actor"), samples.edited),
      events: ["ok", "event.schema", "ok"],
      sender: false,
    },
    {
      name: "an id that is no Mattermost id",
      body: batch({ ...created, post: { ...post, id: "short" } }),
      events: ["event.schema"],
      sender: false,
    },
    {
      name: "a channel type that does not exist",
      body: batch({ ...created, channel: { ...channel, type: "X" } }),
      events: ["event.schema"],
      sender: false,
    },
    {
      name: "is_bot as text",
      body: batch({ ...created, actor: { ...actor, is_bot: "false" } }),
      events: ["event.schema"],
      sender: false,
    },
    {
      name: "is_bot left out",
      body: batch({ ...created, actor: drop(actor, "is_bot") }),
      events: ["event.schema"],
      sender: false,
    },
    { name: "a negative time", body: batch({ ...created, ts: -1 }), events: ["event.schema"], sender: false },
    {
      name: "a fraction of a millisecond",
      body: batch({ ...created, ts: 1.5 }),
      events: ["event.schema"],
      sender: false,
    },
    { name: "no events", body: batch(), events: null, code: "body.schema", sender: false },
    {
      name: "one event too many",
      body: batch(...many(EVENTS_MAX + 1)),
      events: null,
      code: "body.schema",
      sender: false,
    },
    { name: "another version", body: { ...batch(created), v: 2 }, events: null, code: "body.schema", sender: false },
    { name: "no version", body: { events: [created] }, events: null, code: "body.schema", sender: false },
    { name: "an event without id", body: batch(drop(created, "id")), events: null, code: "body.schema", sender: false },
    {
      name: "an event without lane",
      body: batch(drop(created, "lane")),
      events: null,
      code: "body.schema",
      sender: false,
    },
    {
      name: "an event without type",
      body: batch(drop(created, "type")),
      events: null,
      code: "body.schema",
      sender: false,
    },
    { name: "an empty id", body: batch({ ...created, id: "" }), events: null, code: "body.schema", sender: false },
    {
      name: "events as an object",
      body: { v: 1, events: { 0: created } },
      events: null,
      code: "body.schema",
      sender: false,
    },
    { name: "a list", body: [created], events: null, code: "body.schema", sender: false },
    { name: "null", body: null, events: null, code: "body.schema", sender: false },
    {
      name: "a negative epoch",
      body: { ...batch(created), epoch: -1 },
      events: null,
      code: "body.schema",
      sender: false,
    },
  ],
});

// ── answers ────────────────────────────────────────────────────────────────────────────────────
const A = "post.created:a";
const B = "post.created:b";
const json = (value: unknown): string => JSON.stringify(value);
const refusal = (code: string): string => json({ error: { code, message: "" } });
write("answers.json", {
  about:
    "What the sender makes of an answer to a delivery of `sent`. `state`: ready, retrying, paused, split, ended. `acked`, `retry`, `dead`: ids. " +
    "`retry_after_ms`: the pause that the answer asks for, null: by the table. `status` 0: no answer. `schema`: the body is a whole answer.",
  now: "2026-09-21T14:13:20Z",
  cases: [
    {
      name: "all stored",
      sent: [A, B],
      status: 200,
      headers: {},
      body: json({ acked: [A, B], failed: [] }),
      schema: true,
      state: "ready",
      acked: [A, B],
      retry: [],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "failed left out",
      sent: [A],
      status: 200,
      headers: {},
      body: json({ acked: [A] }),
      schema: true,
      state: "ready",
      acked: [A],
      retry: [],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "one stored, one to be offered again",
      sent: [A, B],
      status: 200,
      headers: {},
      body: json({ acked: [A], failed: [{ id: B, code: "inbox.unavailable", retry: true }] }),
      schema: true,
      state: "ready",
      acked: [A],
      retry: [B],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "one stored, one never",
      sent: [A, B],
      status: 200,
      headers: {},
      body: json({ acked: [A], failed: [{ id: B, code: "event.schema", retry: false }] }),
      schema: true,
      state: "ready",
      acked: [A],
      retry: [],
      dead: [B],
      retry_after_ms: null,
    },
    {
      name: "one stored, one not named",
      sent: [A, B],
      status: 200,
      headers: {},
      body: json({ acked: [A], failed: [] }),
      schema: true,
      state: "ready",
      acked: [A],
      retry: [B],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "ids that were not sent count for nothing",
      sent: [A],
      status: 200,
      headers: {},
      body: json({ acked: ["post.created:z"], failed: [] }),
      schema: true,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "200 without ids",
      sent: [A],
      status: 200,
      headers: {},
      body: json({ acked: [], failed: [] }),
      schema: true,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "200 with an empty body",
      sent: [A],
      status: 200,
      headers: {},
      body: "",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "200 with a proxy's page",
      sent: [A],
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html>Sign in</html>",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "200 with JSON of another shape",
      sent: [A],
      status: 200,
      headers: {},
      body: json({ ok: true }),
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "200 with acked as text",
      sent: [A],
      status: 200,
      headers: {},
      body: json({ acked: A }),
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "202",
      sent: [A],
      status: 202,
      headers: {},
      body: "",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "204",
      sent: [A],
      status: 204,
      headers: {},
      body: "",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "a redirect",
      sent: [A],
      status: 302,
      headers: { location: "https://elsewhere.example.com/" },
      body: "",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "400 for two",
      sent: [A, B],
      status: 400,
      headers: {},
      body: refusal("body.json"),
      schema: false,
      state: "split",
      acked: [],
      retry: [A, B],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "400 for one",
      sent: [A],
      status: 400,
      headers: {},
      body: refusal("body.json"),
      schema: false,
      state: "ready",
      acked: [],
      retry: [],
      dead: [A],
      retry_after_ms: null,
    },
    {
      name: "422 for two",
      sent: [A, B],
      status: 422,
      headers: {},
      body: refusal("body.schema"),
      schema: false,
      state: "split",
      acked: [],
      retry: [A, B],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "422 for one",
      sent: [A],
      status: 422,
      headers: {},
      body: refusal("body.schema"),
      schema: false,
      state: "ready",
      acked: [],
      retry: [],
      dead: [A],
      retry_after_ms: null,
    },
    {
      name: "400 of something that is not the adapter",
      sent: [A],
      status: 400,
      headers: {},
      body: "<html>Bad Request</html>",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "413 for two",
      sent: [A, B],
      status: 413,
      headers: {},
      body: refusal("body.too_large"),
      schema: false,
      state: "split",
      acked: [],
      retry: [A, B],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "413 for two by a proxy",
      sent: [A, B],
      status: 413,
      headers: {},
      body: "<html>413</html>",
      schema: false,
      state: "split",
      acked: [],
      retry: [A, B],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "413 for one",
      sent: [A],
      status: 413,
      headers: {},
      body: refusal("body.too_large"),
      schema: false,
      state: "ready",
      acked: [],
      retry: [],
      dead: [A],
      retry_after_ms: null,
    },
    {
      name: "413 for one by a proxy",
      sent: [A],
      status: 413,
      headers: {},
      body: "<html>413</html>",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "401",
      sent: [A],
      status: 401,
      headers: {},
      body: refusal("token.signature"),
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "401 for a key that the adapter does not know yet",
      sent: [A],
      status: 401,
      headers: {},
      body: refusal("token.key_unknown"),
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "403",
      sent: [A],
      status: 403,
      headers: {},
      body: "Forbidden",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "404",
      sent: [A],
      status: 404,
      headers: {},
      body: refusal("account.unknown"),
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "405",
      sent: [A],
      status: 405,
      headers: {},
      body: refusal("method.not_allowed"),
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "415",
      sent: [A],
      status: 415,
      headers: {},
      body: refusal("content_type.unsupported"),
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "418",
      sent: [A],
      status: 418,
      headers: {},
      body: "",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "410",
      sent: [A],
      status: 410,
      headers: {},
      body: refusal("link.ended"),
      schema: false,
      state: "ended",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "410 of something that is not the adapter",
      sent: [A],
      status: 410,
      headers: {},
      body: "Gone",
      schema: false,
      state: "paused",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "408",
      sent: [A],
      status: 408,
      headers: {},
      body: refusal("body.timeout"),
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "429 with seconds",
      sent: [A],
      status: 429,
      headers: { "retry-after": "7" },
      body: refusal("failures.too_many"),
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: 7_000,
    },
    {
      name: "429 without",
      sent: [A],
      status: 429,
      headers: {},
      body: "",
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "429 with an hour is capped",
      sent: [A],
      status: 429,
      headers: { "retry-after": "3600" },
      body: "",
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: 600_000,
    },
    {
      name: "503 with a date",
      sent: [A],
      status: 503,
      headers: { "retry-after": "Mon, 21 Sep 2026 14:13:50 GMT" },
      body: refusal("busy"),
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: 30_000,
    },
    {
      name: "503 with a date that has passed",
      sent: [A],
      status: 503,
      headers: { "retry-after": "Mon, 21 Sep 2026 14:13:00 GMT" },
      body: "",
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: 0,
    },
    {
      name: "503 with nonsense",
      sent: [A],
      status: 503,
      headers: { "retry-after": "soon" },
      body: "",
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "503 with a negative number",
      sent: [A],
      status: 503,
      headers: { "retry-after": "-5" },
      body: "",
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "500",
      sent: [A],
      status: 500,
      headers: {},
      body: "oops",
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "502 by a proxy",
      sent: [A],
      status: 502,
      headers: {},
      body: "<html>Bad Gateway</html>",
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
    {
      name: "no answer",
      sent: [A],
      status: 0,
      headers: {},
      body: "",
      schema: false,
      state: "retrying",
      acked: [],
      retry: [A],
      dead: [],
      retry_after_ms: null,
    },
  ],
});
