import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { canonicalJson, interactionSecret, isSigned, signContext, withToken } from "./token.ts";

/** What the specification's Python example prints for the bot token `bot-token`. */
const PYTHON = {
  secret: "ebe04baa7fc070e311b2be051459153500e1d32f0b9f05368e8c953da68d6f0e",
  token: "ddc19f1a1c5c94884c7793f3aeafbfad1024bbb6530650f03b21d0ca01f000ed",
};

/** The same numbers for the same seed, so that a failure can be repeated. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}
const WORDS = ["a", "b", "action", "action_id", "Z", "_x", "10", "9", "é", "\u{1f600}", "", 'quote"', "line\nbreak"];
function anyJson(roll: (below: number) => number, depth: number): unknown {
  const word = (): string => WORDS[roll(WORDS.length)] ?? "";
  switch (roll(depth > 0 ? 7 : 5)) {
    case 0:
      return word();
    case 1:
      return roll(2_000) - 1_000;
    case 2:
      return roll(2) === 0;
    case 3:
      return null;
    case 4:
      return roll(1_000) / 8;
    case 5:
      return Array.from({ length: roll(4) }, () => anyJson(roll, depth - 1));
    default:
      return Object.fromEntries(Array.from({ length: roll(5) }, () => [word(), anyJson(roll, depth - 1)]));
  }
}
const anyContext = (roll: (below: number) => number): Record<string, unknown> => ({
  action_id: "x",
  ...Object.fromEntries(Array.from({ length: roll(6) }, () => [WORDS[roll(WORDS.length)] ?? "", anyJson(roll, 3)])),
});
/** As Mattermost stores it: the same values with keys in another order. */
function shuffled(value: unknown, roll: (below: number) => number): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, roll));
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).map(([key, each]) => [key, shuffled(each, roll), roll(1_000)] as const);
  return Object.fromEntries([...pairs].sort((a, b) => a[2] - b[2]).map(([key, each]) => [key, each]));
}

describe("S13 the token of a button", () => {
  it("S13 is byte for byte that of the specification's Python example", () => {
    const secret = interactionSecret("bot-token");
    expect(secret).toBe(PYTHON.secret);
    expect(signContext(secret, { action: "approve", action_id: "mybutton01" })).toBe(PYTHON.token);
  });

  it("S13 is taken over compact JSON with sorted keys, also nested ones", () => {
    const context = { b: { y: [{ d: 1, c: 2 }], x: null }, a: "é", "10": 1, "9": undefined };
    expect(canonicalJson(context)).toBe('{"10":1,"a":"é","b":{"x":null,"y":[{"c":2,"d":1}]}}');
  });

  it("S13 holds whatever order the server stores the fields in, and for no other context", () => {
    const roll = dice(7);
    const secret = interactionSecret("bot-token");
    for (let round = 0; round < 500; round += 1) {
      const signed = withToken(secret, anyContext(roll));
      const stored = shuffled(JSON.parse(JSON.stringify(signed)), roll) as Record<string, unknown>;
      expect(isSigned(secret, stored)).toBe(true);
      expect(isSigned(interactionSecret("another"), stored)).toBe(false);
      expect(isSigned(secret, { ...stored, extra: 1 })).toBe(false);
      expect(isSigned(secret, { ...stored, action_id: "y" })).toBe(false);
    }
  });

  it("S13 is also taken as Python escapes it, and as the official channel sorts it", () => {
    const secret = interactionSecret("bot-token");
    const sign = (payload: string): string => createHmac("sha256", secret).update(payload).digest("hex");
    const escaped = sign('{"action_id":"x","say":"\\u00e9\\ud83d\\ude00"}');
    expect(isSigned(secret, { action_id: "x", say: "é😀", _token: escaped })).toBe(true);
    const byLanguage = sign('{"a":1,"action_id":"x","B":2}');
    expect(isSigned(secret, { B: 2, a: 1, action_id: "x", _token: byLanguage })).toBe(true);
  });

  it("S13 is missing, no text, too short: never signed", () => {
    const secret = interactionSecret("bot-token");
    for (const _token of [undefined, 7, "", "abc", null])
      expect(isSigned(secret, { action_id: "x", _token })).toBe(false);
  });
});
