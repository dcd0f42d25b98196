import { normalizeUserEntry } from "../config/entries.ts";
import type { PluginRuntime } from "../host/runtime.ts";

type Identity = NonNullable<Parameters<PluginRuntime["channel"]["inbound"]["ingress"]["resolveStable"]>[0]["identity"]>;

function normalizeName(value: string): string {
  return normalizeUserEntry(value).replace(/^@/, "");
}

/**
 * Who a sender is: the user id comes from the server's own record inside a signed event, so it is verified. A username
 * can be changed by its owner; it counts only where the dangerous switch says so.
 */
export const senderIdentity: Identity = {
  key: "user-id",
  authentication: "verified",
  normalize: normalizeUserEntry,
  aliases: [{ key: "username", authentication: "mutable", normalize: normalizeName }],
};
