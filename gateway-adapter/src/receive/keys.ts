import { createPublicKey, type KeyObject } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Jwks } from "@openclaw-mattermost/contract";

/** A key set is read anew for an unknown key, but not more often than this. */
const REFRESH_PAUSE_MS = 500;

export interface KeyRingDeps {
  now: () => number;
  fetchKeys: () => Promise<Jwks>;
  /** The plugin signs with a key that it did not have before: rotated, revoked, or its database was set back. */
  onNewKey?: () => void;
  sleep?: (ms: number) => Promise<unknown>;
}

/**
 * The plugin's public keys. They come with each hello; an unknown key id makes the set be read anew, so that neither a
 * rotation nor a revocation needs an announcement.
 */
export function createKeyRing({ now, fetchKeys, onNewKey, sleep = pause }: KeyRingDeps) {
  let keys = new Map<string, KeyObject>();
  let refreshing: Promise<void> | undefined;
  let lastRefreshMs = Number.NEGATIVE_INFINITY;

  function replace(set: Jwks): void {
    // KeyObjects are made once: verifying with a raw key is thirty times slower.
    keys = new Map(set.keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]));
  }

  /** One for all who wait; whoever comes too soon after the last waits for the pause to end. */
  function refresh(): Promise<void> {
    refreshing ??= (async () => {
      const waitMs = lastRefreshMs + REFRESH_PAUSE_MS - now();
      if (waitMs > 0) await sleep(waitMs);
      lastRefreshMs = now();
      const before = keys;
      replace(await fetchKeys());
      if (before.size > 0 && [...keys.keys()].some((kid) => !before.has(kid))) onNewKey?.();
    })().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  return {
    replace,
    hasKeys: () => keys.size > 0,
    /** The key, or undefined if the plugin does not have it. Throws if the set cannot be read. */
    async find(kid: string): Promise<KeyObject | undefined> {
      const known = keys.get(kid);
      if (known) return known;
      await refresh();
      return keys.get(kid);
    },
    /** The key, if it is known by now. An unknown one makes the set be read for those who come later. */
    findNow(kid: string): KeyObject | undefined {
      const known = keys.get(kid);
      if (!known) refresh().catch(() => undefined);
      return known;
    },
  };
}
export type KeyRing = ReturnType<typeof createKeyRing>;
