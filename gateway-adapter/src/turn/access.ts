import type { Actor, Channel } from "@openclaw-mattermost/contract";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import type { currentConfig, PluginRuntime } from "../host/runtime.ts";
import { chatKind, type ChatKind } from "./conversation.ts";
import { senderIdentity } from "./identity.ts";

type Resolve = PluginRuntime["channel"]["inbound"]["ingress"]["resolveStable"];
type Asked = Parameters<Resolve>[0];
/** What OpenClaw's policy says of somebody in a place. */
export type Access = Awaited<ReturnType<Resolve>>;

export interface AccessQuestion {
  cfg: ReturnType<typeof currentConfig>;
  actor: Actor;
  channel: Channel;
  /** What happened: a post, a reaction, a command or a click. */
  event: NonNullable<Asked["event"]>;
  contextBinding?: Asked["contextBinding"];
  command?: Asked["command"];
}

/**
 * Who may do something here, by OpenClaw's own policy: `dmPolicy`, `allowFrom`, pairings, `groupPolicy`, `groupAllowFrom`,
 * access groups. The one place that asks it, so that posts, reactions, commands and clicks meet the same answer.
 */
export function resolveAccess(
  runtime: PluginRuntime,
  account: MattermostAccount,
  asked: AccessQuestion,
): Promise<Access> {
  const { cfg, actor, channel, event, contextBinding, command } = asked;
  return runtime.channel.inbound.ingress.resolveStable({
    channelId: CHANNEL_ID,
    accountId: account.accountId,
    cfg,
    identity: senderIdentity,
    minIdentifierAuthentication: account.nameMatching ? "mutable" : "asserted",
    useDefaultPairingStore: true,
    subject: { stableId: actor.id, aliases: { username: actor.username } },
    conversation: { kind: chatKind(channel), id: channel.id },
    ...(contextBinding ? { contextBinding } : {}),
    event,
    dmPolicy: account.dmPolicy,
    groupPolicy: account.groupPolicy,
    policy: { groupAllowFromFallbackToAllowFrom: true },
    allowFrom: [...account.allowFrom],
    groupAllowFrom: [...account.groupAllowFrom],
    ...(command ? { command } : {}),
  });
}

/** Why somebody is nobody whom this bot listens to, before any policy; undefined for people. */
export function notAPerson(actor: Actor, botId: string): "own" | "not_a_person" | "deactivated" | undefined {
  if (actor.id === botId) return "own";
  if (actor.is_bot || actor.is_webhook || actor.is_system) return "not_a_person";
  // Said before the account was closed, and delivered after it.
  return actor.is_deactivated ? "deactivated" : undefined;
}

/** OpenClaw's peer: the user in a direct message, else the channel. */
export function peerOf(actor: Actor, channel: Channel): { kind: ChatKind; id: string } {
  const kind = chatKind(channel);
  return { kind, id: kind === "direct" ? actor.id : channel.id };
}
