import type { MattermostClient } from "../mattermost/client.ts";
import { findChannel, findId, findUser, isMissing, notFound, type LookupClient } from "../mattermost/lookup.ts";
import { withDmRetry, type DmRetryDeps } from "./dm-retry.ts";
import type { Target } from "../mattermost/target.ts";

type Client = LookupClient & Pick<MattermostClient, "directChannel">;

const REMEMBERED_MAX = 5_000;

/**
 * Turns targets into channel ids. Direct channels are remembered: they never change, and an answer to a message just
 * received then needs no look-up.
 */
export function createDestinations(deps: { client: Client; botId: () => Promise<string>; retry: DmRetryDeps }) {
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
    const botId = await deps.botId();
    const make = (signal: AbortSignal) => deps.client.directChannel(botId, userId, signal);
    const channel = await withDmRetry(deps.retry, make).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      throw notFound(
        `No direct message can be sent to ${userId}. Is it a person's id? For a channel write channel:<id>.`,
        error,
      );
    });
    remember(userId, channel.id);
    return channel.id;
  }

  return {
    remember,
    /** The channel id to post to. Throws `MattermostError`, with words for whoever wrote the target. */
    async channelId(target: Target): Promise<string> {
      switch (target.kind) {
        case "channel":
          return target.id;
        case "user":
          return directChannel(target.id);
        case "username":
          return directChannel((await findUser(deps.client, target.name)).id);
        case "id": {
          const found = await findId(deps.client, target.id);
          return found.kind === "user" ? directChannel(found.id) : found.id;
        }
        case "channel-name":
          return (await findChannel(deps.client, target)).id;
      }
    },
  };
}
export type Destinations = ReturnType<typeof createDestinations>;
