import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { ChannelEvent, Hello, PostEvent, Welcome } from "@openclaw-mattermost/contract";
import { catalogueOf, openClawCommands } from "./commands/catalogue.ts";
import { keepAnswering } from "./commands/answer.ts";
import { CHANNEL_ID, resolveAccount, type HostConfig, type MattermostAccount } from "./config/account-config.ts";
import { messageOf, type Problem } from "./errors.ts";
import { createAttach, createChoiceParts, createClickTaker, type Attach } from "./account/interactions.ts";
import { createRunReport } from "./account/run-report.ts";
import { APPROVED, createApprovals, type Approvals } from "./account/approvals.ts";
import { createRestCommands, type RestCommands } from "./account/rest-commands.ts";
import { createPluginLink } from "./account/plugin-link.ts";
import { createProblemBoard } from "./account/problem-board.ts";
import { createStateReactions } from "./account/state-reactions.ts";
import { createViews } from "./account/views.ts";
import { createWebSocketWay } from "./account/websocket.ts";
import { agentIdsOf } from "./host/agents.ts";
import { pairGuard } from "./host/bot-loop.ts";
import { createHttp } from "./host/fetch.ts";
import { pairing } from "./host/pairing.ts";
import { withTables } from "./host/tables.ts";
import { currentConfig, type PluginRuntime } from "./host/runtime.ts";
import { sessionIdOf } from "./host/sessions.ts";
import { approvalsFile, gatewayId, inboxFile, notesFile, socketFile, stateFolder } from "./host/state.ts";
import { openInbox, type Lifecycle } from "./inbox/inbox.ts";
import type { ClickTaker } from "./interactions/http.ts";
import { loadMedia, saveInbound } from "./host/media.ts";
import { createMattermostClient, type MattermostClient } from "./mattermost/client.ts";
import { openNotes, type Notes } from "./notes/notes.ts";
import type { Threads } from "./notes/threads.ts";
import { createKeyRing } from "./receive/keys.ts";
import { createReplayMemory, type Attempt } from "./receive/replay.ts";
import { createWaker } from "./receive/waker.ts";
import type { Receiver } from "./receive/webhook.ts";
import { createDestinations } from "./reply/destination.ts";
import { dmRetryBy } from "./reply/dm-retry.ts";
import { createFinals, type Finals } from "./reply/live/finals.ts";
import { sendAnswer } from "./reply/answer.ts";
import { sendPost } from "./reply/post.ts";
import { removeLeftOver } from "./reply/progress/left-over.ts";
import { splitMarkdown } from "./reply/split-markdown.ts";
import type { Answer } from "./turn/agent-turn.ts";
import { fetchAttachments } from "./turn/attachments.ts";
import { createBotBudget } from "./turn/bot-budget.ts";
import { judgeChoice, runChoice } from "./turn/choice.ts";
import { runCommand } from "./turn/command.ts";
import { reasonOf } from "./turn/drop-reasons.ts";
import { handleEvent } from "./turn/handle-event.ts";
import { implicitMentionsOf, type implicitSwitches } from "./turn/implicit.ts";
import type { GateVerdict } from "./turn/gates.ts";
import { giveNotice, noticeOf } from "./turn/notices.ts";
import { createAskAnswerer } from "./turn/panel/answer-asks.ts";
import { createRuns } from "./turn/runs.ts";

export type Log = (sentence: string, fields: Record<string, string | number>) => void;

/** How events arrive. */
export type Way = Welcome["delivery"]["transport"] | "websocket";

/** What status, probe and doctor tell about a running account. */
export interface AccountFacts {
  welcome: Welcome | undefined;
  /** Since when events can arrive. */
  connectedAt: number | undefined;
  connected: boolean;
  problems: readonly Problem[];
  lastEventAt: number | undefined;
  pending: number;
  /** How events arrive at the moment; undefined until that is known. */
  transport: Way | undefined;
}

