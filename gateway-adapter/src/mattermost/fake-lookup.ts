import { MattermostError } from "../errors.ts";
import type { LookupClient } from "./lookup.ts";

/**
 * For tests: as much of Mattermost as names need. Channels are `team/name` or `team/name:P`, users `name` or
 * `name:deactivated`; ids are made of the names.
 */
export function fakeLookup(world: { teams: string[]; channels: string[]; users: string[] }): LookupClient {
  const channels = world.channels.map((text) => {
    const [path = "", type = "O"] = text.split(":");
    const [team = "", name = ""] = path.split("/");
    const words = name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
    return { id: `${team}-${name}`, type: type as "O" | "P", name, display_name: words.join(" "), team_id: team };
  });
  const users = world.users.map((text) => {
    const [username = "", state] = text.split(":");
    return { id: `${username}-id`, username, is_bot: false, delete_at: state ? 1 : 0 };
  });
  const known = async <T>(found: T | undefined): Promise<T> => {
    if (found === undefined) throw new MattermostError("http", "no such thing", { status: 404 });
    return found;
  };
  return {
    user: (id) => known(users.find((user) => user.id === id)),
    userByName: (name) => known(users.find((user) => user.username === name)),
    teams: async () => world.teams.map((name) => ({ id: name, name })),
    channel: (id) => known(channels.find((channel) => channel.id === id)),
    channelByName: (team, name) => known(channels.find((channel) => channel.team_id === team && channel.name === name)),
    myChannels: async () =>
      channels.map((channel) => ({
        ...channel,
        last_post_at: 0,
        header: "",
        purpose: "",
        create_at: 0,
        delete_at: 0,
      })),
  };
}
