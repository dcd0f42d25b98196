/** Numbers of the wire, shared by both sides. Normative text: `contract/README.md`. */

/** Protocol version carried as `v` in every body and as `v1` in every path. */
export const PROTOCOL_VERSION = 1;

/** Events in one delivery. */
export const EVENTS_MAX = 50;

/** Body the sender aims for, before it closes a batch. */
export const BATCH_TARGET_BYTES = 256 * 1024;

/** Body the receiver accepts. */
export const BODY_MAX_BYTES = 512 * 1024;

/** Time the receiver waits for a whole body. */
export const BODY_TIMEOUT_MS = 5_000;

/** Longest life of a token: `exp` minus `iat`. */
export const TOKEN_LIFETIME_MAX_S = 60;

/** Clock difference that the receiver forgives. */
export const CLOCK_TOLERANCE_S = 30;

/** An event delivered this long after it happened is stale. */
export const STALE_AFTER_MS = 15 * 60 * 1000;

/** Body of hello, and of every other call from the adapter to the plugin. */
export const HELLO_MAX_BYTES = 64 * 1024;

/** What a command of ours begins with, as it is typed. */
export const COMMAND_PREFIX = "oc_";

/** Header that carries the signature. `Authorization` is taken by Mattermost on plugin routes. */
export const SIGNATURE_HEADER = "X-OpenClaw-Signature";

/** Header of a pull: the gateway's id, as in hello. */
export const GATEWAY_HEADER = "X-OpenClaw-Gateway";

/** Header of a pulled delivery: the `jti` of its token, which acknowledges it. */
export const DELIVERY_HEADER = "X-OpenClaw-Delivery";

/** Longest time that a pull may ask the plugin to wait for events. */
export const PULL_WAIT_MAX_S = 25;

/** `typ` of the signature. */
export const TOKEN_TYPE = "oc-mm+jwt";

/** The only signature algorithm. */
export const TOKEN_ALGORITHM = "ES256";

/** Id of the Mattermost plugin, part of its routes. */
export const PLUGIN_ID = "com.openclaw.mattermost";

/** Where the adapter calls the plugin, below the server's site URL. */
export const PLUGIN_API_PATH = `/plugins/${PLUGIN_ID}/api/v1`;

/** Path that receives deliveries on the gateway, as signed in `htu`. */
export function eventsPath(account: string): string {
  return `/mattermost/v1/${encodeURIComponent(account)}/events`;
}
