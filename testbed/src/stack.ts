import { join } from "node:path";
import { makeGuest } from "./database.ts";
import { TestbedError } from "./errors.ts";
import { Gateway } from "./gateway.ts";
import { type JsonObject, mergeJson } from "./json.ts";
import { linkStatus, ownBotToken } from "./link.ts";
import { Mattermost } from "./mattermost.ts";
import { type MattermostAdmin, mattermostAdmin } from "./mattermost-admin.ts";
import { buildMattermost } from "./mattermost-build.ts";
import { MattermostClient } from "./mattermost-client.ts";
import { mattermostRest } from "./mattermost-rest.ts";
import { isPreview, type Channel, type Post, type Team } from "./mattermost-types.ts";
import { ModelStub } from "./model-stub.ts";
import { builtAdapter, builtBundle, readManifest } from "./paths.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { beginRun, type Run } from "./run.ts";
import type { BotOptions, StackOptions } from "./stack-options.ts";
import { until } from "./wait.ts";
import { startWires, through, type Wires } from "./wires.ts";

/** Everybody's password. */
export const PASSWORD = "Passw0rd!testbed";
export const TEAM = "acme";
export const OWN_BOT = "openclaw";
/** Name of the file in the run's folder that the model writes each user text to. */
export const MODEL_LEDGER = "model.jsonl";

const LINK_DEADLINE_MS = 60_000;
const ANSWER_DEADLINE_MS = 60_000;

/** A bot of the stack, with the token that the gateway uses. */
export interface StackBot {
  readonly id: string;
  readonly username: string;
  readonly token: string;
  readonly account: string;
}

/** The parts of a stack, in the order in which they were started. */
interface Parts {
  readonly run: Run;
  readonly wires: Wires | undefined;
  readonly postgres: Postgres;
  /** The server's database, without a wire in between. */
  readonly database: string;
  readonly mattermost: Mattermost;
  readonly model: ModelStub;
  readonly gateway: Gateway | undefined;
  readonly client: MattermostClient;
  readonly team: Team;
  readonly users: ReadonlyMap<string, MattermostClient>;
  readonly bots: readonly StackBot[];
  readonly pluginId: string;
}

/**
 * Mattermost, PostgreSQL, the stub model and an OpenClaw gateway, with the product installed the way a user installs
 * it. `await using stack = await Stack.start()`; two can run at once; disposing of one leaves nothing behind.
 */
export class Stack implements AsyncDisposable {
  /** PostgreSQL; more databases for more servers can be had from it. */
  readonly postgres: Postgres;
  /** DSN of the server's database, without a wire in between. */
  readonly database: string;
  readonly mattermost: Mattermost;
  readonly model: ModelStub;
  /** What a system administrator does. */
  readonly admin: MattermostAdmin;
  /** The system administrator as a user. */
  readonly adminUser: MattermostClient;
  readonly team: Team;
  readonly run: Run;
  readonly pluginId: string;
  /** The plugin's own bot (or its stand-in, without the plugin) first, then those that were asked for. */
  readonly bots: readonly StackBot[];
  readonly #parts: Parts;
  readonly #cleanup: AsyncDisposableStack;

  private constructor(parts: Parts, cleanup: AsyncDisposableStack) {
    this.#parts = parts;
    this.#cleanup = cleanup;
    this.run = parts.run;
    this.postgres = parts.postgres;
    this.database = parts.database;
    this.mattermost = parts.mattermost;
    this.model = parts.model;
    this.adminUser = parts.client;
    this.admin = mattermostAdmin(parts.client.rest);
    this.team = parts.team;
    this.pluginId = parts.pluginId;
    this.bots = parts.bots;
  }

