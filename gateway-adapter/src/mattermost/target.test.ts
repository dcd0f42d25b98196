import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MattermostError } from "../errors.ts";
import { explainTarget, formatTarget, parseTarget, readTarget, type Target } from "./target.ts";

const ID = "abcdefghijklmnopqrstuvwxy1";

const charsOf = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength, maxLength });
const id = charsOf("abcdefghijklmnopqrstuvwxyz0123456789", 26, 26);
const name = charsOf("abcxyz019", 1, 40);
const target: fc.Arbitrary<Target> = fc.oneof(
  fc.record({ kind: fc.constant("channel" as const), id }),
  fc.record({ kind: fc.constant("user" as const), id }),
  fc.record({ kind: fc.constant("id" as const), id }),
  fc.record({ kind: fc.constant("username" as const), name }),
  fc.record({ kind: fc.constant("channel-name" as const), name }),
  fc.record({ kind: fc.constant("channel-name" as const), name, team: name }),
);

describe("S9 targets", () => {
  it.each([
    [`channel:${ID}`, { kind: "channel", id: ID }],
    [`group:${ID}`, { kind: "channel", id: ID }],
    [`user:${ID}`, { kind: "user", id: ID }],
    [`dm:${ID}`, { kind: "user", id: ID }],
    ["@anna", { kind: "username", name: "anna" }],
    ["user:@anna", { kind: "username", name: "anna" }],
    ["user:anna", { kind: "username", name: "anna" }],
    [ID, { kind: "id", id: ID }],
  ])("S9 reads %s", (raw, read) => {
    expect(parseTarget(raw)).toEqual(read);
  });
  it.each([
    [`mattermost:${ID}`, { kind: "user", id: ID }],
    [`mattermost:channel:${ID}`, { kind: "channel", id: ID }],
    ["mattermost:@anna", { kind: "username", name: "anna" }],
    ["channel:town-square", { kind: "channel-name", name: "town-square" }],
    ["channel:#town-square", { kind: "channel-name", name: "town-square" }],
    ["channel:acme/town-square", { kind: "channel-name", team: "acme", name: "town-square" }],
  ])("L9 reads %s", (raw, read) => {
    expect(parseTarget(raw)).toEqual(read);
  });
  it.each([
    ["#town-square", { kind: "channel-name", name: "town-square" }],
    ["~town-square", { kind: "channel-name", name: "town-square" }],
    ["#Town Square", { kind: "channel-name", name: "Town Square" }],
    ["#acme/town-square", { kind: "channel-name", team: "acme", name: "town-square" }],
  ])("S14 reads %s", (raw, read) => {
    expect(parseTarget(raw)).toEqual(read);
  });
  it.each([
    ["anna", "a name where an id is needed. Write #anna for the channel, or @anna for the person."],
    ["mattermost:anna", "a name where an id is needed."],
    ["", "A Mattermost target is missing."],
    ["anna@example.com", "An e-mail address is no Mattermost target. Write @username."],
    ["channel:", "is no Mattermost target. Write channel:<id>"],
    ["@", "is no Mattermost target."],
    ["#a/b/c", "is no Mattermost target."],
    ["everyone please", "is no Mattermost target."],
  ])("S9 does not take %j for a target, and says what to write", (raw, words) => {
    expect(parseTarget(raw)).toBeUndefined();
    expect(explainTarget(raw)).toContain(words);
    expect(explainTarget(raw)).not.toContain("example.com");
    expect(() => readTarget(raw)).toThrow(MattermostError);
  });

  it("S9 L9 whatever is a target is read back from its spelling, with or without mattermost: and spaces", () => {
    fc.assert(
      fc.property(target, (wanted) => {
        const text = formatTarget(wanted);
        expect(parseTarget(text)).toEqual(wanted);
        expect(parseTarget(`  ${text} `)).toEqual(wanted);
        const prefixed = wanted.kind === "id" ? { kind: "user", id: wanted.id } : wanted;
        expect(parseTarget(`mattermost:${text}`)).toEqual(prefixed);
      }),
    );
  });
  it("S9 any text is a target or is explained, and a target's spelling stays as it is", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom("@", "#", "~", "/", ":", "channel", "user", "mattermost", "a", " ", ID) }),
    );
    fc.assert(
      fc.property(text, (raw) => {
        const read = parseTarget(raw);
        if (read) expect(parseTarget(formatTarget(read))).toEqual(read);
        else expect(explainTarget(raw).length).toBeLessThan(300);
      }),
      { numRuns: 2_000 },
    );
  });
});
