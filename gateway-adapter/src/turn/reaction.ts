import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID } from "../config/account-config.ts";
import { currentConfig } from "../host/runtime.ts";
import type { TurnDeps } from "./agent-turn.ts";
import { chatKind } from "./conversation.ts";
import { senderIdentity } from "./identity.ts";

type ReactionEvent = Extract<ChannelEvent, { type: "reaction.added" | "reaction.removed" }>;

/** Tells a session of a reaction, as a system event, if who reacted may talk there; false if not. Starts no turn. */
export async function tellReaction(deps: TurnDeps, event: ReactionEvent): Promise<boolean> {
  const { runtime } = deps;
  const account = deps.account();
  if (event.actor.is_bot) return false;
  const cfg = currentConfig(runtime);
  const kind = chatKind(event.channel);
  const peer = { kind, id: kind === "direct" ? event.actor.id : event.channel.id };
  const route = runtime.channel.routing.resolveAgentRoute({
    cfg,
    channel: CHANNEL_ID,
    accountId: account.accountId,
    peer,
  });
  const access = await runtime.channel.inbound.ingress.resolveStable({
    channelId: CHANNEL_ID,
    accountId: account.accountId,
    cfg,
    identity: senderIdentity,
    minIdentifierAuthentication: account.nameMatching ? "mutable" : "asserted",
    useDefaultPairingStore: true,
    subject: { stableId: event.actor.id, aliases: { username: event.actor.username } },
    conversation: { kind, id: event.channel.id },
    event: { kind: "reaction", authMode: "inbound", mayPair: false },
    dmPolicy: account.dmPolicy,
    groupPolicy: account.groupPolicy,
    policy: { groupAllowFromFallbackToAllowFrom: true },
    allowFrom: [...account.allowFrom],
    groupAllowFrom: [...account.groupAllowFrom],
  });
  if (access.ingress.decision !== "allow") return false;
  const { emoji_name: emoji, post_id: postId } = event.reaction;
  const verb = event.type === "reaction.added" ? "added" : "removed";
  const thread = kind !== "direct" && event.thread_root ? `:thread:${event.thread_root}` : "";
  runtime.system.enqueueSystemEvent(
    `Mattermost reaction ${verb}: :${emoji}: by @${event.actor.username} on post ${postId}`,
    {
      sessionKey: `${route.sessionKey}${thread}`,
      contextKey: event.id,
    },
  );
  return true;
}
