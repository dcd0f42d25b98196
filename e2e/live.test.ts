import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
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
}, 180_000);

afterAll(async () => {
  events[Symbol.dispose]();
  outside[Symbol.dispose]();
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

async function snapshot(user: MattermostClient): Promise<LiveDraft[]> {
  const path = `/api/v1/channels/${town.id}/live`;
  return (await user.plugin<{ drafts: LiveDraft[] }>(stack.pluginId, "GET", path)).drafts;
}

describe("answers on their way, on real parts", () => {
  it("N5 L1 an answer grows without an edit and ends as one post in the draft's place", async () => {
    stack.model.script("grow live", { chunks: WORDS, everyMs: 200 });
    const question = await alice.post(town.id, "@openclaw grow live");
    await events.until(LIVE, of(question, "start"), 60_000);
    const answer = await stack.answerTo(alice, question, WHOLE);
    await events.until(LIVE, of(question, "end"));
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
        const isNotice = (event: PushedEvent): boolean =>
          postIn(event).root_id === question.id && typeof postIn(event).props.openclaw_preview === "string";
        const notice = events.seen.find((event) => event.event === "posted" && isNotice(event));
        return notice ? postIn(notice) : undefined;
      },
      120_000,
    );
    expect(shown.message).toContain("Still working");
    await events.until("post_deleted", (event) => postIn(event).id === shown.id);
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
