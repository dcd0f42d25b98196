import type { PostEvent } from "@openclaw-mattermost/contract";
import type { MattermostAccount } from "../config/account-config.ts";

/** OpenClaw's own guard of pairs of bots (`host/bot-loop.ts`): counts both directions, and is silent when there was too much. */
export type PairGuard = (exchange: {
  scopeId: string;
  conversationId: string;
  senderId: string;
  receiverId: string;
  eventId: string;
  config: MattermostAccount["botLoopProtection"];
  defaultEnabled: boolean;
  nowMs: number;
}) => { suppressed: boolean; cooldownUntilMs?: number };

export interface BotBudgetDeps {
  guard: PairGuard;
  now: () => number;
  /** Said once for each time that another bot is not answered any more. */
  onSilence: (silence: { botId: string; channelId: string; untilMs: number }) => void;
}

/** Conversations in which the last person is remembered. */
const CONVERSATIONS_MAX = 5_000;

/**
 * What two bots may say to each other: so many turns in a while without a person between, in one thread or at the top level
 * of a channel. A person's post begins the count anew.
 */
export function createBotBudget({ guard, now, onSilence }: BotBudgetDeps) {
  const lastPerson = new Map<string, string>();
  const silentUntil = new Map<string, number>();
  const conversation = ({ channel, post }: PostEvent): string => `${channel.id}:${post.root_id}`;

  return {
    /** Every new post is told, whoever wrote it. */
    heard(event: PostEvent): void {
      if (!isPerson(event)) return;
      const key = conversation(event);
      lastPerson.delete(key);
      lastPerson.set(key, event.post.id);
      const [oldest] = lastPerson.keys();
      if (lastPerson.size > CONVERSATIONS_MAX && oldest !== undefined) lastPerson.delete(oldest);
    },
    /** Whether this post may start a turn of our bot; counts it if a bot wrote it. */
    allows(
      event: PostEvent,
      botId: string,
      account: Pick<MattermostAccount, "baseUrl" | "botLoopProtection">,
    ): boolean {
      if (isPerson(event)) return true;
      const key = conversation(event);
      const verdict = guard({
        scopeId: account.baseUrl ?? "",
        conversationId: `${key}:${lastPerson.get(key) ?? ""}`,
        senderId: event.actor.id,
        receiverId: botId,
        eventId: event.id,
        config: account.botLoopProtection,
        defaultEnabled: true,
        nowMs: now(),
      });
      if (!verdict.suppressed) return true;
      const untilMs = verdict.cooldownUntilMs ?? 0;
      const pair = `${key}:${event.actor.id}`;
      if (silentUntil.get(pair) !== untilMs) {
        if (silentUntil.size >= CONVERSATIONS_MAX) silentUntil.clear();
        silentUntil.set(pair, untilMs);
        onSilence({ botId: event.actor.id, channelId: event.channel.id, untilMs });
      }
      return false;
    },
  };
}
export type BotBudget = ReturnType<typeof createBotBudget>;

const isPerson = ({ actor }: PostEvent): boolean => !actor.is_bot && !actor.is_webhook && !actor.is_system;
