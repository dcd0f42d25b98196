import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { listAccountIds, resolveAccount, type HostConfig } from "./account-config.ts";
import { normalizeBaseUrl } from "./base-url.ts";
import { normalizeUserEntry } from "./entries.ts";
import { keyHints } from "./hints.ts";
import { listKeys } from "./keys.ts";
import { sectionSchema, type AccountSection } from "./schema.ts";

/** The examples of OpenClaw's own page about this channel, as they are installed with it. */
const OFFICIAL = readFileSync(
  fileURLToPath(new URL("../../../node_modules/openclaw/docs/channels/mattermost.md", import.meta.url)),
  "utf8",
);

/** Blocks of code in a page. JSON5 is a part of JavaScript. */
const examplesOf = (page: string): { channels?: { mattermost?: unknown } }[] =>
  [...page.matchAll(/```json5\n([\s\S]*?)```/g)].map(
    ([, text]) => runInNewContext(`(${text ?? ""})`) as { channels?: { mattermost?: unknown } },
  );

const read = (text: string): unknown => runInNewContext(`(${text})`);

/** Some keys with values that are valid, as they stand in the section or in an account. */
const someValues: fc.Arbitrary<AccountSection> = fc
  .subarray(listKeys().filter(({ perAccount, path }) => perAccount && !path.startsWith("dm")))
  .map((keys) => {
    const section: Record<string, unknown> = {};
    for (const { path } of keys) put(section, path.split("."), read(keyHints[path]?.example ?? "null"));
    return section;
  });

function put(target: Record<string, unknown>, [key = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[key] = value;
  else put((target[key] ??= {}) as Record<string, unknown>, rest, value);
}

describe("S2 a config made for the official channel", () => {
  const examples = examplesOf(OFFICIAL).filter(({ channels }) => channels?.mattermost !== undefined);
  it("S2 has examples on the page of OpenClaw's documentation", () => {
    expect(examples.length).toBeGreaterThan(8);
  });
  it.each(examples)("S2 S15 L1 L3 L8 example %# loads", (example) => {
    expect(sectionSchema.safeParse(example.channels?.mattermost).error).toBeUndefined();
    for (const id of listAccountIds(example, {}))
      expect(resolveAccount(example as HostConfig, id, {}).accountId).toBe(id);
  });
});

describe("S2 S15 properties of the config", () => {
  it("S2 a key that nobody knows is refused, wherever it stands", () => {
    fc.assert(
      fc.property(someValues, fc.constantFrom("", "streaming", "commands", "network", "actions"), (section, place) => {
        expect(sectionSchema.safeParse(section).error).toBeUndefined();
        const strange: Record<string, unknown> = structuredClone<object>(section) as Record<string, unknown>;
        put(strange, [...(place ? [place] : []), "nobodyKnows"], 1);
        expect(sectionSchema.safeParse(strange).success).toBe(false);
        expect(sectionSchema.safeParse({ accounts: { own: strange } }).success).toBe(false);
      }),
    );
  });

  it("S15 what an account says is what holds; what it does not say comes from above", () => {
    fc.assert(
      fc.property(someValues, someValues, (root, own) => {
        const cfg = { channels: { mattermost: { ...root, accounts: { own } } } };
        expect(sectionSchema.safeParse(cfg.channels.mattermost).error).toBeUndefined();
        const account = resolveAccount(cfg, "own", {});
        const alone = resolveAccount({ channels: { mattermost: { ...root, ...own } } }, "default", {});
        for (const key of [
          "chatmode",
          "requireMention",
          "groupPolicy",
          "transport",
          "baseUrl",
          "nameMatching",
        ] as const)
          expect(account[key]).toEqual(alone[key]);
        expect(account.groupAllowFrom).toEqual((own.groupAllowFrom ?? root.groupAllowFrom ?? []).map(String));
      }),
    );
  });

  it("S2 an address that was made usable stays as it is", () => {
    const url = fc.webUrl({ validSchemes: ["http", "https"], withFragments: true, withQueryParameters: true });
    const spelt = fc
      .tuple(url, fc.constantFrom("", "/", "//", "/api/v4", "/api/v4/", "/API/v4 "))
      .map(([a, b]) => a + b);
    fc.assert(
      fc.property(fc.oneof(spelt, fc.string()), (raw) => {
        const usable = normalizeBaseUrl(raw);
        if (usable === undefined) return;
        expect(usable).not.toMatch(/\/$|\/api\/v4$|[?#\s]/i);
        expect(normalizeBaseUrl(usable)).toBe(usable);
        expect(normalizeBaseUrl(`${usable}/api/v4/`)).toBe(usable);
      }),
    );
  });

  it("S8 an entry of an allow-list is compared in one spelling", () => {
    const id = fc.stringMatching(/^[a-z0-9]{26}$/);
    fc.assert(
      fc.property(id, fc.constantFrom("", "user:", "mattermost:", "mattermost:user:", " USER:"), (plain, prefix) => {
        expect(normalizeUserEntry(`${prefix}${plain.toUpperCase()} `)).toBe(plain);
      }),
    );
  });
});
