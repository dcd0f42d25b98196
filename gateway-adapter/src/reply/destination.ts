import { MattermostError } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { withDmRetry, type DmRetryDeps } from "./dm-retry.ts";
import type { Target } from "./target.ts";

type Client = Pick<MattermostClient, "user" | "userByName" | "directChannel" | "teams" | "channelByName">;

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
    const channel = await withDmRetry(deps.retry, (signal) => deps.client.directChannel(botId, userId, signal));
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
          return channelNamed(deps.client, target.name);
      }
    },
  };
}
export type Destinations = ReturnType<typeof createDestinations>;

async function isUser(client: Client, id: string): Promise<boolean> {
  return (await unlessMissing(client.user(id))) !== undefined;
}

/** `name`, or `team/name` where teams have channels of the same name. */
async function channelNamed(client: Client, text: string): Promise<string> {
  const [teamName, name] = text.includes("/") ? text.split("/", 2) : [undefined, text];
  const teams = (await client.teams()).filter((team) => teamName === undefined || team.name === teamName);
  const found: { id: string; team: string }[] = [];
  for (const team of teams) {
    const channel = await unlessMissing(client.channelByName(team.id, name));
    if (channel) found.push({ id: channel.id, team: team.name });
  }
  const [only, ...more] = found;
  if (!only) {
    throw new MattermostError("http", `The bot sees no channel #${text}. Is it a member of the channel and its team?`, {
      status: 404,
    });
  }
  if (more.length > 0) {
    const choices = found.map(({ team }) => `#${team}/${name}`).join(", ");
    throw new MattermostError("http", `Several teams have a channel #${text}. Say which one: ${choices}.`, {
      status: 400,
    });
  }
  return only.id;
}

/** Undefined for what Mattermost does not know, or does not show to the bot. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MattermostError && [400, 403, 404].includes(error.status)) return undefined;
    throw error;
  }
}
