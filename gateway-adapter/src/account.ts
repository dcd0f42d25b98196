import { type ChannelEvent, type Welcome } from "@openclaw-mattermost/contract";
import { CHANNEL_ID, resolveAccount, type HostConfig, type MattermostAccount } from "./config/account-config.ts";
import { messageOf, type Problem } from "./errors.ts";
import { createHttp } from "./host/fetch.ts";
import type { PluginRuntime } from "./host/runtime.ts";
import { gatewayId, inboxFile, stateFolder } from "./host/state.ts";
import { openInbox, type Lifecycle } from "./inbox/inbox.ts";
import { chunkMarkdown } from "./host/text.ts";
import { createMattermostClient, type MattermostClient } from "./mattermost/client.ts";
import { keepSayingHello } from "./receive/hello.ts";
import { createKeyRing } from "./receive/keys.ts";
import { keepPulling } from "./receive/pull.ts";
import { createReplayMemory } from "./receive/replay.ts";
import { createWaker } from "./receive/waker.ts";
import type { Receiver } from "./receive/webhook.ts";
import { createDestinations } from "./reply/destination.ts";
import { dmRetryBy } from "./reply/dm-retry.ts";
import { sendPost } from "./reply/post.ts";
import { handleEvent } from "./turn/handle-event.ts";
import { createRuns } from "./turn/runs.ts";

export type Log = (sentence: string, fields: Record<string, string | number>) => void;

/** What status, probe and doctor tell about a running account. */
export interface AccountFacts {
  welcome: Welcome | undefined;
  welcomeAt: number | undefined;
  problems: readonly Problem[];
  lastEventAt: number | undefined;
  pending: number;
}

/** A running account: its link, inbox, turns and replies. */
export interface RunningAccount {
  receiver: Receiver;
  client: MattermostClient;
  destinations: ReturnType<typeof createDestinations>;
  facts: () => AccountFacts;
  /** What the server takes in one post, once it has said so. */
  postRunes: () => number | undefined;
  /** Resolves when everything has stopped. */
  done: Promise<void>;
}

export interface AccountDeps {
  accountId: string;
  runtime: PluginRuntime;
  env: NodeJS.ProcessEnv;
  versions: { adapter: string; openclaw: string };
  abortSignal: AbortSignal;
  log: { info: Log; warn: Log; error: Log };
  onChange: (facts: AccountFacts) => void;
}

const NOW = Date.now;

