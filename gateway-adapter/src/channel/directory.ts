import type { ChannelPlugin } from "openclaw/plugin-sdk/channel-core";
import { messageOf } from "../errors.ts";
import { listChannels, listMembers, listPeople, selfEntry } from "../directory/directory.ts";
import { findChannel, findId, findUser } from "../mattermost/lookup.ts";
import { parseTarget, readTarget } from "../mattermost/target.ts";
import type { AccountAccess } from "./targets.ts";

type Directory = NonNullable<ChannelPlugin["directory"]>;
type Resolver = NonNullable<ChannelPlugin["resolver"]>;
type Cfg = Parameters<AccountAccess["account"]>[0];

/** `openclaw directory …`. Both kinds of list are asked from Mattermost: the config knows ids only. */
export function createDirectory({ registry, account }: AccountAccess): Directory {
  const partsFor = (cfg: Cfg, accountId?: string | null) => registry.partsOf(account(cfg, accountId));
  const listPeers: Directory["listPeers"] = ({ cfg, accountId, query, limit }) =>
    listPeople(partsFor(cfg, accountId).client, { query: query ?? null, limit: limit ?? null });
  const listGroups: Directory["listGroups"] = ({ cfg, accountId, query, limit }) =>
    listChannels(partsFor(cfg, accountId).client, { query: query ?? null, limit: limit ?? null });
  return {
    self: ({ cfg, accountId }) => selfEntry(partsFor(cfg, accountId).client),
    listPeers,
    listPeersLive: listPeers,
    listGroups,
    listGroupsLive: listGroups,
    listGroupMembers: async ({ cfg, accountId, groupId, limit }) => {
      const { client, destinations } = partsFor(cfg, accountId);
      return listMembers(client, await destinations.channelId(readTarget(groupId)), limit);
    },
  };
}

/** `openclaw channels resolve …`: names to ids, each with why not. */
export function createResolver({ registry, account }: AccountAccess): Resolver {
  return {
    resolveTargets: async ({ cfg, accountId, inputs, kind }) => {
      const { client } = registry.partsOf(account(cfg, accountId));
      const resolve = async (input: string) => {
        // A bare name is what the kind says.
        const target = parseTarget(input) ?? readTarget(`${kind === "user" ? "@" : "#"}${input}`);
        switch (target.kind) {
          case "user":
          case "username": {
            const user = await (target.kind === "user" ? client.user(target.id) : findUser(client, target.name));
            return { kind: "user", id: user.id, name: `@${user.username}` };
          }
          case "channel": {
            const channel = await client.channel(target.id);
            return { kind: "group", id: channel.id, name: `#${channel.name}` };
          }
          case "channel-name": {
            const channel = await findChannel(client, target);
            return { kind: "group", id: channel.id, name: `#${channel.name}` };
          }
          case "id": {
            const found = await findId(client, target.id);
            return { kind: found.kind === "user" ? "user" : "group", id: found.id };
          }
        }
      };
      return Promise.all(
        inputs.map(async (input) => {
          try {
            const found = await resolve(input);
            if (found.kind === kind) return { input, resolved: true, ...found };
            const note = kind === "user" ? "This is a channel, not a person." : "This is a person, not a channel.";
            return { input, resolved: false, note };
          } catch (error) {
            return { input, resolved: false, note: messageOf(error) };
          }
        }),
      );
    },
  };
}
