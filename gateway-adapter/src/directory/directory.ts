import { displayNameOf, type ChannelInfo, type Person } from "../mattermost/people.ts";
import type { MattermostClient } from "../mattermost/client.ts";

type Client = Pick<
  MattermostClient,
  "me" | "searchPeople" | "myChannels" | "teams" | "members" | "people" | "person" | "channelInfo"
>;

/** One person or channel; `id` can be used as a target. */
export interface DirectoryEntry {
  kind: "user" | "group" | "channel";
  id: string;
  name: string;
  handle?: string;
}

const LIMIT = 100;
const LIMIT_MAX = 200;
/** A search is about a name; longer texts are none. */
const QUERY_MAX = 64;

const within = (limit: number | null | undefined): number => Math.max(1, Math.min(limit ?? LIMIT, LIMIT_MAX));

const entryOf = (person: Person): DirectoryEntry => ({
  kind: "user",
  id: `user:${person.id}`,
  name: displayNameOf(person),
  handle: `@${person.username}`,
});

export async function selfEntry(client: Client): Promise<DirectoryEntry> {
  return entryOf(await client.person((await client.me()).id));
}

/** People who can be written to: no bots, nobody who is deactivated. */
export async function listPeople(
  client: Client,
  { query, limit }: { query?: string | null; limit?: number | null },
): Promise<DirectoryEntry[]> {
  const term = (query ?? "").trim().replace(/^@/, "").slice(0, QUERY_MAX);
  const people = await client.searchPeople(term, within(limit));
  return people.filter((person) => person.delete_at === 0 && !person.is_bot).map(entryOf);
}

/** The channels and group messages that the bot is in. A team is named where the bot is in several. */
export async function listChannels(
  client: Client,
  { query, limit }: { query?: string | null; limit?: number | null },
): Promise<DirectoryEntry[]> {
  const [teams, channels] = [await client.teams(), await client.myChannels()];
  const wanted = (query ?? "").trim().replace(/^[#~]/, "").toLowerCase();
  const teamOf = (channel: ChannelInfo): string =>
    teams.length > 1 ? `${teams.find((team) => team.id === channel.team_id)?.name ?? ""}/` : "";
  return channels
    .filter((channel) => channel.type !== "D" && channel.delete_at === 0)
    .filter((channel) => `${teamOf(channel)}${channel.name} ${channel.display_name}`.toLowerCase().includes(wanted))
    .slice(0, within(limit))
    .map((channel) =>
      channel.type === "G"
        ? { kind: "group", id: `channel:${channel.id}`, name: channel.display_name }
        : {
            kind: "channel",
            id: `channel:${channel.id}`,
            name: channel.display_name || channel.name,
            handle: `#${teamOf(channel)}${channel.name}`,
          },
    );
}

/** Who is in a channel. */
export async function listMembers(client: Client, channelId: string, limit?: number | null): Promise<DirectoryEntry[]> {
  const members = await client.members(channelId, within(limit));
  if (members.length === 0) return [];
  return (await client.people(members.map((member) => member.user_id))).map(entryOf);
}
