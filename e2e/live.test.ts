import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import type { Live, LiveDraft } from "@openclaw-mattermost/contract";
import {
  type Channel,
  type MattermostClient,
  MattermostEvents,
  type Post,
  type PushedEvent,
  Stack,
} from "@openclaw-mattermost/testbed";

const WORDS = Array.from({ length: 15 }, (_, i) => `word${String(i)} `);
const WHOLE = WORDS.join("").trim();

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let eve: MattermostClient;
let town: Channel;
let events: MattermostEvents;
let outside: MattermostEvents;
let db: pg.Client;

beforeAll(async () => {
  stack = await Stack.start({
    users: ["alice", "bob", "eve"],
    channel: { groupPolicy: "open", replyToMode: "all" },
  });
  alice = stack.user("alice");
  bob = stack.user("bob");
  eve = stack.user("eve");
  town = await stack.channelWith("town", [alice, bob]);
  events = await MattermostEvents.connect(alice);
  outside = await MattermostEvents.connect(eve);
  db = new pg.Client({ connectionString: stack.mattermost.dsn });
  db.on("error", () => undefined);
  await db.connect();
}, 180_000);

afterAll(async () => {
  events[Symbol.dispose]();
  outside[Symbol.dispose]();
  await db.end();
  await stack[Symbol.asyncDispose]();
});

const LIVE = "custom_com.openclaw.mattermost_live";
type Said = Live & { user_id: string };
const saidIn = (event: PushedEvent): Said => JSON.parse(String(event.data.json)) as Said;
const postIn = (event: PushedEvent): Post & { pending_post_id: string } =>
  JSON.parse(String(event.data.post)) as Post & { pending_post_id: string };
const of =
  (question: Post, type?: Live["type"]) =>
  (event: PushedEvent): boolean => {
    const said = saidIn(event);
    return said.request_id === question.id && (type === undefined || said.type === type);
  };
const allOf = (question: Post): Said[] =>
  events.seen.filter((event) => event.event === LIVE && of(question)(event)).map(saidIn);

/** What a client that was there all the time shows. */
function together(calls: readonly Said[]): string {
  return calls.reduce((text, call) => (call.text ? text.slice(0, call.text.offset) + call.text.text : text), "");
}

/** Rows of the bot's posts here, and of what they were before an edit. */
async function rows(): Promise<number> {
  const count = "SELECT count(*)::int AS n FROM posts WHERE channelid = $1 AND userid = $2";
  return (await db.query<{ n: number }>(count, [town.id, stack.bot.id])).rows[0]?.n ?? 0;
}

/** The post that is there while a run goes on, and is not its answer. */
function previewOf(question: Post): Post | undefined {
  const isPreview = (event: PushedEvent): boolean =>
    postIn(event).root_id === question.id && typeof postIn(event).props.openclaw_preview === "string";
  const found = events.seen.find((event) => event.event === "posted" && isPreview(event));
  return found && postIn(found);
}

async function snapshot(user: MattermostClient): Promise<LiveDraft[]> {
  const path = `/api/v1/channels/${town.id}/live`;
  return (await user.plugin<{ drafts: LiveDraft[] }>(stack.pluginId, "GET", path)).drafts;
}

