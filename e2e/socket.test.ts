import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  builtBundle,
  type Channel,
  type MattermostClient,
  type Post,
  Stack,
  storedEvents,
} from "@openclaw-mattermost/testbed";

/** More than one page of Mattermost's REST API, and more than `posts?since=` tells. */
const MANY = 1_600;

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let dm: Channel;
let town: Channel;

/** What the adapter's inbox let in of a channel, in the order of arrival. */
function arrived(channelId: string): string[] {
  return storedEvents(stack, channelId).map(({ id }) => id);
}
const created = (post: Post): string => `post.created:${post.id}`;
const posts = (channel: Channel): string[] => arrived(channel.id).filter((id) => id.startsWith("post.created:"));
const holds = (channel: Channel, id: string | RegExp): Promise<unknown> =>
  stack.until(`${String(id)} in the inbox`, () =>
    arrived(channel.id).some((each) => (typeof id === "string" ? each === id : id.test(each))),
  );
const status = async (): Promise<string> => (await stack.gateway.cli("channels", "status", "--probe")).stdout;

/** Posts of both users, each in order, until `done`; nothing is mentioned, so nothing is answered. */
async function traffic(channel: Channel, done: Promise<unknown>): Promise<Post[][]> {
  let over = false;
  const ended = done.finally(() => {
    over = true;
  });
  const write = async (user: MattermostClient): Promise<Post[]> => {
    const made: Post[] = [];
    while (!over) made.push(await user.post(channel.id, `post ${String(made.length)}`));
    return made;
  };
  const [a, b] = await Promise.all([write(alice), write(bob), ended]);
  return [a, b];
}

/** Each post is there, once, and each author's posts are in their order. */
async function expectAll(channel: Channel, made: readonly (readonly Post[])[]): Promise<void> {
  const all = made.flat().map(created);
  await stack.until("every post in the inbox", () => {
    const there = new Set(posts(channel));
    return all.every((id) => there.has(id));
  });
  const there = posts(channel);
  expect(there).toHaveLength(new Set(there).size);
  for (const own of made.map((each) => each.map(created))) {
    const mine = new Set(own);
    expect(there.filter((id) => mine.has(id))).toEqual(own);
  }
}

beforeAll(async () => {
  // What a user of the official channel has: a token, an address, and no plugin.
  stack = await Stack.start({
    plugin: false,
    users: ["alice", "bob"],
    channel: { dmPolicy: "open", allowFrom: ["*"] },
  });
  // What was posted before its first start is nobody's business.
  await stack.until("the WebSocket", () => stack.gateway.tail(400).includes("Events come by WebSocket."));
  alice = stack.user("alice");
  bob = stack.user("bob");
  dm = await stack.directChannel(alice);
  town = await stack.channelWith("town", [alice, bob]);
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("a server without the plugin", () => {
  it("S17 S2 direct messages, mentions and threads are answered, with nothing but a token and an address", async () => {
    await stack.answerTo(alice, await alice.post(dm.id, "hello without a plugin"), "hello without a plugin");
    const mention = await alice.post(town.id, `@${stack.bot.username} who is there`);
    await stack.answerTo(alice, mention, "who is there");
    const threaded = await alice.reply(mention, `@${stack.bot.username} and in the thread`);
    const answer = await stack.answerTo(alice, threaded, "and in the thread");
    expect(answer.root_id).toBe(mention.id);
    const unmentioned = await alice.post(town.id, "nobody is meant");
    await holds(town, created(unmentioned));
    expect(stack.model.texts.join("\n")).not.toContain("nobody is meant");
  });

  it("S17 the status names the WebSocket, and why it is in use", async () => {
    const said = await status();
    expect(said).toMatch(/Mattermost default: enabled, configured, running, connected.*mode:websocket.*works/);
    expect(said).toContain("The OpenClaw plugin is not on this server");
  });

  it("S17 edits, deletions and reactions come as they happen", async () => {
    const post = await alice.post(town.id, "to be changed");
    await alice.edit(post.id, "was changed");
    await alice.react(post.id, "eyes");
    await alice.unreact(post.id, "eyes");
    await holds(town, new RegExp(`^reaction\\.removed:${post.id}:`));
    await alice.delete(post.id);
    await holds(town, `post.deleted:${post.id}`);
    const own = arrived(town.id).filter((id) => id.includes(post.id));
    expect(own.map((id) => id.split(":")[0])).toEqual([
      "post.created",
      "post.edited",
      "reaction.added",
      "reaction.removed",
      "post.deleted",
    ]);
  });

  it(`S17 ${String(MANY)} posts in one channel, edits, deletions and reactions, made while the gateway is away`, async () => {
    const before = await alice.post(town.id, "edited in the gap");
    // Deletions beyond 1,000 changes of a channel cannot be read by REST.
    const side = await stack.channelWith("side", [alice]);
    const deleted = await alice.post(side.id, "deleted in the gap");
    await holds(side, created(deleted));
    const liked = await alice.post(town.id, "liked in the gap");
    await holds(town, created(liked));
    await stack.gateway.stop();
    const write = async (user: MattermostClient): Promise<Post[]> => {
      const made: Post[] = [];
      for (let i = 0; i < MANY / 2; i += 1) made.push(await user.post(town.id, `gap ${String(i)}`));
      return made;
    };
    const made = await Promise.all([write(alice), write(bob)]);
    await alice.edit(before.id, `@${stack.bot.username} answer what I edited in`);
    await alice.delete(deleted.id);
    await bob.react(liked.id, "tada");
    const asked = await alice.post(dm.id, "asked while you were away");
    await stack.gateway.start();
    await stack.answerTo(alice, asked, "asked while you were away");
    await expectAll(town, made);
    await holds(side, `post.deleted:${deleted.id}`);
    await holds(town, new RegExp(`^reaction\\.added:${liked.id}:${bob.me.id}:tada:`));
    await stack.answerTo(alice, before, "answer what I edited in");
  }, 240_000);

  it("S17 a restart of Mattermost loses nothing that is posted while the socket is down", async () => {
    const made: Post[] = [];
    await stack.mattermost.stop();
    await stack.mattermost.start();
    for (let i = 0; i < 20; i += 1) made.push(await alice.post(town.id, `after the restart ${String(i)}`));
    await expectAll(town, [made]);
    await stack.answerTo(alice, await alice.post(dm.id, "are you back"), "are you back");
  });
});

describe("the plugin comes and goes", () => {
  it("S17 N1 from the socket to the plugin and back nothing is lost, and nothing doubled", async () => {
    const quiet = await stack.channelWith("quiet", [alice, bob]);
    const change = async (): Promise<void> => {
      await stack.admin.uploadPlugin(builtBundle());
      await stack.admin.enablePlugin(stack.pluginId);
      await stack.until(
        "the socket left",
        () => stack.gateway.tail(400).includes("the WebSocket is not needed"),
        120_000,
      );
      await stack.until("pulling", async () => /linked, running, connected.*mode:pull.*works/.test(await status()));
      await stack.admin.disablePlugin(stack.pluginId);
      await stack.until("the socket again", async () => (await status()).includes("mode:websocket"), 120_000);
    };
    await expectAll(quiet, await traffic(quiet, change()));
    await stack.answerTo(alice, await alice.post(dm.id, "on the socket again"), "on the socket again");
  }, 420_000);
});
