import { createHash, createPrivateKey, randomUUID, sign, type KeyObject } from "node:crypto";
import { eventsPath, type Jwks } from "@openclaw-mattermost/contract";
import type { Stack } from "@openclaw-mattermost/testbed";
import pg from "pg";
import { type Answer, call, type Sent } from "./http.ts";

export const PATH = eventsPath("default");

/** A signing key and what it signs for. */
export interface Signer {
  readonly key: KeyObject;
  readonly kid: string;
  readonly iss: string;
  readonly aud: string;
}

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

interface StoredValue {
  readonly pkey: string;
  readonly pvalue: Buffer;
  readonly expireat: string;
}

async function onDatabase<T>(stack: Stack, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: stack.mattermost.dsn });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** All that the plugin keeps in Mattermost's database. */
export function valuesOf(stack: Stack): Promise<StoredValue[]> {
  return onDatabase(stack, async (client) => {
    const sql = "SELECT pkey, pvalue, expireat FROM pluginkeyvaluestore WHERE pluginid = $1";
    return (await client.query<StoredValue>(sql, [stack.pluginId])).rows;
  });
}

/** Sets the plugin's part of the database back to what it was. */
export function restoreValues(stack: Stack, values: readonly StoredValue[]): Promise<void> {
  return onDatabase(stack, async (client) => {
    await client.query("BEGIN");
    await client.query("DELETE FROM pluginkeyvaluestore WHERE pluginid = $1", [stack.pluginId]);
    for (const { pkey, pvalue, expireat } of values)
      await client.query("INSERT INTO pluginkeyvaluestore (pluginid, pkey, pvalue, expireat) VALUES ($1, $2, $3, $4)", [
        stack.pluginId,
        pkey,
        pvalue,
        expireat,
      ]);
    await client.query("COMMIT");
  });
}

/** What the plugin signs with, taken from its database: for deliveries that are good, and as a thief would have it. */
export async function takeKey(stack: Stack): Promise<Signer> {
  const ring = (await valuesOf(stack)).find(({ pkey }) => pkey === "keys");
  const { current } = JSON.parse(String(ring?.pvalue)) as { current: string };
  const key = createPrivateKey({ key: Buffer.from(current, "base64"), format: "der", type: "sec1" });
  const asBot = `${stack.mattermost.url}/plugins/${stack.pluginId}/api/v1/status`;
  const answer = await fetch(asBot, { headers: { authorization: `Bearer ${stack.bot.token}` } });
  const welcome = (await answer.json()) as { server_id: string; jwks: Jwks };
  const { links } = await stack.adminUser.plugin<{ links: { gateway_id: string }[] }>(
    stack.pluginId,
    "GET",
    "/api/v1/admin/status",
  );
  return { key, kid: welcome.jwks.keys[0]?.kid ?? "", iss: welcome.server_id, aud: links[0]?.gateway_id ?? "" };
}

/** A delivery that is stored, acknowledged and dropped: nobody knows its type. */
export function harmlessBody(): string {
  const id = `probe:${randomUUID()}`;
  return JSON.stringify({
    v: 1,
    epoch: 0,
    events: [{ id, type: "probe", lane: "probe", ts: Date.now(), stale: false }],
  });
}

export function claimsOf(signer: Signer, body: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000);
  return {
    iss: signer.iss,
    aud: signer.aud,
    sub: "default",
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    htm: "POST",
    htu: PATH,
    body_sha256: createHash("sha256").update(body).digest("base64url"),
  };
}

/** Signs any header and claims, also those that no library would write. */
export function signed(key: KeyObject, header: unknown, claims: unknown): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
export const headerOf = (signer: Signer) => ({ alg: "ES256", typ: "oc-mm+jwt", kid: signer.kid });

export function tokenFor(signer: Signer, body: string, over: Record<string, unknown> = {}): string {
  return signed(signer.key, headerOf(signer), { ...claimsOf(signer, body), ...over });
}

/** A good delivery. */
export function deliver(stack: Stack, signer: Signer, from?: string): Promise<Answer> {
  const body = harmlessBody();
  return toGateway(stack, { body, token: tokenFor(signer, body), ...(from ? { from } : {}) });
}

export function toGateway(stack: Stack, { token, path = PATH, headers, ...sent }: Partial<Sent> & { token?: string }) {
  return call({
    origin: stack.gateway.url,
    path,
    method: "POST",
    ...sent,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { "x-openclaw-signature": token }),
      ...headers,
    },
  });
}
