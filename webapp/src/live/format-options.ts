import type { Channel } from "@mattermost/types/channels";
import type { GlobalState } from "@mattermost/types/store";
import type { Team } from "@mattermost/types/teams";

/** What Mattermost's own posts are formatted with. */
export interface FormatOptions {
  atMentions: true;
  siteURL: string;
  team: Team | undefined;
  /** Channels that a text may link to, by name. */
  channelNamesMap: Record<string, Pick<Channel, "display_name">>;
  minimumHashtagLength: number;
  /** Words that stand for whoever looks. */
  mentionKeys: { key: string; caseSensitive?: boolean }[];
}

/** The options of the moment. The channels are gone through anew only when they have changed: a text may grow often. */
export function createFormatOptions(siteURL: string): (state: GlobalState) => FormatOptions {
  let of: { channels: object; team: string } | undefined;
  let channelNamesMap: FormatOptions["channelNamesMap"] = {};
  return ({ entities }) => {
    const { channels } = entities.channels;
    const team = entities.teams.currentTeamId;
    if (of?.channels !== channels || of.team !== team) {
      of = { channels, team };
      const here = Object.values(channels).filter(({ team_id }) => team_id === team);
      channelNamesMap = Object.fromEntries(here.map(({ name, display_name }) => [name, { display_name }]));
    }
    return {
      atMentions: true,
      siteURL,
      team: entities.teams.teams[team],
      channelNamesMap,
      minimumHashtagLength: Number(entities.general.config.MinimumHashtagLength) || 3,
      mentionKeys: mentionKeys(entities.users),
    };
  };
}

function mentionKeys({ profiles, currentUserId }: GlobalState["entities"]["users"]): FormatOptions["mentionKeys"] {
  const me = (profiles as Partial<typeof profiles>)[currentUserId];
  if (!me) return [];
  // A user that Mattermost has read by a list comes without them.
  const props = me.notify_props as Partial<typeof me.notify_props> | undefined;
  const { mention_keys = "", channel, first_name } = props ?? {};
  const words = mention_keys.split(",").map((key) => ({ key: key.trim() }));
  if (first_name === "true") words.push({ key: me.first_name });
  if (channel === "true") words.push({ key: "@channel" }, { key: "@all" }, { key: "@here" });
  return [{ key: `@${me.username}` }, ...words].filter(({ key }) => key !== "");
}
