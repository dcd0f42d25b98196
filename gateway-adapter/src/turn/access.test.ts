import { describe, expect, it } from "@jest/globals";
import type { Actor, Channel } from "@openclaw-mattermost/contract";
import { notAPerson, peerOf } from "./access.ts";

const actor: Actor = {
  id: "a".repeat(26),
  username: "alice",
  display_name: "",
  is_bot: false,
  is_guest: false,
  is_system: false,
  is_webhook: false,
  is_deactivated: false,
};
const channel = (type: Channel["type"]): Channel => ({
  id: "c".repeat(26),
  type,
  name: "town",
  display_name: "",
  team_id: "",
  team_name: "",
});

describe("S7 S8 who is nobody before any policy", () => {
  it("S7 people are somebody, guests too: the policy decides", () => {
    expect(notAPerson(actor, "bot")).toBeUndefined();
    expect(notAPerson({ ...actor, is_guest: true }, "bot")).toBeUndefined();
  });
  it.each([
    [{ is_bot: true }, "not_a_person"],
    [{ is_webhook: true }, "not_a_person"],
    [{ is_system: true }, "not_a_person"],
    [{ is_deactivated: true }, "deactivated"],
  ])("S7 N10 %j is %s", (facts, reason) => {
    expect(notAPerson({ ...actor, ...facts }, "bot")).toBe(reason);
  });
  it("N10 the bot itself is known by its id", () => {
    expect(notAPerson(actor, actor.id)).toBe("own");
  });
});

it("S6 the peer is the user in a direct message, and the channel everywhere else", () => {
  expect(peerOf(actor, channel("D"))).toEqual({ kind: "direct", id: actor.id });
  expect(peerOf(actor, channel("G"))).toEqual({ kind: "group", id: channel("G").id });
  expect(peerOf(actor, channel("P"))).toEqual({ kind: "channel", id: channel("P").id });
});
