import { expect, it } from "@jest/globals";
import { keyHints } from "../config/hints.ts";
import { reasonOf } from "./drop-reasons.ts";

it.each([
  "not_mentioned",
  "pairing",
  "dm_policy_disabled",
  "dm_policy_not_allowlisted",
  "group_policy_disabled",
  "group_policy_empty_allowlist",
  "group_policy_not_allowlisted",
  "bots_not_allowed",
  "bot_without_mention",
  "bot_budget",
  "channel_off",
])("S16 S8 %s says what to do, by keys that exist", (reason) => {
  const { todo = "" } = reasonOf(reason);
  expect(todo).not.toBe("");
  for (const [, key = ""] of todo.matchAll(/channels\.mattermost\.(\w+)/g)) expect(keyHints[key]).toBeDefined();
});

it("S16 what needs nothing to be done is only named", () => {
  expect(reasonOf("own")).toEqual({ reason: "own" });
});
