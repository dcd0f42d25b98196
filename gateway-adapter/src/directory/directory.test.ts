import { describe, expect, it } from "@jest/globals";
import { fakeLookup } from "../mattermost/fake-lookup.ts";
import type { Person } from "../mattermost/people.ts";
import { listChannels, listMembers, listPeople, selfEntry } from "./directory.ts";

const person = (username: string, more: Partial<Person> = {}): Person => ({
  id: `${username}-id`,
  username,
  nickname: "",
  first_name: "",
  last_name: "",
  roles: "system_user",
  is_bot: false,
  delete_at: 0,
  position: "",
  ...more,
});
const PEOPLE = [person("anna", { first_name: "Anna", last_name: "Bell" }), person("gone", { delete_at: 1 })];
const asked: [string, number][] = [];

const world = (teams: string[]) => {
  const names = fakeLookup({
    teams,
    channels: ["acme/town-square", "acme/secret:P", "acme/a__b:D", "acme/three:G"],
    users: [],
  });
  return {
    ...names,
    me: async () => ({ id: "openclaw-id", username: "openclaw", is_bot: true, delete_at: 0 }),
    person: async () => person("openclaw", { is_bot: true }),
    searchPeople: async (term: string, limit: number) => {
      asked.push([term, limit]);
      return [...PEOPLE, person("openclaw", { is_bot: true })];
    },
    members: async () => [{ user_id: "anna-id", roles: "channel_user", scheme_admin: false }],
    people: async (ids: readonly string[]) => PEOPLE.filter((each) => ids.includes(each.id)),
    channelInfo: async () => Promise.reject(new Error("not asked")),
  };
};

describe("S14 the directory", () => {
  it("S14 tells who the bot is, and who can be written to", async () => {
    expect(await selfEntry(world(["acme"]))).toMatchObject({ id: "user:openclaw-id", handle: "@openclaw" });
    expect(await listPeople(world(["acme"]), { query: " @an", limit: 5_000 })).toEqual([
      { kind: "user", id: "user:anna-id", name: "Anna Bell", handle: "@anna" },
    ]);
    expect(asked).toEqual([["an", 200]]);
  });
  it("S14 lists the bot's channels, private ones and group messages too, direct ones not", async () => {
    expect(await listChannels(world(["acme"]), {})).toEqual([
      { kind: "channel", id: "channel:acme-town-square", name: "Town Square", handle: "#town-square" },
      { kind: "channel", id: "channel:acme-secret", name: "Secret", handle: "#secret" },
      { kind: "group", id: "channel:acme-three", name: "Three" },
    ]);
  });
  it("S14 names the team where the bot is in several, and finds by it and by what people see", async () => {
    const two = world(["acme", "lab"]);
    expect((await listChannels(two, { query: "#acme/sec" })).map((entry) => entry.handle)).toEqual(["#acme/secret"]);
    expect((await listChannels(two, { query: "town sq" })).map((entry) => entry.handle)).toEqual(["#acme/town-square"]);
    expect(await listChannels(two, { limit: 1 })).toHaveLength(1);
  });
  it("S14 lists who is in a channel", async () => {
    expect((await listMembers(world(["acme"]), "acme-town-square")).map((entry) => entry.handle)).toEqual(["@anna"]);
  });
});
