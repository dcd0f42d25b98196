import { z } from "zod";
import { TOKEN_ALGORITHM, TOKEN_TYPE } from "./limits.ts";

/** Header of the signature: these three fields and no other. */
export const tokenHeaderSchema = z.strictObject({
  alg: z.literal(TOKEN_ALGORITHM),
  typ: z.literal(TOKEN_TYPE),
  kid: z.string().min(1).max(64),
});

/** Claims of the signature. Unknown claims are ignored. Times are whole seconds since 1970. */
export const tokenClaimsSchema = z.object({
  iss: z.string().min(1).max(64),
  aud: z.string().min(1).max(64),
  sub: z.string().min(1).max(64),
  iat: z.int().min(0),
  exp: z.int().min(0),
  /** New for each attempt. */
  jti: z.string().min(16).max(64),
  htm: z.string().min(1).max(10),
  htu: z.string().min(1).max(500),
  /** base64url of SHA-256 over the raw bytes of the body. */
  body_sha256: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type TokenClaims = z.infer<typeof tokenClaimsSchema>;
