import { MattermostError } from "../errors.ts";
import type { MattermostClient } from "./client.ts";
import type { ChannelRow } from "./rows.ts";

export type LookupClient = Pick<
  MattermostClient,
  "user" | "userByName" | "teams" | "channelByName" | "channel" | "myChannels"
>;

const SUGGESTED_MAX = 5;

/** Undefined for what Mattermost does not know, or does not show to the bot. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): error is MattermostError {
  return error instanceof MattermostError && error.code === "http" && [400, 403, 404].includes(error.status);
}

/** A refusal in words for whoever named the thing. */
export function notFound(message: string, cause?: unknown): MattermostError {
  const { status = 404, serverId = "", requestId = "" } = cause instanceof MattermostError ? cause : {};
  return new MattermostError("http", message, { status, serverId, requestId, cause });
}

/** The person with this name. */
export async function findUser(client: LookupClient, name: string): ReturnType<LookupClient["userByName"]> {
  const user = await unlessMissing(client.userByName(name.toLowerCase()));
  if (!user) throw notFound(`Nobody on this server is called @${name}. For a channel write #${name}.`);
  if (user.delete_at > 0) throw notFound(`@${name} is deactivated.`);
  return user;
}

/** The channel with this name or display name, in the one team that has it. */
export async function findChannel(
  client: LookupClient,
  { team, name }: { team?: string; name: string },
): Promise<{ id: string; name: string; team: string }> {
  const teams = await client.teams();
  const among = team === undefined ? teams : teams.filter((each) => each.name === team.toLowerCase());
  if (among.length === 0) {
    const known = teams.map((each) => each.name).join(", ");
    throw notFound(`The bot is in no team ${team ?? "at all"}.${known ? ` Its teams: ${known}.` : ""}`);
  }
  const wanted = name.toLowerCase();
  const found: { id: string; name: string; team: string }[] = [];
  for (const each of among) {
    const channel = /\s/.test(wanted) ? undefined : await unlessMissing(client.channelByName(each.id, wanted));
    if (channel) found.push({ id: channel.id, name: channel.name, team: each.name });
  }
  if (found.length === 0) found.push(...(await byDisplayName(client, among, { ...(team ? { team } : {}), name })));
  const [only, ...more] = found;
  if (only && more.length === 0) return only;
  const choices = found.map((each) => `#${each.team}/${each.name}`).join(", ");
  throw new MattermostError("http", `There are several channels #${name}. Say which one: ${choices}.`, { status: 400 });
}

/** What people see of a channel is not its name. Throws where nothing is called so. */
async function byDisplayName(
  client: LookupClient,
  teams: readonly { id: string; name: string }[],
  { team, name }: { team?: string; name: string },
): Promise<{ id: string; name: string; team: string }[]> {
  const mine = (await client.myChannels()).flatMap((channel) => {
    const owner = channel.type === "O" || channel.type === "P" ? channel.team_id : undefined;
    const within = teams.find((each) => each.id === owner);
    return within ? [{ ...channel, team: within.name }] : [];
  });
  const found = mine.filter((channel) => channel.display_name.toLowerCase() === name.toLowerCase());
  if (found.length === 0) throw notFound(noSuchChannel(team, name, mine));
  return found;
}

function noSuchChannel(
  team: string | undefined,
  name: string,
  mine: readonly (ChannelRow & { team: string })[],
): string {
  const wanted = name.toLowerCase();
  // Whoever reads this may not be allowed to know of private ones.
  const open = mine.filter((channel) => channel.type === "O");
  const alike = open.filter(
    (channel) => channel.name.includes(wanted) || channel.display_name.toLowerCase().includes(wanted),
  );
  const meant = alike.slice(0, SUGGESTED_MAX).map((channel) => `#${channel.name}`);
  const hint = meant.length > 0 ? ` Did you mean ${meant.join(", ")}?` : " Is it a member of the channel and its team?";
  return `The bot sees no channel #${team === undefined ? "" : `${team}/`}${name}.${hint}`;
}

/** What a bare id belongs to: a person first, else a channel. */
export async function findId(client: LookupClient, id: string): Promise<{ kind: "user" | "channel"; id: string }> {
  const user = await unlessMissing(client.user(id));
  if (user) return { kind: "user", id };
  if (await unlessMissing(client.channel(id))) return { kind: "channel", id };
  throw notFound(
    `${id} is neither a person nor a channel that the bot can see. If it is a channel, invite the bot to it first.`,
  );
}
