import {
  buildChannelOutboundSessionRoute,
  type ChannelPlugin,
  type OpenClawConfig,
} from "openclaw/plugin-sdk/channel-core";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { findChannel, findId, findUser, unlessMissing } from "../mattermost/lookup.ts";
import { formatTarget, parseTarget, readTarget, TARGET_FORMS, type Target } from "../mattermost/target.ts";
import type { AccountParts } from "../registry.ts";

export interface AccountAccess {
  registry: { partsOf: (account: MattermostAccount) => Pick<AccountParts, "client" | "destinations" | "botId"> };
  account: (cfg: OpenClawConfig, accountId?: string | null) => MattermostAccount;
}
type Messaging = NonNullable<ChannelPlugin["messaging"]>;
type Resolved = { kind: "user" | "channel"; id: string; display?: string };

/** How OpenClaw reads what people write as a target, and which session a target belongs to. */
export function createMessaging({ registry, account }: AccountAccess): Messaging {
  const clientFor = (cfg: OpenClawConfig, accountId?: string | null) =>
    registry.partsOf(account(cfg, accountId)).client;

  async function resolve(cfg: OpenClawConfig, accountId: string | null | undefined, target: Target): Promise<Resolved> {
    switch (target.kind) {
      case "user":
      case "channel":
        return target;
      case "id":
        return findId(clientFor(cfg, accountId), target.id);
      case "username": {
        const user = await findUser(clientFor(cfg, accountId), target.name);
        return { kind: "user", id: user.id, display: `@${user.username}` };
      }
      case "channel-name": {
        const channel = await findChannel(clientFor(cfg, accountId), target);
        return { kind: "channel", id: channel.id, display: `#${channel.name}` };
      }
    }
  }

  /** Direct and group channels have sessions of their own kinds, whichever way they are named. */
  async function peerOf(cfg: OpenClawConfig, accountId: string | null | undefined, found: Resolved) {
    if (found.kind === "user") return { kind: "direct" as const, id: found.id };
    const parts = registry.partsOf(account(cfg, accountId));
    const channel = await unlessMissing(parts.client.channelInfo(found.id));
    if (channel?.type === "G") return { kind: "group" as const, id: found.id };
    if (channel?.type !== "D") return { kind: "channel" as const, id: found.id };
    const botId = await parts.botId();
    const other = channel.name.split("__").find((id) => id !== botId) ?? botId;
    return { kind: "direct" as const, id: other };
  }

  return {
    targetPrefixes: [CHANNEL_ID],
    directTargetStyle: "user-prefixed",
    targetIdComparison: "case-sensitive",
    normalizeTarget: (raw) => {
      const target = parseTarget(raw);
      return target ? formatTarget(target) : undefined;
    },
    inferTargetChatType: ({ to }) => {
      const kind = parseTarget(to)?.kind;
      if (kind === "user" || kind === "username") return "direct";
      return kind === "channel" || kind === "channel-name" ? "channel" : undefined;
    },
    targetResolver: {
      // Everything is resolved here: OpenClaw's own search would send to a channel whose name only contains the one meant.
      looksLikeId: () => true,
      hint: TARGET_FORMS,
      resolveTarget: async ({ cfg, accountId, input }) => {
        const { kind, id, display } = await resolve(cfg, accountId, readTarget(input));
        return { to: `${kind}:${id}`, kind, source: "directory", ...(display ? { display } : {}) };
      },
    },
    resolveOutboundSessionRoute: async ({ cfg, agentId, accountId, target: raw, threadId }) => {
      const target = parseTarget(raw);
      if (!target) return null;
      const peer = await peerOf(cfg, accountId, await resolve(cfg, accountId, target));
      const to = peer.kind === "direct" ? `user:${peer.id}` : `channel:${peer.id}`;
      return buildChannelOutboundSessionRoute({
        cfg,
        agentId,
        channel: CHANNEL_ID,
        peer,
        chatType: peer.kind,
        from: `${CHANNEL_ID}:${to}`,
        to,
        ...(accountId ? { accountId } : {}),
        ...(threadId === null || threadId === undefined ? {} : { threadId }),
      });
    },
  };
}
