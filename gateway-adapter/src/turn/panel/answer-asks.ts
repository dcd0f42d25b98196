import type { AskEvent, PanelAnswer } from "@openclaw-mattermost/contract";
import type { MattermostAccount } from "../../config/account-config.ts";
import { messageOf } from "../../errors.ts";
import type { WaitingSender } from "../../host/pairing.ts";
import { currentConfig, type PluginRuntime } from "../../host/runtime.ts";
import { keepTrying } from "../../mattermost/keep-trying.ts";
import { notAPerson, resolveAccess } from "../access.ts";
import { factsOf, sessionsOf, type Look } from "./conversation-session.ts";

export interface AskDeps {
  runtime: PluginRuntime;
  /** The account as it is configured now. */
  account: () => MattermostAccount;
  botId: () => string;
  agentIds: () => readonly string[];
  pairing: {
    list: (accountId: string) => Promise<WaitingSender[]>;
    approve: (accountId: string, requestId: string) => Promise<unknown>;
    deny: (accountId: string, requestId: string) => Promise<unknown>;
  };
  /** Hands the plugin an answer. Rejects with `MattermostError`. */
  answer: (answer: PanelAnswer) => Promise<unknown>;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/** How long whoever asked for a session is told of its changes, without asking again. */
const WATCHED_MS = 30 * 60_000;
const WATCHERS_MAX = 500;

/**
 * Answers what panels ask, and tells those who asked for a conversation's session lately what a turn or command has changed of
 * it. Nobody looking costs nothing. Nothing rejects: a panel that got no answer asks again.
 */
export function createAskAnswerer(deps: AskDeps) {
  const watchers = new Map<string, { look: Look; until: number }>();

  async function tellSession(look: Look): Promise<void> {
    const { runtime } = deps;
    const account = deps.account();
    const allowed = await mayTalk(deps, look);
    await deps.answer({
      kind: "session",
      user_id: look.actor.id,
      channel_id: look.channel.id,
      root_id: look.threadRoot,
      session: allowed ? factsOf(runtime, account, look) : null,
    });
  }

  async function tellPairing(): Promise<void> {
    const { accountId, dmPolicy } = deps.account();
    // A gateway that is busy may not answer its own question in time.
    const waiting =
      dmPolicy === "pairing" ? await keepTrying(deps, deps.signal, () => deps.pairing.list(accountId)) : [];
    const requests = waiting.map(({ id, userId, username, at }) => ({ id, user_id: userId, username, at }));
    await deps.answer({ kind: "pairing", requests });
  }

  function watch(look: Look): void {
    const key = keyOf(look);
    watchers.delete(key);
    watchers.set(key, { look, until: deps.now() + WATCHED_MS });
    const [oldest] = watchers.keys();
    if (watchers.size > WATCHERS_MAX && oldest !== undefined) watchers.delete(oldest);
  }

  async function serve({ actor, channel, thread_root: threadRoot, ask }: AskEvent): Promise<void> {
    const { accountId } = deps.account();
    switch (ask.kind) {
      case "session":
        if (!channel) return;
        watch({ actor, channel, threadRoot });
        return tellSession({ actor, channel, threadRoot });
      case "sessions": {
        const sessions = sessionsOf(deps.runtime, deps.agentIds(), actor.id);
        await deps.answer({ kind: "sessions", user_id: actor.id, sessions });
        return;
      }
      case "pairing":
        return tellPairing();
      case "pairing.approve":
      case "pairing.deny":
        // Whatever becomes of it, the list says how things are.
        await (ask.kind === "pairing.approve" ? deps.pairing.approve : deps.pairing.deny)(accountId, ask.request).catch(
          (error: unknown) => {
            deps.log("A pairing request could not be decided.", { account: accountId, reason: messageOf(error) });
          },
        );
        return tellPairing();
    }
  }

  const safely = (what: Promise<void>): void => {
    what.catch((error: unknown) => {
      deps.log("A panel could not be answered.", { account: deps.account().accountId, reason: messageOf(error) });
    });
  };

  return {
    /** What waited for long is not of interest any more. */
    answer: (event: AskEvent): void => {
      if (!event.stale) safely(serve(event));
    },
    /** A turn or command of a conversation has ended: whoever looks at its session is told. */
    changed({ channelId, rootId }: { channelId: string; rootId: string }): void {
      for (const [key, { look, until }] of watchers) {
        if (until < deps.now()) watchers.delete(key);
        else if (look.channel.id === channelId && (rootId === "" || look.threadRoot === rootId))
          safely(tellSession(look));
      }
    },
  };
}
export type AskAnswerer = ReturnType<typeof createAskAnswerer>;

const keyOf = ({ actor, channel, threadRoot }: Look): string => `${actor.id}/${channel.id}/${threadRoot}`;

/** Facts of a session are for those who may talk in it. */
async function mayTalk({ runtime, account, botId }: AskDeps, { actor, channel }: Look): Promise<boolean> {
  if (notAPerson(actor, botId())) return false;
  const access = await resolveAccess(runtime, account(), {
    cfg: currentConfig(runtime),
    actor,
    channel,
    event: { kind: "message", authMode: "inbound", mayPair: false },
  });
  return access.ingress.decision === "allow";
}
