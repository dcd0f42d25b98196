import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { fakeLookup } from "../mattermost/fake-lookup.ts";
import { createDestinations } from "./destination.ts";

function world(refusal?: MattermostError) {
  const asked: string[] = [];
  const client = {
    ...fakeLookup({ teams: ["acme"], channels: ["acme/town"], users: ["anna"] }),
    directChannel: async (a: string, b: string) => {
      asked.push(`${a} ${b}`);
      if (refusal) throw refusal;
      return { id: `dm-${b}`, type: "D", name: "", team_id: "" };
    },
  };
  const retry = {
    policy: () => ({ maxRetries: 0, initialDelayMs: 1, maxDelayMs: 1, timeoutMs: 1_000 }),
    sleep: async () => undefined,
    random: () => 0.5,
  };
  return { asked, destinations: createDestinations({ client, botId: async () => "bot", retry }) };
}

describe("S9 destinations", () => {
  it("S9 S14 L9 a person's target is the direct channel, a channel's the channel", async () => {
    const { destinations } = world();
    expect(await destinations.channelId({ kind: "username", name: "anna" })).toBe("dm-anna-id");
    expect(await destinations.channelId({ kind: "user", id: "anna-id" })).toBe("dm-anna-id");
    expect(await destinations.channelId({ kind: "id", id: "anna-id" })).toBe("dm-anna-id");
    expect(await destinations.channelId({ kind: "id", id: "acme-town" })).toBe("acme-town");
    expect(await destinations.channelId({ kind: "channel-name", name: "town" })).toBe("acme-town");
    expect(await destinations.channelId({ kind: "channel", id: "any" })).toBe("any");
  });
  it("S9 asks for a direct channel once, and not at all for one that wrote to us", async () => {
    const { asked, destinations } = world();
    await destinations.channelId({ kind: "user", id: "anna-id" });
    await destinations.channelId({ kind: "user", id: "anna-id" });
    destinations.remember("someone", "dm-known");
    expect(await destinations.channelId({ kind: "user", id: "someone" })).toBe("dm-known");
    expect(asked).toEqual(["bot anna-id"]);
  });
  it("S9 a channel's id where a person's is needed is told", async () => {
    const { destinations } = world(
      new MattermostError("http", "invalid_user", { status: 400, serverId: "x.app_error" }),
    );
    const sent = destinations.channelId({ kind: "user", id: "acme-town" });
    await expect(sent).rejects.toThrow("Is it a person's id? For a channel write channel:<id>.");
    await expect(sent).rejects.toMatchObject({ status: 400, serverId: "x.app_error" });
  });
});
