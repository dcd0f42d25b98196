import { MattermostError } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import type { Target } from "./target.ts";

type Client = Pick<MattermostClient, "user" | "userByName" | "directChannel" | "channel">;

const REMEMBERED_MAX = 5_000;

/**
 * Turns targets into channel ids. Direct channels are remembered: they never change, and an answer to a message just
 * received then needs no look-up.
 */
export function createDestinations(deps: { client: Client; botId: () => Promise<string> }) {
  const direct = new Map<string, string>();

  function remember(userId: string, channelId: string): void {
    direct.delete(userId);
    direct.set(userId, channelId);
    if (direct.size > REMEMBERED_MAX) {
      const oldest = direct.keys().next().value;
      if (oldest !== undefined) direct.delete(oldest);
    }
  }

  async function directChannel(userId: string): Promise<string> {
    const known = direct.get(userId);
    if (known) return known;
    const channel = await deps.client.directChannel(await deps.botId(), userId);
    remember(userId, channel.id);
    return channel.id;
  }

  return {
    remember,
    /** The channel id to post to. Throws `MattermostError`. */
    async channelId(target: Target): Promise<string> {
      switch (target.kind) {
        case "channel":
          return target.id;
        case "user":
          return directChannel(target.id);
        case "username":
          return directChannel((await deps.client.userByName(target.name)).id);
        case "id":
          return (await isUser(deps.client, target.id)) ? directChannel(target.id) : target.id;
        case "channel-name":
          throw new MattermostError("http", `#${target.name} cannot be addressed by name yet. Use channel:<id>.`);
      }
    },
  };
}
export type Destinations = ReturnType<typeof createDestinations>;

async function isUser(client: Client, id: string): Promise<boolean> {
  try {
    await client.user(id);
    return true;
  } catch (error) {
    if (error instanceof MattermostError && (error.status === 404 || error.status === 400)) return false;
    throw error;
  }
}
