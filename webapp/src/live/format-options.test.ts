import { describe, expect, it } from "@jest/globals";
import type { GlobalState } from "@mattermost/types/store";
import { createFormatOptions } from "./format-options.ts";

const team = { id: "t", name: "acme" };
const stateOf = (over: { channels?: object; me?: object } = {}): GlobalState =>
  ({
    entities: {
      channels: { channels: over.channels ?? {} },
      teams: { currentTeamId: "t", teams: { t: team } },
      general: { config: { MinimumHashtagLength: "5" } },
      users: { currentUserId: "anna", profiles: { anna: over.me ?? { username: "anna", notify_props: {} } } },
    },
  }) as unknown as GlobalState;

describe("what a live text is formatted with", () => {
  it("N5 links to the channels of the team, by their names", () => {
    const optionsOf = createFormatOptions("https://chat.example");
    const channels = {
      a: { name: "town", display_name: "Town Square", team_id: "t" },
      b: { name: "other", display_name: "Other", team_id: "another" },
    };
    const options = optionsOf(stateOf({ channels }));
    expect(options).toMatchObject({ siteURL: "https://chat.example", team, minimumHashtagLength: 5, atMentions: true });
    expect(options.channelNamesMap).toEqual({ town: { display_name: "Town Square" } });
    expect(optionsOf(stateOf({ channels })).channelNamesMap).toBe(options.channelNamesMap);
    expect(optionsOf(stateOf()).channelNamesMap).toEqual({});
  });

  it("N5 marks the words that whoever looks has asked for", () => {
    const notify_props = { mention_keys: "deploy, ", first_name: "true", channel: "true" };
    const me = { username: "anna", first_name: "Anna", notify_props };
    const keys = createFormatOptions("")(stateOf({ me })).mentionKeys.map(({ key }) => key);
    expect(keys).toEqual(["@anna", "deploy", "Anna", "@channel", "@all", "@here"]);
    expect(createFormatOptions("")(stateOf({ me: undefined as never })).mentionKeys).toEqual([{ key: "@anna" }]);
    const listed = stateOf({ me: { username: "anna", first_name: "Anna" } });
    expect(createFormatOptions("")(listed).mentionKeys).toEqual([{ key: "@anna" }]);
  });
});
