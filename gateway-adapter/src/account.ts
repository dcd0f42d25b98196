import { randomUUID } from "node:crypto";
import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { catalogueOf, openClawCommands } from "./commands/catalogue.ts";
import { CHANNEL_ID, resolveAccount, type HostConfig, type MattermostAccount } from "./config/account-config.ts";
import { messageOf } from "./errors.ts";
import { clientOf, proposedUrl } from "./account/client.ts";
import { createDeliver } from "./account/deliver.ts";
import type { AccountFacts, Logs } from "./account/facts.ts";
import { createAttach, createChoiceParts, createClickTaker, type Attach } from "./account/interactions.ts";
import { createRunReport } from "./account/run-report.ts";
import { APPROVED, createApprovals, type Approvals } from "./account/approvals.ts";
import { postLimit, readLimits, type ServerLimits } from "./account/limits.ts";
import { createRestCommands, type RestCommands } from "./account/rest-commands.ts";
import { createPluginLink } from "./account/plugin-link.ts";
import { createProblemBoard } from "./account/problem-board.ts";
import { createSaidCommands } from "./account/said-commands.ts";
import { createStateReactions } from "./account/state-reactions.ts";
import { createViews } from "./account/views.ts";
import { createWebSocketWay } from "./account/websocket.ts";
import { agentIdsOf } from "./host/agents.ts";
import { pairing } from "./host/pairing.ts";
import { currentConfig, type PluginRuntime } from "./host/runtime.ts";
import { approvalsFile, gatewayId, inboxFile, notesFile, socketFile, stateFolder } from "./host/state.ts";
import { openInbox } from "./inbox/inbox.ts";
import type { ClickTaker } from "./interactions/http.ts";
import type { MattermostClient } from "./mattermost/client.ts";
import { openNotes, type Notes } from "./notes/notes.ts";
import type { Threads } from "./notes/threads.ts";
import { createKeyRing } from "./receive/keys.ts";
import { createReplayMemory, type Attempt } from "./receive/replay.ts";
import { createWaker } from "./receive/waker.ts";
import type { Receiver } from "./receive/webhook.ts";
import { createDestinations } from "./reply/destination.ts";
import { dmRetryBy } from "./reply/dm-retry.ts";
import { concludeLeftOver } from "./reply/conclude.ts";
import { createFinals, type Finals } from "./reply/live/finals.ts";
import { sendPost } from "./reply/post.ts";
import { removeLeftOver } from "./reply/progress/left-over.ts";
import { splitMarkdown } from "./reply/split-markdown.ts";
import { judgeChoice } from "./turn/choice.ts";
import { createAskAnswerer } from "./turn/panel/answer-asks.ts";
import { sayFailing } from "./turn/failing.ts";
import { createRuns } from "./turn/runs.ts";

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
  /** Posts whose buttons it has still to close. */
  asked: Notes["asked"];
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
  log: Logs;
  onChange: (facts: AccountFacts) => void;
}

const NOW = Date.now;

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
  const split = (text: string): string[] => splitMarkdown(text, postLimit(current(), limits().postRunes));
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
  const limits = readLimits(client, accountId, log.warn);
  const saidCommands = createSaidCommands({
    accountId,
    runtime,
    account: current,
    helloNow: () => link.helloNow(),
    warn: log.warn,
  });
  const attach = createAttach({
    client,
    account: current,
    config: () => runtime.config.current() as HostConfig,
    welcome: () => link.welcome(),
    withoutPlugin: () => socket.inUse(),
  });
  const choiceParts = createChoiceParts({
    runtime,
    account: current,
    client,
    asked: notes.asked,
    isLinked,
    signal: deps.abortSignal,
    log: log.warn,
  });
  const keys = createKeyRing({
    now: NOW,
    fetchKeys: () => client.jwks(),
    // Whether the database was set back is for the plugin to find out, by what the next hello says.
    onNewKey: () => link.helloNow(),
  });

  const sendTo = (to: string, text: string, rootId: string) => sendPost({ client, destinations }, { to, text, rootId });
  const awaitApproval = (userId: string): void => approvals.expect(userId);
  const deliver = createDeliver({
    accountId,
    runtime,
    account: current,
    client,
    bot,
    destinations,
    notes,
    finals,
    limits,
    attach,
    choiceParts,
    split,
    view,
    send: sendTo,
    awaitApproval,
    isLinked,
    runs,
    memory: () => inbox.memory,
    restCommands: () => commands,
    saidCommands,
    changed: (place) => asks.changed(place),
    now: NOW,
    signal: deps.abortSignal,
    log,
  });
  const inbox = openInbox({
    file: inboxFile(folder, accountId),
    channelId: CHANNEL_ID,
    accountId,
    now: NOW,
    deliver,
    failing: (event, forGood) => {
      void sayFailing({ account: current(), send: sendTo, log: log.warn }, event, forGood);
    },
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
      void concludeLeftOver({ client, asked: notes.asked, wait: createWaker().sleep, log: log.warn }, deps.abortSignal);
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
      saidCommands.useChoices();
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
    catalogue: saidCommands.say,
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
    asked: notes.asked,
    facts,
    limits,
    attach,
    clicks,
    done: run(),
  };
}