/** What every supported server takes. */
const POST_RUNES = 16_383;

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

  let welcome: Welcome | undefined;
  let welcomeAt: number | undefined;
  let problems: readonly Problem[] = [];
  let lastEventAt: number | undefined;
  const facts = (): AccountFacts => ({ welcome, welcomeAt, problems, lastEventAt, pending: inbox.backlog().pending });

  let botSettled: (bot: { id: string; username: string }) => void = () => undefined;
  const bot = new Promise<{ id: string; username: string }>((resolve) => {
    botSettled = resolve;
  });
  const destinations = createDestinations({
    client,
    botId: async () => (await bot).id,
    retry: dmRetryBy(() => current().dmChannelRetry),
  });
  const waker = createWaker();
  const pullWaker = createWaker();
  const runs = createRuns();
  // Asked once: the limit of a running server does not change.
  let serverRunes: number | undefined;
  client.limits().then(
    (limits) => {
      serverRunes = limits.postRunes;
    },
    (error: unknown) => {
      log.warn("The server's limits cannot be read; the usual ones are kept to.", {
        account: accountId,
        reason: messageOf(error),
      });
    },
  );
  const keys = createKeyRing({ now: NOW, fetchKeys: () => client.jwks() });

  const deliver = async (event: ChannelEvent, lifecycle: Lifecycle): Promise<void> => {
    if (event.channel.type === "D" && !event.actor.is_bot) destinations.remember(event.actor.id, event.channel.id);
    const verdict = await handleEvent(
      {
        runtime,
        account: current,
        bot: await bot,
        send: (to, text, rootId) => sendPost({ client, destinations }, { to, text, rootId }),
        split: (text) => chunkMarkdown(text, postLimit(current(), serverRunes)),
        typing: (channelId, rootId) => client.typing(channelId, rootId),
        log: log.warn,
        memory: inbox.memory,
        runs,
      },
      event,
      lifecycle,
    );
    if (verdict.kind === "dropped")
      log.info("An event started no turn.", { account: accountId, event: event.id, reason: verdict.reason });
  };
  const inbox = openInbox({
    file: inboxFile(folder, accountId),
    channelId: CHANNEL_ID,
    accountId,
    now: NOW,
    deliver,
    log: log.error,
  });

  const found: Record<"hello" | "pull", readonly Problem[]> = { hello: [], pull: [] };
  const tellProblems = (source: "hello" | "pull", these: readonly Problem[]): void => {
    if (these.length === 0 && found[source].length === 0 && source === "pull") return;
    found[source] = these;
    const { hello: first, pull: second } = found;
    const next = [...first, ...second.filter((problem) => !first.some((known) => known.code === problem.code))];
    for (const problem of next) {
      if (!problems.some((known) => known.code === problem.code)) {
        (problem.severity === "error" ? log.error : log.warn)(`${problem.message} ${problem.fix}`, {
          account: accountId,
          code: problem.code,
        });
      }
    }
    if (problems.length > 0 && next.length === 0)
      log.info("The link to Mattermost is well again.", { account: accountId });
    problems = next;
    deps.onChange(facts());
  };

  const receiver: Receiver = {
    accountId,
    keys,
    replays: createReplayMemory({ now: NOW }),
    serverId: () => welcome?.server_id,
    gatewayId: gateway,
    append: (events) => {
      inbox.append(events);
      // A deletion does not wait behind what its lane is busy with.
      for (const event of events) if (event.type === "post.deleted") runs.cancel(event.post.id);
    },
    answerChallenge: (challenge) => {
      // The address is proved now: hello again, so that the status is true at once.
      client.challenge(challenge).then(waker.wake, (error: unknown) => {
        log.warn("The plugin's challenge could not be answered.", { account: accountId, reason: messageOf(error) });
      });
    },
    onDelivery: ({ events }) => {
      if (events > 0) lastEventAt = NOW();
    },
    inFlight: { count: 0 },
    log: log.warn,
  };

  const hello = keepSayingHello(
    {
      client,
      hello: {
        gateway_id: gateway,
        account: accountId,
        adapter_version: deps.versions.adapter,
        openclaw_version: deps.versions.openclaw,
        transport: account.transport,
        proposed_url: proposedUrl(runtime.config.current() as HostConfig, account),
      },
      now: NOW,
      sleep: waker.sleep,
      onWelcome: (next) => {
        const first = welcome === undefined;
        welcome = next;
        welcomeAt = NOW();
        keys.replace(next.jwks);
        botSettled({ id: next.bot.user_id, username: next.bot.username });
        pullWaker.wake();
        if (first) {
          inbox.start();
          log.info("Linked with the plugin.", {
            account: accountId,
            plugin: next.plugin_version,
            server: next.server_version,
            link: next.link.state,
            delivery: next.delivery.state,
          });
        }
      },
      onProblems: (next) => {
        tellProblems("hello", next);
      },
    },
    deps.abortSignal,
  );
  const pulling =
    account.transport === "webhook"
      ? Promise.resolve()
      : keepPulling(
          {
            client,
            receiver,
            isLinked: () => welcome?.link.state === "linked",
            now: NOW,
            random: Math.random,
            sleep: pullWaker.sleep,
            onTurn: waker.wake,
            onProblems: (next) => {
              tellProblems("pull", next);
            },
          },
          deps.abortSignal,
        );

  return {
    receiver,
    client,
    destinations,
    facts,
    postRunes: () => serverRunes,
    done: Promise.all([hello, pulling]).then(() => inbox.stop()),
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
  problems: readonly Problem[];
  elapsedMs: number;
}
