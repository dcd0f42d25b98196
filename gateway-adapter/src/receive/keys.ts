import { createPublicKey, type KeyObject } from "node:crypto";
import type { Jwks } from "@openclaw-mattermost/contract";

/** A key set is read anew for an unknown key, but not more often than this. */
const REFRESH_PAUSE_MS = 3_000;

/**
 * The plugin's public keys. They come with each hello; an unknown key id makes the set be read anew, so that a rotation
 * needs no announcement.
 */
export function createKeyRing(deps: { now: () => number; fetchKeys: () => Promise<Jwks> }) {
  let keys = new Map<string, KeyObject>();
  let refreshing: Promise<void> | undefined;
  let lastRefreshMs = Number.NEGATIVE_INFINITY;

  function replace(set: Jwks): void {
    // KeyObjects are made once: verifying with a raw key is thirty times slower.
    keys = new Map(set.keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]));
  }

  async function refresh(): Promise<void> {
    lastRefreshMs = deps.now();
    replace(await deps.fetchKeys());
  }

  return {
    replace,
    hasKeys: () => keys.size > 0,
    /** The key, or undefined if the plugin does not have it. Throws if the set cannot be read. */
    async find(kid: string): Promise<KeyObject | undefined> {
      const known = keys.get(kid);
      if (known) return known;
      if (!refreshing) {
        if (deps.now() - lastRefreshMs < REFRESH_PAUSE_MS) return undefined;
        refreshing = refresh().finally(() => {
          refreshing = undefined;
        });
      }
      await refreshing;
      return keys.get(kid);
    },
  };
}
export type KeyRing = ReturnType<typeof createKeyRing>;
