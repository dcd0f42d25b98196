import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { legacyConfigRules, normalizeCompatibilityConfig } from "./legacy.ts";
import { sectionSchema } from "./schema.ts";

const fix = (mattermost: object) => {
  const { config, changes } = normalizeCompatibilityConfig({ cfg: { channels: { mattermost, other: { a: 1 } } } });
  return { section: config.channels.mattermost as Record<string, unknown>, changes };
};
const isFound = (mattermost: object): boolean =>
  legacyConfigRules.some(({ path, match }) =>
    match(path.slice(2).reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], mattermost)),
  );

describe("L11 keys of before", () => {
  it.each([
    [{ streaming: "block" }, { streaming: { mode: "block" } }],
    [{ streaming: true }, { streaming: { mode: "partial" } }],
    [{ streaming: false }, { streaming: { mode: "off" } }],
    [{ streamMode: "progress" }, { streaming: { mode: "progress" } }],
    [{ streamMode: "nonsense" }, { streaming: { mode: "partial" } }],
    [{ chunkMode: "newline", streaming: { mode: "off" } }, { streaming: { mode: "off", chunkMode: "newline" } }],
    [
      { blockStreaming: true, blockStreamingCoalesce: { idleMs: 5 } },
      { streaming: { block: { enabled: true, coalesce: { idleMs: 5 } } } },
    ],
    [{ allowPrivateNetwork: true }, { network: { dangerouslyAllowPrivateNetwork: true } }],
    [{ allowPrivateNetwork: "yes" }, { network: { dangerouslyAllowPrivateNetwork: false } }],
    [
      { allowPrivateNetwork: true, network: { dangerouslyAllowPrivateNetwork: false } },
      { network: { dangerouslyAllowPrivateNetwork: false } },
    ],
  ])("L11 %j becomes %j", (before, after) => {
    expect(isFound(before)).toBe(true);
    const { section, changes } = fix(before);
    expect(section).toEqual(after);
    expect(changes.length).toBeGreaterThan(0);
    expect(isFound(section)).toBe(false);
    expect(sectionSchema.safeParse(section).error).toBeUndefined();
  });

  it("L11 S15 accounts are moved like the section, and each change is named by its place", () => {
    const { section, changes } = fix({ accounts: { a: { streaming: "off" }, b: { name: "b" } } });
    expect(section).toEqual({ accounts: { a: { streaming: { mode: "off" } }, b: { name: "b" } } });
    expect(changes).toEqual([
      "channels.mattermost.accounts.a.streaming is now channels.mattermost.accounts.a.streaming.mode.",
    ]);
  });

  it("L11 what is new already stays as it is, and nothing that is given is changed", () => {
    const cfg = { channels: { mattermost: { chatmode: "oncall", streaming: { mode: "off" } } } };
    expect(normalizeCompatibilityConfig({ cfg }).config).toBe(cfg);
    const old = { channels: { mattermost: { streaming: "off" } } };
    normalizeCompatibilityConfig({ cfg: old });
    expect(old).toEqual({ channels: { mattermost: { streaming: "off" } } });
    expect(normalizeCompatibilityConfig({ cfg: {} }).changes).toEqual([]);
  });

  it("L11 moving twice is moving once, whatever stands there", () => {
    const old = fc.record(
      {
        streaming: fc.oneof(fc.boolean(), fc.string(), fc.constant({ mode: "off" })),
        streamMode: fc.string(),
        chunkMode: fc.constant("newline"),
        blockStreaming: fc.boolean(),
        allowPrivateNetwork: fc.jsonValue(),
        name: fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(old, (before) => {
        const { section } = fix(before);
        expect(fix(section)).toEqual({ section, changes: [] });
        expect(isFound(section)).toBe(false);
      }),
    );
  });
});
