import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, type MattermostClient, type Post, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let town: Channel;
let dm: Channel;

const asked = (text: string): number => stack.model.asked.filter((each) => each.includes(text)).length;

/** Everything that happens in `work` reaches the gateway only when it is started again. */
async function whileGatewayIsDown(work: () => Promise<void>): Promise<void> {
  await stack.gateway.stop();
  await work();
  await stack.gateway.start();
}

/** The plugin has nothing left that the gateway has not stored. */
async function allDelivered(): Promise<void> {
  await stack.until("everything delivered", async () => {
    const { links } = await stack.adminUser.plugin<{ links: { delivery: { pending: number } }[] }>(
      stack.pluginId,
      "GET",
      "/api/v1/admin/status",
    );
    return links.every(({ delivery }) => delivery.pending === 0);
  });
}

beforeAll(async () => {
  stack = await Stack.start({ channel: { dmPolicy: "open", allowFrom: ["*"] } });
  alice = stack.user("alice");
  town = await stack.channelWith("town", [alice]);
  dm = await stack.directChannel(alice);
  await stack.answerTo(alice, await alice.post(dm.id, "warm up"), "warm up");
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("edits, deletions and reactions on real parts", () => {
  it("N9 a mention added by an edit wakes the agent, once", async () => {
    const post = await alice.post(town.id, "forgot to name you");
    const edited = await alice.edit(post.id, "@openclaw forgot to name you");
    await stack.answerTo(alice, edited, "forgot to name you");
    await alice.edit(post.id, "@openclaw forgot to name you!");
    const marker = await alice.post(town.id, "@openclaw marker one");
    await stack.answerTo(alice, marker, "marker one");
    expect(asked("forgot to name you")).toBe(1);
  });

  it("N9 an edit before the turn replaces the text, and a deletion before the turn prevents it", async () => {
    let marker: Post | undefined;
    await whileGatewayIsDown(async () => {
      const changed = await alice.post(dm.id, "the first wording");
      await alice.edit(changed.id, "the second wording");
      const gone = await alice.post(dm.id, "never mind this");
      await alice.delete(gone.id);
      marker = await alice.post(dm.id, "marker two");
    });
    if (marker) await stack.answerTo(alice, marker, "marker two");
    expect([asked("the first wording"), asked("the second wording"), asked("never mind this")]).toEqual([0, 1, 0]);
  });

  it("N9 deleting the request cancels its run and says so", async () => {
    stack.model.script("a long task", { chunks: Array.from({ length: 600 }, () => "working "), everyMs: 100 }, 1);
    const post = await alice.post(dm.id, "a long task");
    const run = await stack.model.seen("a long task");
    await alice.delete(post.id);
    await stack.answerTo(alice, post, "The request was deleted");
    await stack.until("the model's run cut off", () => run.aborted);
    const after = await alice.post(dm.id, "marker three");
    await stack.answerTo(alice, after, "marker three");
  });

  it("N9 a deleted root takes the requests of its thread with it", async () => {
    stack.model.script(
      "a task in a thread",
      { chunks: Array.from({ length: 600 }, () => "working "), everyMs: 100 },
      1,
    );
    const root = await alice.post(town.id, "what the thread is about");
    const request = await alice.reply(root, "@openclaw a task in a thread");
    const run = await stack.model.seen("a task in a thread");
    await alice.delete(root.id);
    await stack.answerTo(alice, request, "The request was deleted");
    await stack.until("the model's run cut off", () => run.aborted);
  });

  it("N9 a request that waits for a run of its session is gone with its deletion, and its edit replaces the text", async () => {
    const before = stack.model.requests.length;
    const slow = { chunks: Array.from({ length: 150 }, () => "working "), everyMs: 100 };
    stack.model.script("the run before", slow, 1);
    await alice.post(dm.id, "the run before");
    await stack.model.seen("the run before");
    const gone = await alice.post(dm.id, "a wish taken back");
    const changed = await alice.post(dm.id, "a wish as it was first");
    await allDelivered();
    await alice.delete(gone.id);
    await alice.edit(changed.id, "a wish as it is now");
    await stack.model.seen("a wish as it is now");
    const marker = await alice.post(dm.id, "marker five");
    await stack.answerTo(alice, marker, "marker five");
    const told = JSON.stringify(stack.model.requests.slice(before).map(({ messages }) => messages));
    expect(told).not.toContain("a wish taken back");
    expect(told).not.toContain("as it was first");
    expect(asked("a wish as it is now")).toBe(1);
  });

  it("N9 posts that are made, edited and deleted at once leave what they say in the end", async () => {
    const rounds = Array.from({ length: 10 }, (_, i) => i);
    await Promise.all(
      rounds.map(async (i) => {
        const gone = await alice.post(town.id, `@openclaw short-lived ${String(i)}`);
        // Whether the edit comes before the deletion is left open: after it, Mattermost refuses it.
        const edited = alice.edit(gone.id, `@openclaw short-lived ${String(i)} edited`).catch(() => undefined);
        await Promise.all([edited, alice.delete(gone.id)]);
        const kept = await alice.post(town.id, `kept ${String(i)} unnamed`);
        await alice.edit(kept.id, `@openclaw kept ${String(i)} named`);
      }),
    );
    // OpenClaw may put a request into the run of another one: what counts is that the session has it once.
    const named = rounds.map((i) => `kept ${String(i)} named`);
    await stack.until("every kept post told", () => {
      const told = JSON.stringify(stack.model.requests.map(({ user, steered }) => [user, steered]));
      return named.every((text) => told.includes(text));
    });
    const marker = await alice.post(town.id, "@openclaw marker six");
    await stack.answerTo(alice, marker, "marker six");
    const session = stack.model.requests.findLast(({ user }) => user.includes("marker six"))?.messages ?? [];
    const texts = session.filter(({ role }) => role === "user").map(({ content }) => JSON.stringify(content));
    expect(named.map((text) => texts.filter((each) => each.includes(text)).length)).toEqual(named.map(() => 1));
    const posts = (await alice.getPosts(town.id)).filter(({ user_id: author }) => author === stack.bot.id);
    expect(posts.filter(({ message }) => message.includes("short-lived"))).toEqual([]);
  });

  it("L10 a reaction reaches the session with the next turn and starts none itself", async () => {
    const before = stack.model.requests.length;
    const question = await alice.post(dm.id, "something to react to");
    const answer = await stack.answerTo(alice, question, "something to react to");
    await alice.react(answer.id, "tada");
    const next = await alice.post(dm.id, "did you see it");
    await stack.answerTo(alice, next, "did you see it");
    const requests = stack.model.requests.slice(before);
    expect(requests.filter((request) => request.step === 0)).toHaveLength(2);
    expect(JSON.stringify(requests.at(-1)?.messages)).toContain(
      `Mattermost reaction added: :tada: by @alice on post ${answer.id}`,
    );
  });

  it("N1 posts that waited for more than 15 minutes are answered once in a channel, and all of them are told", async () => {
    const admin = stack.adminUser;
    const longAgo = Date.now() - 20 * 60_000;
    await whileGatewayIsDown(async () => {
      for (let i = 0; i < 6; i += 1) {
        const text = i === 5 ? "old and for nobody" : `@openclaw old question ${String(i)}`;
        await admin.post(town.id, text, { create_at: longAgo + i * 1_000 });
      }
    });
    await stack.until("the old questions told", () => asked("old question 4") > 0);
    const marker = await alice.post(town.id, "@openclaw marker four");
    await stack.answerTo(alice, marker, "marker four");
    const told = stack.model.texts.filter((text) => text.includes("old question"));
    expect(told).toHaveLength(1);
    for (let i = 0; i < 5; i += 1) expect(told[0]).toContain(`old question ${String(i)}`);
    expect(told[0]).not.toContain("for nobody");
  });
});
