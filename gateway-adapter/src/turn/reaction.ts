import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID } from "../config/account-config.ts";
import { currentConfig } from "../host/runtime.ts";
import { notAPerson, peerOf, resolveAccess } from "./access.ts";
import type { TurnDeps } from "./agent-turn.ts";
import { conversationOf } from "./conversation.ts";

type ReactionEvent = Extract<ChannelEvent, { type: "reaction.added" | "reaction.removed" }>;

/**
 * Tells a session of a reaction, as a system event, if who reacted may talk there; false if not. Starts no turn. Bots react
 * to show a state, which is no news to the agent.
 */
export async function tellReaction(deps: TurnDeps, event: ReactionEvent): Promise<boolean> {
  const { runtime } = deps;
  const account = deps.account();
  if (notAPerson(event.actor, deps.bot.id)) return false;
  const cfg = currentConfig(runtime);
  const peer = peerOf(event.actor, event.channel);
  const { emoji_name: emoji, post_id: postId } = event.reaction;
  const { sessionThread } = conversationOf({ ...event, post: { id: postId, root_id: event.thread_root } }, account);
  const route = runtime.channel.routing.resolveAgentRoute({
    cfg,
    channel: CHANNEL_ID,
    accountId: account.accountId,
    peer,
  });
  const access = await resolveAccess(runtime, account, {
    cfg,
    actor: event.actor,
    channel: event.channel,
    event: { kind: "reaction", authMode: "inbound", mayPair: false },
  });
  if (access.ingress.decision !== "allow") return false;
  const verb = event.type === "reaction.added" ? "added" : "removed";
  const thread = sessionThread ? `:thread:${sessionThread}` : "";
  runtime.system.enqueueSystemEvent(
    `Mattermost reaction ${verb}: :${emoji}: by @${event.actor.username} on post ${postId}`,
    {
      sessionKey: `${route.sessionKey}${thread}`,
      contextKey: event.id,
    },
  );
  return true;
}
