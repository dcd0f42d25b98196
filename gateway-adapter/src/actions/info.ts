import { findUser, unlessMissing } from "../mattermost/lookup.ts";
import { isId } from "../mattermost/target.ts";
import { channelFor, type ActionContext } from "./context.ts";
import { ActionError } from "./error.ts";
import type { ActionParams } from "./params.ts";
import { viewChannel, viewPerson } from "./view.ts";

/** Who somebody is, and what they are in a channel; without a name, the asker. */
export async function memberInfo(context: ActionContext, params: ActionParams) {
  const { client, rights, here } = context;
  const named = params.userId?.replace(/^user:/i, "");
  const userId =
    named === undefined ? askerId(context) : isId(named) ? named : (await findUser(client, named.replace(/^@/, ""))).id;
  const channelId = params.target === undefined ? here.channelId : await channelFor(context, params.target);
  const member = channelId === undefined ? undefined : await unlessMissing(client.member(channelId, userId));
  const together = channelId !== undefined && member !== undefined && (await rights.isIn(channelId));
  if (!together) await rights.requireSees({ id: userId });
  const person = await client.person(userId);
  return {
    member: viewPerson(person),
    ...(channelId === undefined
      ? {}
      : { channelId, inChannel: member !== undefined, channelAdmin: member?.scheme_admin === true }),
  };
}

function askerId({ rights }: ActionContext): string {
  if (rights.asker.kind === "person") return rights.asker.id;
  throw new ActionError("input", "Say who: userId is missing.");
}

export async function channelInfo(context: ActionContext, params: ActionParams) {
  const { client } = context;
  const channelId = await channelFor(context, params.target);
  const [channel, memberCount, teams] = await Promise.all([
    client.channelInfo(channelId),
    client.memberCount(channelId),
    client.teams(),
  ]);
  const team = teams.find((each) => each.id === channel.team_id)?.name;
  return { channel: { ...viewChannel(channel, team), memberCount } };
}

const ASKED_MAX = 300;

/** The channels that both the bot and the asker are in. */
export async function channelList(context: ActionContext, params: ActionParams) {
  const { client, rights } = context;
  const [all, teams] = [await client.myChannels(), await client.teams()];
  const wanted = (params.query ?? "").replace(/^[#~]/, "").toLowerCase();
  const fitting = all.filter((channel) => `${channel.name} ${channel.display_name}`.toLowerCase().includes(wanted));
  const channels: ReturnType<typeof viewChannel>[] = [];
  for (const channel of fitting.slice(0, ASKED_MAX)) {
    if (channels.length === params.limit) break;
    const team = teams.find((each) => each.id === channel.team_id)?.name;
    if (await rights.isIn(channel.id)) channels.push(viewChannel(channel, team));
  }
  return { channels, hasMore: channels.length === params.limit || fitting.length > ASKED_MAX };
}