/** A running account: its link, inbox, turns and replies. */
export interface RunningAccount {
  receiver: Receiver;
  client: MattermostClient;
  destinations: ReturnType<typeof createDestinations>;
  /** Undefined until Mattermost or its plugin has said who the token belongs to. */
  bot: () => { id: string; username: string } | undefined;
  /** Which threads the bot takes part in. */
  threads: Threads;
  /** Drafts whose answers are being posted. */
  finals: Finals;
  /** Posts that it does not know the end of. */
  unsure: Notes["unsure"];
  facts: () => AccountFacts;
  /** Tells who was approved by pairing. */
  approvals: Approvals;
  /** Slash commands without the plugin. */
  commands: RestCommands;
  /** What the server takes, once it has said so. */
  limits: () => ServerLimits;
  attach: Attach;
  clicks: ClickTaker;
  /** Resolves when everything has stopped. */
  done: Promise<void>;
}

export interface AccountDeps {
  accountId: string;
  runtime: PluginRuntime;
  env: NodeJS.ProcessEnv;
  versions: { adapter: string; openclaw: string };
  abortSignal: AbortSignal;
  /** Serves a path for slash commands until the returned function is called; throws where it is taken. */
  serveCommands: (path: string) => () => void;
  log: { info: Log; warn: Log; error: Log };
  onChange: (facts: AccountFacts) => void;
}

const NOW = Date.now;

/** What every supported server takes. */
const POST_RUNES = 16_383;

/** What a server takes: characters of a post, bytes of a file. */
export interface ServerLimits {
  postRunes: number | undefined;
  fileBytes: number | undefined;
}

/** Mattermost's own default. */
const FILE_BYTES = 100 * 1024 * 1024;
/** What is fetched of a post where the config says nothing. */
const INBOUND_FILE_BYTES = 8 * 1024 * 1024;

/** Bytes of a file that is attached: the server's own limit, or less if the config says so. */
function fileLimit(account: Pick<MattermostAccount, "mediaMaxBytes">, serverBytes: number | undefined): number {
  return Math.min(account.mediaMaxBytes ?? Number.MAX_SAFE_INTEGER, serverBytes ?? FILE_BYTES);
}

/** What an answer is cut to and may carry. */
export function sizesOf(account: MattermostAccount, limits: ServerLimits): { maxRunes: number; maxBytes: number } {
  return { maxRunes: postLimit(account, limits.postRunes), maxBytes: fileLimit(account, limits.fileBytes) };
}

/** Characters of a post: the server's own limit, or less if the config says so. */
export function postLimit(account: Pick<MattermostAccount, "textChunkLimit">, serverRunes: number | undefined): number {
  return Math.min(account.textChunkLimit ?? Number.MAX_SAFE_INTEGER, serverRunes ?? POST_RUNES);
}

export function clientOf(account: MattermostAccount): MattermostClient {
  if (!account.baseUrl || !account.botToken)
    throw new Error("The Mattermost account has no server address or no bot token.");
  return createMattermostClient({
    baseUrl: account.baseUrl,
    botToken: account.botToken,
    http: createHttp(account.allowPrivateNetwork),
    sleep: (ms, signal) => setTimeout(ms, undefined, signal ? { signal } : {}),
  });
}

