import type { Actor, Channel, SessionFacts, SessionRow } from "@openclaw-mattermost/contract";
import { SESSIONS_MAX } from "@openclaw-mattermost/contract";
import { CHANNEL_ID, type MattermostAccount } from "../../config/account-config.ts";
import { currentConfig, type PluginRuntime } from "../../host/runtime.ts";
import { listSessions, readSession, type StoredSession } from "../../host/session-facts.ts";
import { peerOf } from "../access.ts";

const TITLE_MAX = 80;
const TEXT_MAX = 64;

/** Who looks at which conversation. */
export interface Look {
  actor: Actor;
  channel: Channel;
  threadRoot: string;
}

/** The session that a post there would go to. A thread has a session of its own, but not in direct messages without `replyToMode`. */
export function sessionOf(
  runtime: PluginRuntime,
  account: MattermostAccount,
  { actor, channel, threadRoot }: Look,
): { agentId: string; sessionKey: string } {
  const peer = peerOf(actor, channel);
  const { agentId, sessionKey } = runtime.channel.routing.resolveAgentRoute({
    cfg: currentConfig(runtime),
    channel: CHANNEL_ID,
    accountId: account.accountId,
    peer,
  });
  const ownThread = threadRoot !== "" && (peer.kind !== "direct" || account.replyToMode.direct !== "off");
  return { agentId, sessionKey: ownThread ? `${sessionKey}:thread:${threadRoot}` : sessionKey };
}

/** What OpenClaw reports of the session of a conversation; null where there is none yet. */
export function factsOf(runtime: PluginRuntime, account: MattermostAccount, look: Look): SessionFacts | null {
  const { agentId, sessionKey } = sessionOf(runtime, account, look);
  const stored = readSession(runtime, agentId, sessionKey);
  if (!stored) return null;
  return {
    channel_id: look.channel.id,
    root_id: look.threadRoot,
    key: sessionKey,
    title: clip(stored.title, TITLE_MAX),
    model: clip(stored.model, TITLE_MAX * 2),
    thinking: clip(stored.thinking, TEXT_MAX),
    verbose: clip(stored.verbose, TEXT_MAX),
    reasoning: clip(stored.reasoning, TEXT_MAX),
    queue: clip(stored.queue, TEXT_MAX),
    tokens: stored.tokens,
    context: stored.context,
    cost_usd: stored.costUsd,
    updated_at: stored.updatedAt,
  };
}

/** The sessions of channels and those of one person's direct messages, the latest first. */
export function sessionsOf(runtime: PluginRuntime, agentIds: readonly string[], userId: string): SessionRow[] {
  return agentIds
    .flatMap((agentId) => listSessions(runtime, agentId))
    .flatMap(({ key, session }) => rowOf(key, session))
    .filter((row) => row.user_id === "" || row.user_id === userId)
    .sort((a, b) => b.updated_at - a.updated_at)
    .slice(0, SESSIONS_MAX);
}

// `agent:<id>:mattermost:<channel|group>:<channel>[:thread:<root>]`, `agent:<id>:mattermost[:<account>]:direct:<user>[…]`
const IN_CHANNEL = /:mattermost:(?:channel|group):([a-z0-9]{26})(?::thread:([a-z0-9]{26}))?$/;
const DIRECT = /:mattermost(?::[^:]+)?:direct:([a-z0-9]{26})(?::thread:([a-z0-9]{26}))?$/;

function rowOf(key: string, session: StoredSession): SessionRow[] {
  const channel = IN_CHANNEL.exec(key);
  const direct = DIRECT.exec(key);
  const found = channel ?? direct;
  if (!found) return [];
  return [
    {
      key,
      channel_id: channel?.[1] ?? "",
      user_id: direct?.[1] ?? "",
      root_id: found[2] ?? "",
      title: clip(session.title, TITLE_MAX),
      model: clip(session.model, TITLE_MAX * 2),
      updated_at: session.updatedAt,
      total_tokens: session.tokens?.total ?? 0,
    },
  ];
}

const clip = (text: string, units: number): string => text.slice(0, units);
