import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { DEFAULTS } from "./account-config.ts";
import { keyHints, sectionHints } from "./hints.ts";
import { listKeys } from "./keys.ts";
import { accountSchema, sectionSchema } from "./schema.ts";

const keys = listKeys();
const hint = (path: string) => keyHints[path]!;

/** `groups.*.requireMention` with a value, as it stands in a file. */
function sectionWith(path: string, value: unknown): Record<string, unknown> {
  return path
    .split(".")
    .reverse()
    .reduce<unknown>((below, name) => ({ [name]: below }), value) as Record<string, unknown>;
}
const read = (text: string): unknown => runInNewContext(`(${text})`);

describe("S2 every key is told of", () => {
  it("S2 what people are told is of keys that exist, and of all of them", () => {
    expect(Object.keys(keyHints).sort()).toEqual(keys.map(({ path }) => path).sort());
    for (const path of Object.keys(sectionHints))
      expect(path === "" || path === "accounts" || keys.some((key) => key.path.startsWith(`${path}.`))).toBe(true);
  });

  it.each(keys)("S15 the example of $path is valid, in the section and in an account", ({ path, perAccount }) => {
    const { example } = hint(path);
    expect(example).toBeDefined();
    const section = sectionWith(path, read(example!));
    expect(sectionSchema.safeParse(section).error).toBeUndefined();
    expect(accountSchema.safeParse(section).success).toBe(perAccount);
  });

  it.each(keys)("S2 $path does not take what it should not", ({ path }) => {
    // No key takes an object with a name that nobody knows.
    expect(sectionSchema.safeParse(sectionWith(path, { nobody: "knows" })).success).toBe(false);
  });

  it("S2 the defaults that are told are those that hold", () => {
    const told = (path: string) => hint(path).default;
    for (const name of ["transport", "chatmode", "dmPolicy", "groupPolicy", "replyToMode"] as const)
      expect(told(name)).toBe(DEFAULTS[name]);
    expect(told("oncharPrefixes")).toBe(DEFAULTS.oncharPrefixes.join(" and "));
    expect(told("commands.callbackPath")).toBe(DEFAULTS.callbackPath);
    for (const [name, value] of Object.entries(DEFAULTS.dmChannelRetry))
      expect(told(`dmChannelRetry.${name}`)).toBe(String(value));
  });

  it("S2 bounds are told as they are", () => {
    const values = (path: string) => keys.find((key) => key.path === path)?.values;
    expect(values("dmChannelRetry.maxRetries")).toBe("whole number, 0 to 10");
    expect(values("historyLimit")).toBe("whole number, 0 or more");
    expect(values("mediaMaxMb")).toBe("number, more than 0");
    expect(values("botToken")).toBe("text or reference to a secret");
    expect(values("commands.native")).toBe('true or false or "auto"');
  });
});
