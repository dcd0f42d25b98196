import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, type MattermostClient, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let dm: Channel;

beforeAll(async () => {
  stack = await Stack.start({ wires: true, channel: { dmPolicy: "open", allowFrom: ["*"] } });
  alice = stack.user("alice");
  dm = await stack.directChannel(alice);
  await stack.answerTo(alice, await alice.post(dm.id, "warm up"), "warm up");
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("outages on real parts", () => {
  it("N1 posts made while the gateway is down are answered when it is back", async () => {
    await stack.gateway.stop();
    const post = await alice.post(dm.id, "made while you were away");
    await stack.gateway.start();
    await stack.answerTo(alice, post, "made while you were away");
  });

  it("N1 a gateway killed in the middle of a turn loses no stored event", async () => {
    stack.model.script("a slow question", { text: "the slow answer", delayMs: 30_000 }, 1);
    await alice.post(dm.id, "a slow question");
    await stack.model.seen("a slow question");
    const waiting = await alice.post(dm.id, "asked behind it");
    await stack.gateway.crash();
    stack.model.script("a slow question", { text: "the slow answer" });
    await stack.gateway.start();
    await stack.answerTo(alice, waiting, /asked behind it|the slow answer/);
    await stack.until("both reached the agent", () => {
      const seen = stack.model.requests.map((request) => JSON.stringify(request)).join();
      return seen.includes("asked behind it") && seen.includes("a slow question");
    });
  });

  it("N1 a config change in the midst of posts loses none and doubles none", async () => {
    const town = await stack.channelWith("town", [alice]);
    stack.model.script("hold on", { text: "held", delayMs: 1_500 });
    const texts: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      // OpenClaw restarts the channel when the running turn has ended: that is when these posts arrive.
      stack.gateway.patchConfig({ channels: { mattermost: { responsePrefix: `r${String(round)}` } } });
      const hold = await alice.post(dm.id, `hold on ${String(round)}`);
      await stack.answerTo(alice, hold, "held");
      for (let i = 0; i < 8; i += 1) {
        texts.push(`round ${String(round)} post ${String(i)} end`);
        await alice.post(town.id, `@openclaw ${texts.at(-1) ?? ""}`);
      }
    }
    const seen = (text: string): number => stack.model.asked.join("\n").split(text).length - 1;
    await stack.until("every post at the agent", () => texts.every((text) => seen(text) > 0), 120_000);
    expect(texts.map(seen)).toEqual(texts.map(() => 1));
  });

  it("N1 an answer that meets an outage of Mattermost is delivered afterwards, once", async () => {
    stack.model.script("answer me later", { text: "here is the late answer", delayMs: 4_000 }, 1);
    const post = await alice.post(dm.id, "answer me later");
    const asked = await stack.model.seen("answer me later");
    await stack.mattermost.stop();
    await stack.until("the model's answer", () => asked.endedAt);
    await stack.until("the failed attempt to post it", () => stack.gateway.tail(40).includes("cannot be reached"));
    await stack.mattermost.start();
    await stack.answerTo(alice, post, "here is the late answer", 180_000);
    const answers = (await alice.getPosts(dm.id)).filter((each) => each.message.includes("here is the late answer"));
    expect(answers).toHaveLength(1);
  }, 240_000);

  it("N1 an answer whose way to Mattermost is cut, before it is taken or after, is there once", async () => {
    const words = Array.from({ length: 6 }, (_, i) => `cut answer ${String(i)}.`);
    for (const text of words) stack.model.script(`say ${text}`, { text, delayMs: 3_000 }, 1);
    const channels = await Promise.all(words.map((_, i) => stack.channelWith(`cut-${String(i)}`, [alice])));
    for (const [i, text] of words.entries()) {
      const { id = "" } = channels[i] ?? {};
      await alice.post(id, `@${stack.bot.username} say ${text}`);
    }
    await stack.model.seen("say cut answer");
    const wire = stack.wires.mattermost;
    wire.set({ kind: "resets", share: 1, of: "pieces" });
    await setTimeout(15_000);
    wire.set({ kind: "none" });
    const answersIn = async (i: number): Promise<number> =>
      (await alice.getPosts(channels[i]?.id ?? "")).filter(
        ({ message, user_id: author }) => author === stack.bot.id && message.includes(words[i] ?? ""),
      ).length;
    const counts = () => Promise.all(words.map((_, i) => answersIn(i)));
    await stack.until("every answer", async () => (await counts()).every((count) => count > 0), 180_000);
    await setTimeout(6_000);
    expect(await counts()).toEqual(words.map(() => 1));
  }, 300_000);
});
