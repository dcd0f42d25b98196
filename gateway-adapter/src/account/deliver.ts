import type { ChannelEvent, PostEvent } from "@openclaw-mattermost/contract";
import { keepAnswering } from "../commands/answer.ts";
import type { MattermostAccount } from "../config/account-config.ts";
import { pairGuard } from "../host/bot-loop.ts";
import { loadMedia, saveInbound } from "../host/media.ts";
import { currentConfig, type PluginRuntime } from "../host/runtime.ts";
import { sessionIdOf } from "../host/sessions.ts";
import { withTables } from "../host/tables.ts";
import type { Inbox, Lifecycle } from "../inbox/inbox.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import type { Notes } from "../notes/notes.ts";
import { createWaker } from "../receive/waker.ts";
import { sendAnswer } from "../reply/answer.ts";
import type { Destinations } from "../reply/destination.ts";
import type { Finals } from "../reply/live/finals.ts";
import type { Answer, TurnDeps } from "../turn/agent-turn.ts";
import { fetchAttachments } from "../turn/attachments.ts";
import { createBotBudget } from "../turn/bot-budget.ts";
import { runChoice } from "../turn/choice.ts";
import { runCommand } from "../turn/command.ts";
import { reasonOf } from "../turn/drop-reasons.ts";
import type { GateVerdict } from "../turn/gates.ts";
import { handleEvent } from "../turn/handle-event.ts";
import { implicitMentionsOf, type implicitSwitches } from "../turn/implicit.ts";
import { giveNotice, noticeOf } from "../turn/notices.ts";
import type { Runs } from "../turn/runs.ts";
import { sessions } from "../turn/sessions.ts";
import type { Logs } from "./facts.ts";
import type { Attach, createChoiceParts } from "./interactions.ts";
import { inboundLimit, type ServerLimits, sizesOf } from "./limits.ts";
import { followQuestion } from "./questions.ts";
import type { RestCommands } from "./rest-commands.ts";
import type { SaidCommands } from "./said-commands.ts";

export interface DeliverDeps {
  accountId: string;
  runtime: PluginRuntime;
  /** The account as it is configured now. */
  account: () => MattermostAccount;
  client: MattermostClient;
  bot: Promise<{ id: string; username: string }>;
  destinations: Destinations;
  notes: Notes;
  finals: Finals;
  limits: () => ServerLimits;
  attach: Attach;
  choiceParts: ReturnType<typeof createChoiceParts>;
  split: TurnDeps["split"];
  view: TurnDeps["view"];
  send: TurnDeps["send"];
  awaitApproval: TurnDeps["awaitApproval"];
  isLinked: () => boolean;
  runs: Runs;
  memory: () => Inbox["memory"];
  /** Slash commands without the plugin. */
  restCommands: () => RestCommands;
  saidCommands: SaidCommands;
  /** What a panel shows of a conversation may be another than before. */
  changed: (place: { channelId: string; rootId: string }) => void;
  now: () => number;
  signal: AbortSignal;
  log: Logs;
}

/** Works off one event of the inbox: a turn of the agent, a command or a choice. Rejects where it has to be tried again. */
export function createDeliver(deps: DeliverDeps) {
  const { accountId, runtime, client, destinations, notes, runs, log } = deps;
  const current = deps.account;
  const answerCommand = keepAnswering({ client, sleep: createWaker().sleep, log: log.warn }, deps.signal);
  const isSkill = (name: string): boolean => deps.restCommands().isSkill(name) || deps.saidCommands.isSkill(name);
  const authors = new Map<string, string>();
  const botBudget = createBotBudget({
    guard: pairGuard,
    now: deps.now,
    onSilence: ({ botId, channelId, untilMs }) =>
      log.warn("Two bots answered each other too often; for a while the other one gets no answer there.", {
        account: accountId,
        bot: botId,
        channel: channelId,
        untilMs,
      }),
  });

  const turnDepsOf = (bot: { id: string; username: string }): TurnDeps => ({
    runtime,
    account: current,
    bot,
    send: deps.send,
    sendAnswer: (answer: Answer) =>
      sendAnswer(
        {
          ...{
            client,
            destinations,
            threads: notes.threads,
            finals: deps.finals,
            load: loadMedia,
            attach: deps.attach,
          },
          ...sizesOf(current(), deps.limits()),
        },
        { ...answer, text: withTables(answer.text, current().tables) },
      ),
    onAnswered: (payload, postId) => followQuestion({ client, asked: notes.asked }, payload, postId),
    split: deps.split,
    view: deps.view,
    notify: async (post: PostEvent, verdict: GateVerdict, offered: boolean) => {
      const { isLinked } = deps;
      const noticeDeps = { client, said: notes.said, botUsername: bot.username, isLinked, log: log.warn };
      const notice = await noticeOf(noticeDeps, post, verdict, offered);
      if (notice) await giveNotice(noticeDeps, post, notice);
    },
    attachments: (fileIds: readonly string[]) =>
      fetchAttachments(
        {
          client,
          save: (file, maxBytes) => saveInbound(runtime, file, maxBytes),
          maxBytes: () => inboundLimit(current()),
        },
        fileIds,
      ),
    typing: (channelId: string, rootId: string) => client.typing(channelId, rootId),
    sessions,
    awaitApproval: deps.awaitApproval,
    implicit: (post: PostEvent, switches: ReturnType<typeof implicitSwitches>) =>
      implicitMentionsOf({ client, threads: notes.threads, botId: bot.id, authors }, post, switches),
    backfill: {
      client,
      sessionId: (agentId: string, key: string) => sessionIdOf(currentConfig(runtime), agentId, key),
      isTold: notes.threads.isTold,
      told: notes.threads.told,
    },
    log: log.warn,
  });

  return async (event: ChannelEvent, lifecycle: Lifecycle): Promise<void> => {
    if (event.channel.type === "D" && !event.actor.is_bot) destinations.remember(event.actor.id, event.channel.id);
    const turnDeps = turnDepsOf(await deps.bot);
    if (event.type === "command.invoked") {
      deps.saidCommands.useChoices();
      const answering = deps.restCommands().answering(event) ?? answerCommand;
      const commandDeps = { ...turnDeps, ...deps.choiceParts, answerCommand: answering, isSkill, runs };
      const outcome = await runCommand(commandDeps, event, lifecycle);
      deps.changed({ channelId: event.channel.id, rootId: event.thread_root });
      log.info("A command was run.", { account: accountId, event: event.id, outcome });
      return;
    }
    if (event.type === "action.clicked" || event.type === "dialog.submitted") {
      const outcome = await runChoice({ ...turnDeps, ...deps.choiceParts, runs }, event, lifecycle);
      log.info("A choice was worked off.", { account: accountId, event: event.id, outcome });
      return;
    }
    const handleDeps = { ...turnDeps, memory: deps.memory(), runs, botBudget, now: deps.now };
    const verdict = await handleEvent(handleDeps, event, lifecycle);
    if (verdict.kind === "dropped")
      log.info("An event started no turn.", { account: accountId, event: event.id, ...reasonOf(verdict.reason) });
  };
}
