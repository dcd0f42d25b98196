import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, type MattermostClient, type Post, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let town: Channel;

beforeAll(async () => {
  stack = await Stack.start({ users: ["alice", "bob"], channel: { groupPolicy: "open" } });
  alice = stack.user("alice");
  bob = stack.user("bob");
  town = await stack.channelWith("town", [alice, bob]);
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

/** A thread that the bot has answered in. */
async function followedThread(word: string): Promise<Post> {
  const root = await bob.post(town.id, `a root about ${word}`);
  const mention = await alice.reply(root, `@openclaw begin ${word}`);
  await stack.answerTo(alice, mention, `begin ${word}`);
  return root;
}

/** The texts of those posts that name nobody and have become turns. */
const asked = (word: string): string[] => stack.model.texts.filter((text) => text.includes(word));

describe("threads on real parts", () => {
  it("L2 S6 a thread that the bot has answered in goes on without a mention, also after a restart of the gateway", async () => {
    const root = await followedThread("following");
    const next = await bob.reply(root, "and without a mention");
    expect((await stack.answerTo(alice, next, "and without a mention")).root_id).toBe(root.id);

    await stack.gateway.restart();
    const later = await alice.reply(root, "do you still follow");
    expect((await stack.answerTo(alice, later, "do you still follow")).root_id).toBe(root.id);
  });

  it("L2 other threads need a mention; a reply to the bot's own post, or a link to it, needs none", async () => {
    const quiet = await bob.post(town.id, "a quiet root");
    await alice.reply(quiet, "nobody is meant in here");
    const question = await alice.post(town.id, "@openclaw top level please");
    const own = await stack.answerTo(alice, question, "top level please");
    expect(own.root_id).toBe("");
    const reply = await bob.reply(own, "what do you mean by that");
    expect((await stack.answerTo(alice, reply, "what do you mean by that")).root_id).toBe(own.id);
    const link = await bob.post(town.id, `${stack.mattermost.url}/acme/pl/${own.id} is what I ask about`);
    await stack.answerTo(alice, link, "is what I ask about");
    expect(asked("nobody is meant")).toEqual([]);
  });

  it("L2 threadParticipation: false asks for a mention again", async () => {
    const root = await followedThread("switches");
    stack.gateway.patchConfig({
      channels: { mattermost: { implicitMentions: { threadParticipation: false } } },
    });
    await stack.until(
      "a reply that is not answered",
      async () => {
        const word = `unnamed ${String(Date.now())}`;
        await alice.reply(root, word);
        const marker = await alice.reply(root, `@openclaw marker after ${word}`);
        await stack.answerTo(alice, marker, `marker after ${word}`);
        return asked(word).every((text) => text.includes("marker"));
      },
      90_000,
    );
    stack.gateway.patchConfig({ channels: { mattermost: { implicitMentions: null } } });
  });

  it("L4 a thread's session is told once what was said in the thread before", async () => {
    const root = await bob.post(town.id, "the pump in hall two is loud");
    await bob.reply(root, "it began on Tuesday");
    const first = await alice.reply(root, "@openclaw when did it begin");
    await stack.answerTo(alice, first, "when did it begin");
    const told = JSON.stringify((await stack.model.seen("when did it begin")).messages.at(-1));
    expect(told).toMatch(/@bob: the pump in hall two is loud.{1,6}@bob: it began on Tuesday/);

    // What a session was told is noted when its turn has ended, after the answer.
    await stack.until("the first turn's end", async () => {
      const path = `/api/v1/panel?channel_id=${town.id}&root_id=${root.id}`;
      return (await alice.plugin<{ runs: unknown[] }>(stack.pluginId, "GET", path)).runs.length === 0;
    });
    const second = await alice.reply(root, "@openclaw and who said so");
    await stack.answerTo(alice, second, "and who said so");
    const later = await stack.model.seen("and who said so");
    expect(JSON.stringify(later.messages.at(-1))).not.toContain("it began on Tuesday");
  });

  for (const mode of ["first", "all", "batched"] as const) {
    it(`S6 replyToMode ${mode} starts a thread with a session of its own under a top-level post`, async () => {
      stack.gateway.patchConfig({ channels: { mattermost: { replyToMode: mode } } });
      const answer = await stack.until(
        "an answer in a thread of its own",
        async () => {
          const post = await alice.post(town.id, `@openclaw top level with ${mode}`);
          const said = await stack.answerTo(alice, post, `top level with ${mode}`);
          return said.root_id === post.id ? said : undefined;
        },
        90_000,
      );
      const inThread = await alice.reply({ ...answer, id: answer.root_id }, `@openclaw only told here with ${mode}`);
      expect((await stack.answerTo(alice, inThread, `only told here with ${mode}`)).root_id).toBe(answer.root_id);
      const other = await bob.post(town.id, `@openclaw another one with ${mode}`);
      expect((await stack.answerTo(alice, other, `another one with ${mode}`)).root_id).toBe(other.id);
      const { messages } = await stack.model.seen(`another one with ${mode}`);
      expect(JSON.stringify(messages)).not.toContain(`only told here with ${mode}`);
      // For the next mode.
      stack.gateway.patchConfig({ channels: { mattermost: { replyToMode: "off" } } });
      await stack.until(
        "an answer at top level again",
        async () => {
          const post = await alice.post(town.id, "@openclaw back at top level");
          return (await stack.answerTo(alice, post, "back at top level")).root_id === "";
        },
        90_000,
      );
    });
  }
});
