import type { KeyObject } from "node:crypto";
import {
  CLOCK_TOLERANCE_S,
  TOKEN_ALGORITHM,
  TOKEN_LIFETIME_MAX_S,
  tokenClaimsSchema,
  tokenHeaderSchema,
  type RefusalCode,
  type TokenClaims,
} from "@openclaw-mattermost/contract";
import jwt from "jsonwebtoken";

export interface Expectation {
  iss: string;
  aud: string;
  sub: string;
  htm: string;
  htu: string;
}
export type TokenVerdict = { ok: true; claims: TokenClaims } | { ok: false; code: RefusalCode };

/**
 * Verifies the signature and the claims of a delivery, in the order of `contract/README.md`, up to `htu`. The body's hash
 * and the replay memory come after it, because they need the body. `findKey` may read the key set anew; it throws only
 * where the set cannot be read.
 */
export async function verifyToken(
  token: string | undefined,
  findKey: (kid: string) => Promise<KeyObject | undefined>,
  expect: Expectation,
  nowS: number,
): Promise<TokenVerdict> {
  const refuse = (code: RefusalCode): TokenVerdict => ({ ok: false, code });
  if (!token) return refuse("token.missing");
  const parts = token.split(".");
  const [head, body] = parts;
  if (parts.length !== 3 || head === undefined || body === undefined || !parts.every(isCanonical))
    return refuse("token.malformed");
  const rawHeader = json(head);
  if (rawHeader === undefined) return refuse("token.malformed");
  const header = tokenHeaderSchema.safeParse(rawHeader);
  if (!header.success) return refuse("token.header");

  const key = await findKey(header.data.kid);
  if (!key) return refuse("token.key_unknown");
  try {
    // Signature only: times and names are checked below, where each has its own refusal.
    jwt.verify(token, key, { algorithms: [TOKEN_ALGORITHM], ignoreExpiration: true, ignoreNotBefore: true });
  } catch {
    return refuse("token.signature");
  }

  const parsed = tokenClaimsSchema.safeParse(json(body));
  if (!parsed.success) return refuse("token.claims");
  const claims = parsed.data;
  if (claims.iss !== expect.iss) return refuse("token.issuer");
  if (claims.aud !== expect.aud) return refuse("token.audience");
  if (claims.sub !== expect.sub) return refuse("token.subject");
  if (claims.exp <= claims.iat || claims.exp - claims.iat > TOKEN_LIFETIME_MAX_S) return refuse("token.lifetime");
  if (claims.iat > nowS + CLOCK_TOLERANCE_S) return refuse("token.not_yet");
  if (claims.exp < nowS - CLOCK_TOLERANCE_S) return refuse("token.expired");
  if (claims.htm !== expect.htm) return refuse("token.method");
  if (claims.htu !== expect.htu) return refuse("token.path");
  return { ok: true, claims };
}

/** Base64url has several spellings of the same bytes; only the one that an encoder writes is accepted. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, "base64url").toString("base64url") === part;
}

function json(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