/** Composition root of one account. Nothing is started before this is called; `abortSignal` ends all of it. */
export function startAccount(deps: AccountDeps): RunningAccount {
  const { accountId, runtime, log } = deps;
  const current = (): MattermostAccount => resolveAccount(runtime.config.current() as HostConfig, accountId, deps.env);
  const account = current();
  const client = clientOf(account);
  const folder = stateFolder(runtime, deps.env);
  const gateway = gatewayId(folder);

  let lastEventAt: number | undefined;
  const facts = (): AccountFacts => ({
    welcome: link.welcome(),
    connectedAt: socket.inUse() ? socket.readyAt() : link.welcomeAt(),
    connected: socket.inUse() ? socket.isReady() : link.welcome() !== undefined,
    problems: board.problems(),
    lastEventAt,
    pending: inbox.backlog().pending,
    transport: socket.inUse() ? "websocket" : link.welcome()?.delivery.transport,
  });
  const board = createProblemBoard({
    accountId,
    log,
    isMoot: (problem) => socket.replaces(problem),
    onChange: () => deps.onChange(facts()),
  });

  let botSettled: (bot: { id: string; username: string }) => void = () => undefined;
  const bot = new Promise<{ id: string; username: string }>((resolve) => {
    botSettled = resolve;
  });
  const destinations = createDestinations({
    client,
    botId: async () => (await bot).id,
    retry: dmRetryBy(() => current().dmChannelRetry),
  });
  const notes = openNotes({
    file: notesFile(folder, accountId),
    now: NOW,
    processId: String(performance.timeOrigin),
  });
  const { threads } = notes;
  const authors = new Map<string, string>();
  const split = (text: string): string[] => splitMarkdown(text, postLimit(current(), limits.postRunes));
  const finals = createFinals();
  const isLinked = (): boolean => !socket.inUse() && link.welcome()?.link.state === "linked";
  const view = createViews({
    client,
    previews: notes.previews,
    finals,
    split,
    isLinked,
    now: NOW,
    sleep: (ms, signal) => createWaker().sleep(ms, signal),
    log: log.warn,
  });
  const runReport = createRunReport(
    {
      send: (changed) => client.runs({ runs: changed }),
      isWanted: () => link.welcome()?.link.state === "linked",
      sleep: createWaker().sleep,
      log: log.warn,
    },
    deps.abortSignal,
  );
  const runs = createRuns({
    newId: randomUUID,
    now: NOW,
    onState: (run) => {
      runReport.tell(run);
      states.tell(run);
      if (run.state === "done") asks.changed({ channelId: run.channel_id, rootId: run.root_id });
    },
  });
  const states = createStateReactions(
    {
      react: async (postId, emoji) => client.react((await bot).id, postId, emoji),
      unreact: async (postId, emoji) => client.unreact((await bot).id, postId, emoji),
      mode: () => current().stateReactions,
      sleep: (ms, signal) => createWaker().sleep(ms, signal),
      log: log.warn,
    },
    deps.abortSignal,
  );
  const asks = createAskAnswerer({
    runtime,
    account: current,
    botId: () => link.welcome()?.bot.user_id ?? "",
    agentIds: () => agentIdsOf(runtime),
    pairing,
    answer: (answer) => client.answerPanel(answer),
    now: NOW,
    sleep: createWaker().sleep,
    signal: deps.abortSignal,
    log: log.warn,
  });
  const approvals = createApprovals({
    accountId,
    file: approvalsFile(folder, accountId),
    allowed: async () => [
      ...(await runtime.channel.pairing.readAllowFromStore({ channel: CHANNEL_ID, accountId })),
      ...current().allowFrom,
    ],
    tell: (userId) => sendPost({ client, destinations }, { to: `user:${userId}`, text: APPROVED, rootId: "" }),
    now: NOW,
    sleep: createWaker().sleep,
    log: log.warn,
  });
  // Asked once: the limit of a running server does not change.
  let limits: ServerLimits = { postRunes: undefined, fileBytes: undefined };
  client.limits().then(
    (said) => {
      limits = said;
    },
    (error: unknown) => {
      log.warn("The server's limits cannot be read; the usual ones are kept to.", {
        account: accountId,
        reason: messageOf(error),
      });
    },
  );
  // What was said of commands last: where OpenClaw cannot say it at the moment, it stays.
  let catalogue: Hello["catalogue"] = [];
  let choicesInUse = false;
  const useChoices = (): void => {
    if (choicesInUse) return;
    choicesInUse = true;
    link.helloNow();
  };
  const sayCatalogue = async (): Promise<Hello["catalogue"]> => {
    try {
      catalogue = await catalogueOf(openClawCommands(currentConfig(runtime), choicesInUse), current().commands);
    } catch (error) {
      log.warn("The commands cannot be listed; those known before stay.", {
        account: accountId,
        reason: messageOf(error),
      });
    }
    return catalogue;
  };
  const isSkill = (name: string): boolean =>
    commands.isSkill(name) || catalogue.some((each) => each.name === name && each.kind === "skill");
  const answerCommand = keepAnswering({ client, sleep: createWaker().sleep, log: log.warn }, deps.abortSignal);
  const attach = createAttach({
    client,
    account: current,
    config: () => runtime.config.current() as HostConfig,
    welcome: () => link.welcome(),
    withoutPlugin: () => socket.inUse(),
  });
  const choiceParts = createChoiceParts({ runtime, account: current, client, signal: deps.abortSignal });
  const keys = createKeyRing({ now: NOW, fetchKeys: () => client.jwks() });

  const botBudget = createBotBudget({
    guard: pairGuard,
    now: NOW,
    onSilence: ({ botId, channelId, untilMs }) =>
      log.warn("Two bots answered each other too often; for a while the other one gets no answer there.", {
        account: accountId,
        bot: botId,
        channel: channelId,
        untilMs,
      }),
  });

  const sendTo = (to: string, text: string, rootId: string) => sendPost({ client, destinations }, { to, text, rootId });
  const awaitApproval = (userId: string): void => approvals.expect(userId);
  const deliver = async (event: ChannelEvent, lifecycle: Lifecycle): Promise<void> => {
    if (event.channel.type === "D" && !event.actor.is_bot) destinations.remember(event.actor.id, event.channel.id);
    const self = await bot;
    const turnDeps = {
      runtime,
      account: current,
      bot: self,
      send: sendTo,
      sendAnswer: (answer: Answer) =>
        sendAnswer(
          { client, destinations, threads, finals, load: loadMedia, attach, ...sizesOf(current(), limits) },
          { ...answer, text: withTables(answer.text, current().tables) },
        ),
      split,
      view,
      notify: async (post: PostEvent, verdict: GateVerdict, offered: boolean) => {
        const noticeDeps = { client, said: notes.said, botUsername: self.username, isLinked, log: log.warn };
        const notice = await noticeOf(noticeDeps, post, verdict, offered);
        if (notice) await giveNotice(noticeDeps, post, notice);
      },
      attachments: (fileIds: readonly string[]) =>
        fetchAttachments(
          {
            client,
            save: (file, maxBytes) => saveInbound(runtime, file, maxBytes),
            maxBytes: () => current().mediaMaxBytes ?? INBOUND_FILE_BYTES,
          },
          fileIds,
        ),
      typing: (channelId: string, rootId: string) => client.typing(channelId, rootId),
      awaitApproval,
      implicit: (post: PostEvent, switches: ReturnType<typeof implicitSwitches>) =>
        implicitMentionsOf({ client, threads, botId: self.id, authors }, post, switches),
      backfill: {
        client,
        sessionId: (agentId: string, key: string) => sessionIdOf(currentConfig(runtime), agentId, key),
        isTold: threads.isTold,
        told: threads.told,
      },
      log: log.warn,
    };
    if (event.type === "command.invoked") {
      useChoices();
      const answering = commands.answering(event) ?? answerCommand;
      const outcome = await runCommand({ ...turnDeps, answerCommand: answering, isSkill, runs }, event, lifecycle);
      asks.changed({ channelId: event.channel.id, rootId: event.thread_root });
      log.info("A command was run.", { account: accountId, event: event.id, outcome });
      return;
    }
    if (event.type === "action.clicked" || event.type === "dialog.submitted") {
      const outcome = await runChoice({ ...turnDeps, ...choiceParts, runs }, event, lifecycle);
      log.info("A choice was worked off.", { account: accountId, event: event.id, outcome });
      return;
    }
    const handleDeps = { ...turnDeps, memory: inbox.memory, runs, botBudget, now: NOW };
    const verdict = await handleEvent(handleDeps, event, lifecycle);
    if (verdict.kind === "dropped")
      log.info("An event started no turn.", { account: accountId, event: event.id, ...reasonOf(verdict.reason) });
  };
  const inbox = openInbox({
    file: inboxFile(folder, accountId),
    channelId: CHANNEL_ID,
    accountId,
    now: NOW,
    deliver,
    log: log.error,
  });

  let knownBot: { id: string; username: string } | undefined;
  /** The bot is known: what lies in the inbox can be worked off. */
  const onBot = (known: { id: string; username: string }): void => {
    botSettled(known);
    if (!knownBot) {
      inbox.start();
      const { sleep } = createWaker();
      void removeLeftOver({ client, notes: notes.previews, sleep, log: log.warn }, deps.abortSignal);
    }
    knownBot = known;
  };

  const append = (events: readonly ChannelEvent[], attempt?: Attempt): number => {
    const added = inbox.append(events, attempt);
    if (events.length > 0) lastEventAt = NOW();
    // Neither waits behind what its lane is busy with.
    for (const event of events) {
      if (event.type === "post.deleted") runs.cancel(event.post.id);
      if (event.type === "post.edited") runs.revise(event.post.id);
    }
    return added;
  };
  const receiver: Receiver = {
    accountId,
    keys,
    replays: createReplayMemory({ now: NOW, known: inbox.attempts() }),
    serverId: () => link.welcome()?.server_id,
    gatewayId: gateway,
    // What the socket has not stored yet would be overtaken.
    isHeld: () => socket.inUse(),
    append: (events, attempt) => {
      append(events, attempt);
      const welcome = link.welcome();
      if (welcome) socket.known(welcome.bot.user_id, events);
    },
    answerChallenge: (challenge) => {
      // The address is proved now: hello again, so that the status is true at once.
      client.challenge(challenge).then(link.helloNow, (error: unknown) => {
        log.warn("The plugin's challenge could not be answered.", { account: accountId, reason: messageOf(error) });
      });
    },
    answerAsk: (event) => {
      useChoices();
      asks.answer(event);
    },
    inFlight: { count: 0 },
    log: log.warn,
  };

  const markNote = `mark ${account.baseUrl ?? ""}`;
  const link = createPluginLink({
    accountId,
    client,
    keys,
    receiver,
    hello: {
      gateway_id: gateway,
      adapter_version: deps.versions.adapter,
      openclaw_version: deps.versions.openclaw,
      proposed_url: proposedUrl(runtime.config.current() as HostConfig, account),
    },
    catalogue: sayCatalogue,
    transport: account.transport === "websocket" ? "auto" : account.transport,
    mark: () => Number(inbox.note(markNote) ?? 0),
    onWelcome: (welcome) => {
      if (welcome.mark > 0) inbox.setNote(markNote, String(welcome.mark));
      onBot({ id: welcome.bot.user_id, username: welcome.bot.username });
      if (welcome.link.state === "linked") commands.replaced(welcome.bot.user_id);
      socket.onWelcome(welcome);
    },
    onProblems: (source, problems) => {
      if (source === "hello") socket.onHello(problems);
      board.tell(source, problems);
    },
    log,
  });
  const commands = createRestCommands({
    account,
    cfg: () => runtime.config.current() as HostConfig,
    client,
    send: sendTo,
    // Mattermost's own slash commands have no lists to choose from.
    catalogue: (switches) => catalogueOf(openClawCommands(currentConfig(runtime), false), switches),
    serve: deps.serveCommands,
    append,
    onProblems: (problems) => board.tell("commands", problems),
    now: NOW,
    sleep: (ms, signal) => createWaker().sleep(ms, signal),
    signal: deps.abortSignal,
    log,
  });
  const socket = createWebSocketWay({
    account,
    client,
    file: socketFile(folder, accountId),
    signal: deps.abortSignal,
    onBot: (known) => {
      onBot(known);
      commands.needed(known.id);
    },
    append,
    onLeft: link.pullNow,
    onProblems: (problems) => board.tell("socket", problems),
    log,
  });
  const clicks = createClickTaker({
    account: current,
    config: () => runtime.config.current() as HostConfig,
    client,
    judge: async (event) =>
      judgeChoice({ ...choiceParts, runtime, account: current, bot: await bot, send: sendTo, awaitApproval }, event),
    append,
    log: log.warn,
  });
  const run = async (): Promise<void> => {
    board.tell("config", account.problems);
    void bot.then(() => approvals.run(deps.abortSignal));
    if (account.transport === "websocket") socket.start();
    else await link.run(deps.abortSignal);
    await socket.stopped();
    await inbox.stop();
    void inbox.idle().then(notes.close);
  };
  return {
    receiver,
    client,
    destinations,
    bot: () => knownBot,
    commands,
    approvals,
    threads,
    finals,
    unsure: notes.unsure,
    facts,
    limits: () => limits,
    attach,
    clicks,
    done: run(),
  };
}

/** Where Mattermost may find this gateway: what the admin of the gateway said, else its own host and port. */
export function proposedUrl(cfg: HostConfig, account: Pick<MattermostAccount, "callbackBaseUrl">): string {
  const said = account.callbackBaseUrl?.trim().replace(/\/+$/, "");
  if (said && URL.canParse(said)) return said;
  const port = cfg.gateway?.port ?? 18_789;
  const host = cfg.gateway?.customBindHost?.trim() ?? "";
  const url = `http://${host || "127.0.0.1"}:${String(port)}`;
  return URL.canParse(url) ? url : "";
}

/** What a probe found: asked from Mattermost just now, without the running account. */
export interface Probe {
  ok: boolean;
  bot?: { id: string; username: string };
  welcome?: Welcome;
  /** How events arrive, or would if the account ran. */
  transport?: Way;
  problems: readonly Problem[];
  elapsedMs: number;
}
