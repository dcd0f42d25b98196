import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Channel,
  isPreview,
  type JsonObject,
  type MattermostClient,
  MattermostEvents,
  type Post,
  type PushedEvent,
  Stack,
} from "@openclaw-mattermost/testbed";

const WORDS = Array.from({ length: 12 }, (_, i) => `word${String(i)} `);

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let town: Channel;
let events: MattermostEvents;

beforeAll(async () => {
  // Without the plugin: with it, partial answers are shown live.
  stack = await Stack.start({ users: ["alice", "bob"], plugin: false, channel: { groupPolicy: "open" } });
  // What was posted before its first start is nobody's business.
  await stack.until("the WebSocket", () => stack.gateway.tail(400).includes("Events come by WebSocket."));
  alice = stack.user("alice");
  bob = stack.user("bob");
  town = await stack.channelWith("town", [alice, bob]);
  events = await MattermostEvents.connect(alice);
}, 180_000);

afterAll(async () => {
  events[Symbol.dispose]();
  await stack[Symbol.asyncDispose]();
});

const postOf = (event: PushedEvent): Post => JSON.parse(String(event.data.post)) as Post;
const ofThread = (root: Post) => (event: PushedEvent) => postOf(event).root_id === root.id;
const preview = (root: Post) => (event: PushedEvent) => ofThread(root)(event) && isPreview(postOf(event));

/** A root under which the bot is asked, so that each test sees its own posts. */
async function ask(user: MattermostClient, words: string): Promise<{ root: Post; question: Post }> {
  const root = await user.post(town.id, `a root for: ${words}`);
  return { root, question: await user.reply(root, `@openclaw ${words}`) };
}

/** What the bot has left in a thread. */
async function left(root: Post): Promise<string[]> {
  const posts = await alice.getThread(root.id);
  return posts.filter((post) => post.user_id === stack.bot.id).map((post) => post.message);
}

/** Changes `streaming` while the gateway stands still: a running one puts a change off for as long as anything is under way. */
async function stream(streaming: JsonObject): Promise<void> {
  await stack.gateway.stop();
  stack.gateway.patchConfig({ channels: { mattermost: { streaming: null } } });
  stack.gateway.patchConfig({ channels: { mattermost: { streaming } } });
  await stack.gateway.start();
}

describe("answers as they grow, without the plugin", () => {
  it("L1 S6 partial: a preview grows in the thread, and the answer is a post of its own", async () => {
    stack.model.script("grow please", { chunks: WORDS, everyMs: 600 });
    const { root, question } = await ask(alice, "grow please");
    const shown = postOf(await events.until("posted", preview(root), 60_000));
    await events.until("post_edited", (event) => postOf(event).id === shown.id);
    const answer = await stack.answerTo(alice, question, WORDS.join("").trim());
    await events.until("post_deleted", (event) => postOf(event).id === shown.id);
    expect(answer.id).not.toBe(shown.id);
    expect(answer).toMatchObject({ root_id: root.id, edit_at: 0 });
    expect(answer.props.openclaw_preview).toBeUndefined();
    expect(await left(root)).toEqual([answer.message]);
  });

  it("L1 a preview that somebody deletes loses nothing", async () => {
    stack.model.script("survive please", { chunks: WORDS, everyMs: 600 });
    const { root, question } = await ask(alice, "survive please");
    const shown = postOf(await events.until("posted", preview(root)));
    await stack.adminUser.rest.call("DELETE", `/api/v4/posts/${shown.id}`);
    await stack.answerTo(alice, question, WORDS.join("").trim());
    expect(await left(root)).toEqual([WORDS.join("").trim()]);
  });

  it("L1 two runs at once have a preview each", async () => {
    stack.model.script("side by side", { chunks: WORDS, everyMs: 600 });
    const [one, two] = await Promise.all([ask(alice, "side by side one"), ask(bob, "side by side two")]);
    const [first, second] = await Promise.all([
      events.until("posted", preview(one.root)),
      events.until("posted", preview(two.root)),
    ]);
    expect(postOf(first).id).not.toBe(postOf(second).id);
    await stack.answerTo(alice, one.question, WORDS.join("").trim());
    await stack.until("both threads with one answer each", async () => {
      const both = [await left(one.root), await left(two.root)];
      return both.every((texts) => texts.length === 1 && texts[0] === WORDS.join("").trim());
    });
  });

  it("L1 off shows nothing before the answer, and with block.enabled finished blocks come as they are", async () => {
    stack.model.script("quiet please", { chunks: WORDS, everyMs: 200 });
    await stream({ mode: "off" });
    const quiet = await ask(alice, "quiet please");
    await stack.answerTo(alice, quiet.question, WORDS.join("").trim());
    expect(events.seen.filter((event) => event.event === "posted" && preview(quiet.root)(event))).toEqual([]);
    const blocks = ["first ".repeat(200), "second ".repeat(200), "third ".repeat(200)].map((text) => text.trim());
    stack.model.script("blocks please", { chunks: blocks.map((text) => `${text}\n\n`), everyMs: 1_500 });
    await stream({ mode: "off", block: { enabled: true, coalesce: { minChars: 1, idleMs: 100 } } });
    const { root, question } = await ask(alice, "blocks please");
    await stack.answerTo(alice, question, "third");
    const words = (text: string): string[] => text.split(/\s+/);
    await stack.until("the blocks, each as a post", async () => {
      const texts = await left(root);
      return texts.length > 1 && words(texts.join(" ")).join() === words(blocks.join(" ")).join();
    });
  });

  it("L1 progress shows what the tools do and not the answer", async () => {
    stack.model.script("look it up", [
      { text: "Let me look.", tool: { name: "session_status", args: {} } },
      { chunks: WORDS, everyMs: 600 },
    ]);
    const progress = { label: "Looking", toolProgress: true };
    await stream({ mode: "progress", progress });
    const { root, question } = await ask(alice, "look it up");
    await stack.answerTo(alice, question, WORDS.join("").trim());
    const shown = events.seen.filter(({ event }) => event === "posted" || event === "post_edited");
    const texts = shown.filter(preview(root)).map((event) => postOf(event).message);
    expect(texts.join("\n")).toContain("Looking");
    expect(texts.join("\n")).not.toContain("word1");
  });

  it("L1 block keeps what the tools did, and the answer is a post of its own", async () => {
    stack.model.script("step by step", [
      { text: "First I look around in here.", tool: { name: "session_status", args: {} } },
      { chunks: WORDS, everyMs: 600 },
    ]);
    await stream({ mode: "block" });
    const { root, question } = await ask(alice, "step by step");
    const answer = await stack.answerTo(alice, question, WORDS.join("").trim());
    // The open block goes with the answer.
    await stack.until(
      "one answer",
      async () => (await left(root)).filter((text) => text.includes("word1")).length === 1,
    );
    const texts = await left(root);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts).toContain(answer.message);
  });

  it("L1 a gateway that is killed leaves no preview behind", async () => {
    await stream({ mode: "partial" });
    stack.model.script("die please", { chunks: WORDS, everyMs: 1_000 }, 1);
    const { root } = await ask(alice, "die please");
    const shown = postOf(await events.until("posted", preview(root)));
    await stack.gateway.crash();
    expect(await left(root)).toHaveLength(1);
    await stack.gateway.start();
    await events.until("post_deleted", (event) => postOf(event).id === shown.id, 60_000);
  });
});