describe("answers on their way, on real parts", () => {
  it("N5 L1 an answer grows without an edit and ends as one post in the draft's place", async () => {
    stack.model.script("grow live", { chunks: WORDS, everyMs: 200 });
    const before = await rows();
    const question = await alice.post(town.id, "@openclaw grow live");
    await events.until(LIVE, () => together(allOf(question)).includes("word9"), 60_000);
    expect(await rows()).toBe(before);
    const answer = await stack.answerTo(alice, question, WHOLE);
    await events.until(LIVE, of(question, "end"));
    expect(await rows()).toBe(before + 1);
    const calls = allOf(question);
    expect(calls.length).toBeGreaterThan(5);
    expect(together(calls)).toContain("word9");
    expect(new Set(calls.map(({ draft }) => draft)).size).toBe(1);
    expect(calls.map(({ seq }) => seq)).toEqual(calls.map((_, at) => at + 1));
    expect(calls[0]).toMatchObject({ channel_id: town.id, root_id: question.id, user_id: stack.bot.id });

    const posted = postIn(await events.until("posted", (event) => postIn(event).id === answer.id));
    expect(posted.pending_post_id).toBe(calls[0]?.draft);
    expect(answer).toMatchObject({ message: WHOLE, edit_at: 0, type: "" });
    expect(answer.props).toMatchObject({ type: "custom_openclaw", openclaw_run: { request_id: question.id } });
    const thread = await alice.getThread(question.id);
    expect(thread.filter((post) => post.user_id === stack.bot.id).map((post) => post.id)).toEqual([answer.id]);
    expect(events.seen.filter((event) => event.event === "post_edited")).toEqual([]);
  });

  it("N5 who comes late gets what is there, and nobody outside the channel anything", async () => {
    stack.model.script("late please", { chunks: WORDS, everyMs: 300 });
    const question = await alice.post(town.id, "@openclaw late please");
    const found = await stack.until("a draft with text", async () =>
      (await snapshot(bob)).find((draft) => draft.request_id === question.id && draft.text.includes("word2")),
    );
    await stack.until("the same by WebSocket", () => together(allOf(question)).startsWith(found.text.slice(0, 10)));
    await expect(snapshot(eve)).rejects.toThrow();
    await stack.answerTo(alice, question, WHOLE);
    await events.until(LIVE, of(question, "end"));
    expect(await snapshot(bob)).toEqual([]);
    expect(outside.seen.filter(({ event }) => event === LIVE)).toEqual([]);
  });

  it("N5 two runs never share a draft", async () => {
    stack.model.script("both of us", { chunks: WORDS, everyMs: 200 });
    const [one, two] = await Promise.all([
      alice.post(town.id, "@openclaw both of us"),
      bob.post(town.id, "@openclaw both of us"),
    ]);
    await events.until(LIVE, of(one, "end"), 60_000);
    await events.until(LIVE, of(two, "end"), 60_000);
    for (const question of [one, two]) expect(together(allOf(question))).toContain("word9");
    expect(allOf(one)[0]?.draft).not.toBe(allOf(two)[0]?.draft);
  });

  it("N5 what the tools did is shown on the way, and stays with the answer", async () => {
    stack.model.script("use a tool", [
      { text: "Let me look.", tool: { name: "session_status", args: {} } },
      { chunks: WORDS, everyMs: 100 },
    ]);
    const question = await alice.post(town.id, "@openclaw use a tool");
    const answer = await stack.answerTo(alice, question, WHOLE);
    await events.until(LIVE, of(question, "end"));
    const tools = allOf(question).flatMap((call) => call.tools);
    expect(tools.map(({ text }) => text).join()).toMatch(/session.?status/i);
    const run = answer.props.openclaw_run as { tools?: { text: string; state: string }[] };
    expect(run.tools?.map(({ text }) => text)).toEqual([...new Set(tools.map(({ text }) => text))]);
    expect(new Set(run.tools?.map(({ state }) => state))).toEqual(new Set(["done"]));
  });

  it("N5 a long run says so in a post of its own, which goes with the answer", async () => {
    stack.model.script("take your time", { chunks: WORDS, everyMs: 400 });
    stack.gateway.patchConfig({ channels: { mattermost: { live: { longRunSeconds: 1 } } } });
    const shown = await stack.until(
      "a word on a long run",
      async () => {
        const question = await alice.post(town.id, "@openclaw take your time");
        await stack.answerTo(alice, question, WHOLE);
        return previewOf(question);
      },
      120_000,
    );
    expect(shown.message).toContain("Still working");
    await events.until("post_deleted", (event) => postIn(event).id === shown.id);
  });

  it("N5 what the config switches off does not happen", async () => {
    stack.model.script("not live", { chunks: WORDS, everyMs: 200 });
    const ask = async (text: string): Promise<Post> => {
      const question = await alice.post(town.id, `@openclaw ${text}`);
      await stack.answerTo(alice, question, WHOLE);
      return question;
    };
    stack.gateway.patchConfig({ channels: { mattermost: { live: { enabled: false } } } });
    await stack.until(
      "a run that is shown by a preview",
      async () => {
        const question = await ask("not live");
        return allOf(question).length === 0 && previewOf(question) !== undefined;
      },
      120_000,
    );
    stack.gateway.patchConfig({ channels: { mattermost: { live: { enabled: true, longRunSeconds: 0 } } } });
    await stack.until(
      "a long run without a word on it",
      async () => {
        const question = await ask("take your time");
        return allOf(question).length > 0 && previewOf(question) === undefined;
      },
      120_000,
    );
  });

  it("N5 N7 Stop ends the run of its draft, and no other of the same person", async () => {
    stack.model.script("go on and on", { chunks: [...WORDS, ...WORDS, ...WORDS, ...WORDS], everyMs: 400 });
    stack.model.script("end by yourself", { chunks: WORDS, everyMs: 400 });
    const [stopped, other] = await Promise.all([
      alice.post(town.id, "@openclaw go on and on"),
      alice.post(town.id, "@openclaw end by yourself"),
    ]);
    const { draft } = saidIn(await events.until(LIVE, of(stopped, "start"), 60_000));
    await events.until(LIVE, of(other, "start"), 60_000);
    const stop = (user: MattermostClient) => user.plugin(stack.pluginId, "POST", `/api/v1/live/${draft}/stop`);
    await expect(stop(eve)).rejects.toThrow();
    await stop(alice);
    await events.until(LIVE, (event) => of(stopped, "end")(event) || of(stopped, "abort")(event));
    expect(allOf(other).map(({ type }) => type)).not.toContain("end");
    await stack.answerTo(alice, other, WHOLE);
    await expect(stop(alice)).rejects.toThrow();
  });

  it("N5 grows for who looks at the channel, and for nobody else", async () => {
    const hall = await stack.channelWith("hall", [alice, bob]);
    using bobs = await MattermostEvents.connect(bob);
    const liveOf = (seen: readonly PushedEvent[], question: Post) =>
      seen.filter((event) => event.event === LIVE && of(question)(event)).map(saidIn);
    stack.model.script("who looks", { chunks: WORDS, everyMs: 150 }, 1);
    try {
      // From then on who looks is known.
      await stack.admin.setPluginSettings(stack.pluginId, { TestLookSeconds: 5 });
      await setTimeout(5_500);
      const question = await alice.post(hall.id, "@openclaw who looks");
      await stack.until("the answer, while alice looks", async () => {
        await alice.plugin(stack.pluginId, "GET", `/api/v1/channels/${hall.id}/live`);
        return (await alice.getThread(question.id)).some(({ message }) => message.trim() === WHOLE);
      });
      expect(together(liveOf(events.seen, question)).trim()).not.toBe("");
      expect(liveOf(bobs.seen, question)).toEqual([]);
      expect(bobs.seen.some(({ event }) => event === "posted")).toBe(true);
    } finally {
      await stack.admin.setPluginSettings(stack.pluginId, { TestLookSeconds: 0 });
    }
  });

  it("N5 a run that dies leaves no draft behind", async () => {
    stack.model.script("die on the way", { chunks: WORDS, everyMs: 1_000 }, 1);
    const question = await alice.post(town.id, "@openclaw die on the way");
    await events.until(LIVE, (event) => of(question)(event) && saidIn(event).text !== undefined, 60_000);
    await stack.gateway.crash();
    await events.until(LIVE, of(question, "abort"), 60_000);
    expect(await snapshot(alice)).toEqual([]);
  });
});
