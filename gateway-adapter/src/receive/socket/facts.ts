import type { Actor, Channel } from "@openclaw-mattermost/contract";
import { isOutOfSight, type Get } from "./rest.ts";
import { channelRowSchema, postRowSchema, teamRowSchema, userRowSchema } from "../../mattermost/rows.ts";

/** How long facts are believed, and how many of each are held: what the plugin does, too. */
const TTL_MS = 60_000;
const ENTRIES_MAX = 5_000;
const NAME_MAX = 100;
const CHANNEL_NAME_MAX = 128;

/** Who and where, from the server's records and mostly from memory. Throws `MattermostError`. */
export function createFacts(deps: { get: Get; now: () => number }) {
  const { get } = deps;
  const actors = createCache<Actor>(deps.now);
  const channels = createCache<Channel>(deps.now);
  const roots = createCache<string>(deps.now);

  const teamName = async (id: string): Promise<string> => {
    try {
      return (await get(`/api/v4/teams/${id}`, teamRowSchema)).name;
    } catch (error) {
      if (isOutOfSight(error)) return "";
      throw error;
    }
  };

  return {
    actor: (userId: string): Promise<Actor> =>
      actors.get(userId, async () => {
        const user = await get(`/api/v4/users/${userId}`, userRowSchema);
        return {
          id: user.id,
          username: user.username,
          display_name: clip(user.nickname || `${user.first_name} ${user.last_name}`.trim(), NAME_MAX),
          is_bot: user.is_bot,
          is_guest: user.roles.split(" ").includes("system_guest"),
          is_system: false,
          is_webhook: false,
          is_deactivated: user.delete_at > 0,
        };
      }),
    channel: (channelId: string): Promise<Channel> =>
      channels.get(channelId, async () => {
        const channel = await get(`/api/v4/channels/${channelId}`, channelRowSchema);
        return {
          id: channel.id,
          type: channel.type,
          name: clip(channel.name, CHANNEL_NAME_MAX),
          display_name: clip(channel.display_name, CHANNEL_NAME_MAX),
          team_id: channel.team_id,
          team_name: channel.team_id ? await teamName(channel.team_id) : "",
        };
      }),
    /** A post that came by: it may be gone when somebody's reaction to it is told. */
    rememberThread: roots.set,
    /** The root of the thread that a post belongs to, empty at top level. */
    threadRoot: (postId: string): Promise<string> =>
      roots.get(postId, async () => (await get(`/api/v4/posts/${postId}`, postRowSchema)).root_id),
  };
}
export type Facts = ReturnType<typeof createFacts>;

/** Remembers answers for a while and up to a number; a failure is not remembered. */
function createCache<T>(now: () => number) {
  const held = new Map<string, { value: T; until: number }>();
  const set = (key: string, value: T): void => {
    if (held.size >= ENTRIES_MAX) held.clear();
    held.set(key, { value, until: now() + TTL_MS });
  };
  return {
    set,
    async get(key: string, load: () => Promise<T>): Promise<T> {
      const known = held.get(key);
      if (known && now() < known.until) return known.value;
      const value = await load();
      set(key, value);
      return value;
    },
  };
}

const clip = (text: string, units: number): string => Array.from(text).slice(0, units).join("").slice(0, units);
