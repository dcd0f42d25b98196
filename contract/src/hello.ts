import { z } from "zod";
import { catalogueSchema } from "./command.ts";
import { mattermostId, timestampMs } from "./event.ts";
import { PROTOCOL_VERSION, TOKEN_ALGORITHM } from "./limits.ts";

/** A public key of the plugin. Only P-256 keys for ES256 exist in this version. */
export const jwkSchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  alg: z.literal(TOKEN_ALGORITHM),
  use: z.literal("sig"),
  kid: z.string().min(1).max(64),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  y: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export const jwksSchema = z.object({ keys: z.array(jwkSchema).min(1).max(16) });
export type Jwks = z.infer<typeof jwksSchema>;

/** Name of an OpenClaw account: part of a path and of the token's `sub`. */
export const accountName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/**
 * How the adapter wants its events. `auto`: pushed to a URL that works, otherwise pulled. `webhook`: it never pulls.
 * `pull`: nothing is pushed.
 */
export const transportSchema = z.enum(["auto", "webhook", "pull"]);
export type Transport = z.infer<typeof transportSchema>;

/** The adapter's greeting: `POST …/api/v1/hello` with the bot token. */
export const helloSchema = z.object({
  /** Protocol versions that the adapter speaks. */
  protocols: z.array(z.int().min(1)).min(1).max(16),
  /** Made once by the gateway and kept in its state; the token's `aud`. */
  gateway_id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  account: accountName,
  adapter_version: z.string().min(1).max(64),
  openclaw_version: z.string().max(64).default(""),
  /** Where the gateway believes it can be reached; the admin confirms it. Empty: unknown. */
  proposed_url: z.union([z.url().max(500), z.literal("")]).default(""),
  capabilities: z.array(z.string().max(64)).max(64).default([]),
  transport: transportSchema.default("auto"),
  /** The commands that it serves. The plugin keeps the last one that it was told. */
  catalogue: catalogueSchema.default([]),
  /** The `mark` of an earlier welcome of this server; 0: there was none. */
  seen_mark: z.int().min(0).default(0),
  /** The adapter's clock. */
  sent_at: timestampMs,
});
export type Hello = z.infer<typeof helloSchema>;

/** `linked`: events flow. `pending`: an admin has to confirm. `refused`: not allowed by the settings. */
export const linkStateSchema = z.enum(["linked", "pending", "refused"]);

/**
 * How the plugin delivers to this link at the moment.
 * `unset`: no gateway URL yet. `unverified`: the URL has not answered the challenge. `ready`: delivering.
 * `retrying`: the gateway cannot be reached for now. `paused`: it answers wrongly, someone has to look.
 */
export const deliveryStateSchema = z.enum(["unset", "unverified", "ready", "retrying", "paused"]);

export const deliveryStatusSchema = z.object({
  state: deliveryStateSchema,
  transport: z.enum(["webhook", "pull", "none"]),
  url: z.string().max(500),
  pending: z.int().min(0),
  /** Events dropped from memory because the queue was full. */
  overflowed: z.int().min(0),
  delivered: z.int().min(0),
  dead: z.int().min(0),
  last_delivery_at: timestampMs,
  last_error: z.object({ code: z.string().max(64), message: z.string().max(500), at: timestampMs }).nullable(),
});
export type DeliveryStatus = z.infer<typeof deliveryStatusSchema>;

/** The plugin's answer to hello, and the body of `GET …/api/v1/status`. */
export const welcomeSchema = z.object({
  v: z.literal(PROTOCOL_VERSION),
  plugin_version: z.string().min(1).max(64),
  server_version: z.string().max(64),
  /** The server's diagnostic id; the token's `iss`. */
  server_id: z.string().min(1).max(64),
  bot: z.object({ user_id: mattermostId, username: z.string().min(1).max(64) }),
  link: z.object({ state: linkStateSchema, message: z.string().max(500) }),
  delivery: deliveryStatusSchema,
  jwks: jwksSchema,
  /** The server's clock. */
  server_time: timestampMs,
  /** Grows. To be remembered and said in the next hello, so that a server that was set back notices it. */
  mark: z.int().min(0).default(0),
});
export type Welcome = z.infer<typeof welcomeSchema>;

/** The adapter's proof that it received a `ping`: `POST …/api/v1/challenge` with the bot token. */
export const challengeSchema = z.object({ challenge: z.string().min(16).max(128) });
