import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, MattermostClient, type Post, Stack, type StackBot } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let town: Channel;
let alerts: StackBot;

/** Posts that the bots wrote in a channel after `since`. */
async function botPosts(channelId: string, since: number): Promise<Post[]> {
  const bots = new Set(stack.bots.map((bot) => bot.id));
  return (await alice.getPosts(channelId)).filter((post) => bots.has(post.user_id) && post.create_at > since);
}

/** Often enough that a request comes while the one before is at work, and that the runs of others slow each down. */
const MEETING = { channels: 8, requests: 8, pauseMs: 250 };

const pairingCode = (text: string): string => /```\s*([A-Z0-9]{6,12})\s*```/.exec(text)?.[1] ?? "";

beforeAll(async () => {
  stack = await Stack.start({
    users: ["alice", "bob"],
    bots: [
      { username: "alerts", account: "alerts", channel: { replyToMode: "all", dmPolicy: "open", allowFrom: ["*"] } },
    ],
  });
  alice = stack.user("alice");
  bob = stack.user("bob");
  const [, second] = stack.bots;
  if (!second) throw new Error("the stack has one bot only");
  alerts = second;
  town = await stack.channelWith("town", [alice, bob]);
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("a conversation on real parts", () => {
  it("S7 C4 an unknown sender of a direct message gets a pairing code, and after approval an answer", async () => {
    const dm = await stack.directChannel(alice);
    const first = await alice.post(dm.id, "let me in");
    const offer = await stack.answerTo(alice, first, /pairing/i);
    const code = pairingCode(offer.message);
    expect(code).not.toBe("");
    expect(stack.model.texts).toEqual([]);

    const listed = await stack.gateway.cli("pairing", "list", "mattermost");
    expect(listed.stdout).toContain(code);
    const approved = await stack.gateway.cli("pairing", "approve", "mattermost", code);
    expect([approved.code, approved.stdout]).toEqual([0, expect.stringContaining("Approved")]);

    const question = await alice.post(dm.id, "what is new");
    const answer = await stack.answerTo(alice, question, "echo: what is new");
    expect(answer).toMatchObject({ user_id: stack.bot.id, root_id: "", type: "" });
  });

  it("S5 S8 a mention in a channel is answered in the channel, and without a mention nothing happens", async () => {
    const unmentioned = await alice.post(town.id, "nobody is meant by this");
    const mention = await alice.post(town.id, "hey @openclaw, who is meant by this");
    const answer = await stack.answerTo(alice, mention, "who is meant by this");
    expect(answer).toMatchObject({ user_id: stack.bot.id, root_id: "" });
    // One lane: the earlier post was decided before the later one was answered.
    expect(stack.model.texts.join()).not.toContain("nobody is meant");
    expect((await botPosts(town.id, unmentioned.create_at)).map((post) => post.id)).toEqual([answer.id]);
  });

  it("S6 a mention inside a thread is answered in that thread", async () => {
    const root = await bob.post(town.id, "a root");
    const reply = await alice.reply(root, "@openclaw and in here");
    const answer = await stack.answerTo(alice, reply, "and in here");
    expect(answer.root_id).toBe(root.id);
  });

  it("C4 the agent is told who wrote and where", async () => {
    const post = await bob.post(town.id, "@openclaw who am I");
    await stack.answerTo(alice, post, "who am I");
    const { rawUser } = await stack.model.seen("who am I");
    expect(rawUser).toContain("bob");
    expect(rawUser).toContain(bob.me.id);
  });

  it("S15 S6 a second account answers as its own bot, in a thread as its replyToMode says", async () => {
    const { links } = await stack.adminUser.plugin<{ links: { bot: { user_id: string }; link: { state: string } }[] }>(
      stack.pluginId,
      "GET",
      "/api/v1/admin/status",
    );
    expect(links.find((link) => link.bot.user_id === alerts.id)?.link.state).toBe("pending");
    await stack.adminUser.plugin(stack.pluginId, "POST", `/api/v1/admin/links/${alerts.id}/confirm`, {});

    const post = await bob.post(town.id, "@alerts which of you answers");
    const answer = await stack.answerTo(alice, post, "which of you answers");
    expect(answer).toMatchObject({ user_id: alerts.id, root_id: post.id });

    const dm = await stack.directChannel(bob, alerts);
    const direct = await bob.post(dm.id, "and here");
    expect((await stack.answerTo(bob, direct, "and here")).user_id).toBe(alerts.id);
  });

  it("N13 S6 an answer longer than the server's limit arrives whole, in as few posts as it takes, all in the thread", async () => {
    const lines = Array.from({ length: 900 }, (_, i) => `line ${String(i)} of a long answer`);
    stack.model.script("a long answer please", { text: ["```", ...lines, "```", "the end"].join("\n") });
    const root = await alice.post(town.id, "a root for a long answer");
    const question = await alice.reply(root, "@openclaw a long answer please");
    await stack.answerTo(alice, question, "the end");
    const parts = (await botPosts(town.id, question.create_at)).filter((post) => post.root_id === root.id);
    expect(parts).toHaveLength(2);
    const whole = parts.map((post) => post.message).join("\n");
    for (const line of lines) expect(whole).toContain(line);
    for (const post of parts) expect(post.message.match(/```/g)).toHaveLength(2);
  });

  it("N1 N18 requests that meet at the end of each other's runs are all answered, and none is said to have failed", async () => {
    const channels = await Promise.all(
      Array.from({ length: MEETING.channels }, (_, i) => stack.channelWith(`meeting${String(i)}`, [alice, bob])),
    );
    const tokens: string[] = [];
    const since = Date.now();
    await Promise.all(
      channels.map(async (channel, i) => {
        for (let n = 0; n < MEETING.requests; n += 1) {
          const token = `meet${String(i)}x${String(n)}.`;
          tokens.push(token);
          await (n % 2 === 0 ? alice : bob).post(channel.id, `@openclaw ${token}`);
          await pause(MEETING.pauseMs);
        }
      }),
    );
    const said = async (): Promise<string[]> =>
      (await Promise.all(channels.map(({ id }) => botPosts(id, since)))).flat().map(({ message }) => message);
    /** What OpenClaw took into a run that was under way is answered with it. */
    const isAnswered = (token: string, texts: readonly string[]): boolean =>
      stack.model.asked.some(
        (asked) =>
          asked.includes(token) &&
          tokens.some((each) => asked.includes(each) && texts.some((text) => text.includes(each))),
      );
    await stack.until("an answer to each", async () => {
      const texts = await said();
      return tokens.every((token) => isAnswered(token, texts));
    });
    expect((await said()).filter((text) => !text.startsWith("echo: "))).toEqual([]);
  }, 120_000);

  it("N1 every answer so far is done with: OpenClaw's outbox looks for none of them again", () => {
    const lines = readFileSync(stack.gateway.logFile, "utf8").split("\n");
    expect(lines.filter((line) => /outbound\/deliver|delivery-recovery/.test(line))).toEqual([]);
  });

  it("N10 its own posts start nothing, nor do another bot's that do not name it", async () => {
    const before = stack.model.requests.length;
    const { user_id: id } = await stack.admin.createBot("parrot");
    await stack.adminUser.addToTeam(stack.team.id, id);
    await stack.adminUser.addToChannel(town.id, id);
    const token = await stack.admin.createToken(id);
    const parrot = await MattermostClient.withToken(stack.mattermost.url, token);
    const own = await MattermostClient.withToken(stack.mattermost.url, stack.bot.token);
    await parrot.post(town.id, "openclaw says the parrot");
    await own.post(town.id, "@openclaw says itself");
    const marker = await alice.post(town.id, "@openclaw says alice");
    await stack.answerTo(alice, marker, "says alice");
    const asked = stack.model.requests
      .slice(before)
      .map((request) => request.user)
      .join();
    expect(asked).not.toContain("parrot");
    expect(asked).not.toContain("itself");
  });

  it("C1 the plugin disabled and enabled again goes on where it was, without another hello", async () => {
    await stack.admin.disablePlugin(stack.pluginId);
    await stack.admin.enablePlugin(stack.pluginId);
    const post = await alice.post(town.id, "@openclaw are you back");
    await stack.answerTo(alice, post, "are you back");
  });
});
