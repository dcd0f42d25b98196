import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { createDestinations } from "./destination.ts";
import { formatTarget, parseTarget } from "./target.ts";

const ID = "abcdefghijklmnopqrstuvwxy1";

describe("S9 targets", () => {
  it.each([
    [`channel:${ID}`, { kind: "channel", id: ID }],
    [`user:${ID}`, { kind: "user", id: ID }],
    [`mattermost:${ID}`, { kind: "user", id: ID }],
    [`mattermost:channel:${ID}`, { kind: "channel", id: ID }],
    ["@anna", { kind: "username", name: "anna" }],
    ["user:@anna", { kind: "username", name: "anna" }],
    ["#town-square", { kind: "channel-name", name: "town-square" }],
    ["channel:#town-square", { kind: "channel-name", name: "town-square" }],
    [ID, { kind: "id", id: ID }],
  ])("S9 reads %s", (raw, target) => {
    expect(parseTarget(raw)).toEqual(target);
    expect(parseTarget(formatTarget(target as never))).toEqual(target);
  });
  it.each(["", "anna", "channel:", "@", "#", "everyone please"])("S9 does not take %j for a target", (raw) => {
    expect(parseTarget(raw)).toBeUndefined();
  });

  const world = (users: string[], channels: string[] = []) => {
    const calls: string[] = [];
    const client = {
      user: async (id: string) => {
        calls.push("user");
        if (!users.includes(id)) throw new MattermostError("http", "no such user", { status: 404 });
        return { id, username: "x", is_bot: false, delete_at: 0 };
      },
      userByName: async () => ({ id: ID, username: "anna", is_bot: false, delete_at: 0 }),
      directChannel: async (a: string, b: string) => {
        calls.push("direct");
        return { id: `dm-${a}-${b}`, type: "D", name: "", team_id: "" };
      },
      teams: async () => [
        { id: "team1", name: "acme" },
        { id: "team2", name: "lab" },
      ],
      channelByName: async (team: string, name: string) => {
        if (!channels.includes(`${team}/${name}`))
          throw new MattermostError("http", "no such channel", { status: 404 });
        return { id: `${team}-${name}`, type: "P", name, team_id: team };
      },
    };
    const retry = {
      policy: () => ({ maxRetries: 0, initialDelayMs: 1, maxDelayMs: 1, timeoutMs: 1_000 }),
      sleep: async () => undefined,
      random: () => 0.5,
    };
    return { calls, destinations: createDestinations({ client, botId: async () => "bot", retry }) };
  };

  it("S9 resolves a bare id as a user first, else as a channel", async () => {
    expect(await world([ID]).destinations.channelId({ kind: "id", id: ID })).toBe(`dm-bot-${ID}`);
    expect(await world([]).destinations.channelId({ kind: "id", id: ID })).toBe(ID);
  });
  it("S9 resolves a name to the direct channel of that user", async () => {
    expect(await world([]).destinations.channelId({ kind: "username", name: "anna" })).toBe(`dm-bot-${ID}`);
  });
  it("S9 asks for a direct channel once, and not at all for one that wrote to us", async () => {
    const { calls, destinations } = world([]);
    await destinations.channelId({ kind: "user", id: ID });
    await destinations.channelId({ kind: "user", id: ID });
    destinations.remember("someone", "dm-known");
    expect(await destinations.channelId({ kind: "user", id: "someone" })).toBe("dm-known");
    expect(calls).toEqual(["direct"]);
  });

  it("S14 resolves a channel's name in the bot's teams", async () => {
    const { destinations } = world([], ["team2/town", "team1/both", "team2/both"]);
    const find = (name: string) => destinations.channelId({ kind: "channel-name", name });
    expect(await find("town")).toBe("team2-town");
    await expect(find("nowhere")).rejects.toThrow("The bot sees no channel #nowhere");
    await expect(find("both")).rejects.toThrow("Say which one: #acme/both, #lab/both.");
    expect(await find("lab/both")).toBe("team2-both");
  });
});