  /** Starts everything that is asked for and waits until it is ready; prints progress to the standard error stream. */
  static async start(options: StackOptions = {}): Promise<Stack> {
    await using cleanup = new AsyncDisposableStack();
    const run = cleanup.use(beginRun(options.progress));
    const bundle = options.plugin === false ? undefined : (options.plugin ?? builtBundle());
    const adapter = options.adapter === false ? undefined : (options.adapter ?? builtAdapter());
    const model = cleanup.use(await ModelStub.start({ ledgerFile: join(run.folder, MODEL_LEDGER) }));
    const wires = options.wires ? cleanup.use(await startWires()) : undefined;

    const [server, gateway] = await both(
      startServer(run, cleanup, wires, options),
      adapter === undefined ? Promise.resolve(undefined) : prepareGateway(run, cleanup, model, adapter, options),
    );
    const people = await explained(server.mattermost, () => populate(server.mattermost, bundle, options));
    const stack = new Stack({ run, wires, model, gateway, ...server, ...people }, cleanup.move());
    try {
      if (gateway) await stack.#startGateway(gateway, options, bundle !== undefined);
      run.progress.say(`the stack is ready: ${stack.mattermost.url}`);
      return stack;
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The gateway; not there with `adapter: false`. */
  get gateway(): Gateway {
    const { gateway } = this.#parts;
    if (!gateway) throw new TypeError("this stack was started without a gateway");
    return gateway;
  }

  /** The connections between the parts; there with `wires: true`. */
  get wires(): Wires {
    return present(this.#parts.wires, "wires");
  }

  /** The plugin's own bot, or its stand-in. */
  get bot(): StackBot {
    return present(this.bots[0], "bot");
  }

  /** One of the users that were asked for. */
  user(username: string): MattermostClient {
    return present(this.#parts.users.get(username), `user ${username}`);
  }

  /** The direct channel of a user with a bot; by default the first. */
  directChannel(user: MattermostClient, bot: StackBot = this.bot): Promise<Channel> {
    return user.direct(bot.id);
  }

  /** A new channel of the team, with these users and all bots in it. */
  async channelWith(name: string, users: readonly MattermostClient[], type: "O" | "P" = "O"): Promise<Channel> {
    const channel = await this.adminUser.createChannel(this.team.id, name, type);
    const members = [...users.map((user) => user.me.id), ...this.bots.map((bot) => bot.id)];
    for (const id of members) await this.adminUser.addToChannel(channel.id, id);
    return channel;
  }

  /** From now on a user is a guest, in the channels that they are in. */
  async makeGuest(user: MattermostClient): Promise<void> {
    await makeGuest(this.database, user.me.id);
    await this.adminUser.rest.call("POST", "/api/v4/caches/invalidate");
  }

  /** Waits for a post of one of the bots in the channel of `post`, made after it, that contains or matches `text`. */
  async answerTo(
    user: MattermostClient,
    post: Post,
    text: string | RegExp = "",
    deadlineMs: number = ANSWER_DEADLINE_MS,
  ): Promise<Post> {
    const bots = new Set(this.bots.map((bot) => bot.id));
    const fits = (message: string): boolean => (typeof text === "string" ? message.includes(text) : text.test(message));
    const isAnswer = (each: Post): boolean =>
      bots.has(each.user_id) &&
      each.create_at >= post.create_at &&
      each.id !== post.id &&
      !isPreview(each) &&
      fits(each.message);
    const what = `an answer to post ${post.id} with ${String(text) || "any text"}`;
    return this.until(what, async () => (await user.getPosts(post.channel_id)).find(isAnswer), deadlineMs);
  }

  /** Waits until `probe` has an answer; on failure the error quotes the logs. */
  until<T>(
    what: string,
    probe: () => T | Promise<T>,
    deadlineMs: number = ANSWER_DEADLINE_MS,
  ): Promise<Exclude<T, undefined | null | false>> {
    return until(probe, { what, deadlineMs, tail: () => this.explain() });
  }

  /** Gives the plugin the gateway's URL, as System Console saves it, and waits until it delivers there. */
  async linkByWebhook(): Promise<void> {
    const { wires } = this.#parts;
    const url = wires ? through(wires.gateway, this.gateway.url) : this.gateway.url;
    await this.admin.setPluginSettings(this.pluginId, { GatewayURL: url });
    await this.#linked(
      (link) => link.delivery.state === "ready" && link.delivery.transport === "webhook",
      "delivering by webhook",
    );
  }

  /** What the logs and the model say, for the message of a failure. */
  explain(): string {
    const asked = `--- the model was asked: ${JSON.stringify(this.model.texts.slice(-10))}`;
    const { gateway, mattermost } = this.#parts;
    return [asked, mattermost.tail(15, "problems"), gateway?.tail(30) ?? ""].join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup.disposeAsync();
  }

  async #startGateway(gateway: Gateway, options: StackOptions, plugin: boolean): Promise<void> {
    const { wires } = this.#parts;
    const url = wires ? through(wires.mattermost, this.mattermost.url) : this.mattermost.url;
    const channel = channelSection(url, this.bots, options);
    await this.run.progress.during("gateway", () =>
      gateway.configureAndStart({ channel, ...(options.gateway ? { overrides: options.gateway } : {}) }),
    );
    if (!plugin) return;
    await this.run.progress.during("link", async () => {
      // The plugin's own bot may link before anybody has said hello.
      await this.#linked((link) => link.link.state === "linked" && link.gateway_id !== "", "linked");
      if (options.webhook !== false) await this.linkByWebhook();
    });
  }

  async #linked(fits: (link: Awaited<ReturnType<typeof linkStatus>>["links"][number]) => boolean, what: string) {
    let seen: unknown;
    await until(
      async () => {
        const { links } = await linkStatus(this.adminUser, this.pluginId);
        seen = links;
        return links.some((link) => link.bot.user_id === this.bot.id && fits(link));
      },
      {
        what: `link of @${this.bot.username}: ${what}`,
        deadlineMs: LINK_DEADLINE_MS,
        tail: () => `--- the plugin says ${JSON.stringify(seen)}\n${this.explain()}`,
      },
    );
  }
}

async function startServer(run: Run, cleanup: AsyncDisposableStack, wires: Wires | undefined, options: StackOptions) {
  const binary = await buildMattermost(run.keeper, run.progress);
  return run.progress.during("PostgreSQL and Mattermost", async () => {
    const postgres = cleanup.use(await startPostgres(run));
    const database = await postgres.database();
    const mattermost = cleanup.use(
      await Mattermost.start(run, {
        binary,
        dsn: wires ? through(wires.database, database) : database,
        ...(options.mattermost ? { settings: options.mattermost } : {}),
        ...(options.client ? { client: options.client } : {}),
      }),
    );
    return { postgres, database, mattermost };
  });
}

async function prepareGateway(
  run: Run,
  cleanup: AsyncDisposableStack,
  stub: ModelStub,
  adapter: string,
  options: StackOptions,
): Promise<Gateway> {
  const model = options.model ?? { kind: "stub", baseUrl: stub.baseUrl };
  return cleanup.use(
    await Gateway.prepare(run, {
      model,
      adapter,
      ...(options.installFresh ? { installFresh: true } : {}),
      ...(options.gatewayEnv ? { env: options.gatewayEnv } : {}),
    }),
  );
}

/** Administrator, team, users, plugin, bots. */
async function populate(mattermost: Mattermost, bundle: string | undefined, options: StackOptions) {
  // The first user of a server is its administrator.
  await mattermostAdmin(mattermostRest(mattermost.url, "")).createUser("admin", PASSWORD);
  const client = await MattermostClient.login(mattermost.url, "admin", PASSWORD);
  const admin = mattermostAdmin(client.rest);
  const team = await client.createTeam(TEAM);
  const users = new Map<string, MattermostClient>();
  for (const username of options.users ?? ["alice"]) {
    const { id } = await admin.createUser(username, PASSWORD);
    await client.addToTeam(team.id, id);
    users.set(username, await MattermostClient.login(mattermost.url, username, PASSWORD));
  }
  const pluginId = bundle === undefined ? readManifest().id : (await admin.uploadPlugin(bundle)).id;
  if (bundle !== undefined) await admin.enablePlugin(pluginId);
  const bots = [await ownBot(client, admin, pluginId, bundle !== undefined)];
  for (const bot of options.bots ?? []) bots.push(await makeBot(admin, bot));
  for (const bot of bots) await client.addToTeam(team.id, bot.id);
  return { client, team, users, bots, pluginId };
}

async function ownBot(
  client: MattermostClient,
  admin: MattermostAdmin,
  pluginId: string,
  plugin: boolean,
): Promise<StackBot> {
  if (!plugin) return makeBot(admin, { username: OWN_BOT, account: "default" });
  const token = await ownBotToken(client, pluginId);
  const { me } = await MattermostClient.withToken(client.url, token);
  return { id: me.id, username: me.username, token, account: "default" };
}

async function makeBot(admin: MattermostAdmin, { username, account }: BotOptions): Promise<StackBot> {
  const { user_id: id } = await admin.createBot(username);
  return { id, username, token: await admin.createToken(id), account };
}

/** `channels.mattermost`, as the documentation of the product recommends it for a server on the same machine. */
function channelSection(baseUrl: string, bots: readonly StackBot[], options: StackOptions): JsonObject {
  const [own, ...others] = bots;
  const accounts = others.map((bot) => {
    const section = { botToken: bot.token, baseUrl };
    const more = options.bots?.find((each) => each.account === bot.account)?.channel;
    return [bot.account, more ? mergeJson(section, more) : section] as const;
  });
  const section: JsonObject = {
    enabled: true,
    botToken: present(own, "bot").token,
    baseUrl,
    network: { dangerouslyAllowPrivateNetwork: true },
    dmPolicy: "pairing",
    groupPolicy: "open",
    ...(accounts.length > 0 ? { accounts: Object.fromEntries(accounts) } : {}),
  };
  return mergeJson(section, options.channel ?? {});
}

/** Quotes the server's log below a refusal of its API. */
async function explained<T>(mattermost: Mattermost, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TestbedError)) throw error;
    throw new TestbedError(error.code, error.message, { cause: error, tail: mattermost.tail(15, "problems") });
  }
}

/** Waits for both, even when one fails, so that nothing is started while the rest is being cleaned up. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`this stack has no ${what}`);
  return value;
}
