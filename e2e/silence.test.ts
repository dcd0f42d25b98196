import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, type MattermostClient, MattermostEvents, type Post, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let town: Channel;
let toAlice: MattermostEvents;
let toBob: MattermostEvents;

beforeAll(async () => {
  stack = await Stack.start({ users: ["alice", "bob"], channel: { groupPolicy: "allowlist" } });
  alice = stack.user("alice");
  bob = stack.user("bob");
  town = await stack.channelWith("town", [alice, bob]);
  toAlice = await MattermostEvents.connect(alice);
  toBob = await MattermostEvents.connect(bob);
}, 180_000);

afterAll(async () => {
  toAlice[Symbol.dispose]();
  toBob[Symbol.dispose]();
  await stack[Symbol.asyncDispose]();
});

const shownTo = (events: MattermostEvents): Post[] =>
  events.seen
    .filter(({ event }) => event === "ephemeral_message")
    .map(({ data }) => JSON.parse(String(data.post)) as Post);
const told = (events: MattermostEvents, text: string): Post[] =>
  shownTo(events).filter((post) => post.message.includes(text));

describe("no silence, on real parts", () => {
  it("N18 who may not talk to the bot here is told so once, alone, in the thread", async () => {
    const root = await bob.post(town.id, "a root");
    await alice.reply(root, "@openclaw may I");
    const [notice] = await stack.until("a notice", () => {
      const notices = told(toAlice, "not allowed to answer you here");
      return notices.length > 0 ? notices : undefined;
    });
    expect(notice).toMatchObject({ channel_id: town.id, root_id: root.id, user_id: stack.bot.id });
    await alice.post(town.id, "@openclaw and now");
    await bob.post(town.id, "I said nothing to anybody");
    const dm = await stack.directChannel(bob);
    const marker = await bob.post(dm.id, "let me in");
    await stack.answerTo(bob, marker, /pairing/i);
    expect([told(toAlice, "not allowed").length, shownTo(toBob).length]).toEqual([1, 0]);
    expect((await alice.getThread(root.id)).filter((post) => post.user_id === stack.bot.id)).toEqual([]);
    expect(stack.model.texts).toEqual([]);
  });

  it("N18 who still waits for pairing is told so once", async () => {
    const dm = await stack.directChannel(bob);
    await bob.post(dm.id, "and now?");
    await bob.post(dm.id, "and now??");
    await stack.until("a notice", () => told(toBob, "still waits").length > 0);
    const marker = await alice.post((await stack.directChannel(alice)).id, "me too");
    await stack.answerTo(alice, marker, /pairing/i);
    expect(told(toBob, "still waits")).toHaveLength(1);
  });

  it("N18 a name without its @, or with a slip in it, is asked about once", async () => {
    stack.gateway.patchConfig({ channels: { mattermost: { groupPolicy: "open" } } });
    await stack.until(
      "a word on the mention",
      async () => {
        await bob.post(town.id, "openclaw, what is new");
        await bob.post(town.id, "@opencalw what is new");
        const marker = await bob.post(town.id, "@openclaw a marker");
        await stack.answerTo(bob, marker, "a marker", 5_000);
        return told(toBob, "Do you mean me? Write `@openclaw`").length > 0;
      },
      90_000,
    );
    expect(told(toBob, "Do you mean me?")).toHaveLength(1);
    await alice.post(town.id, "@bob what is new");
    const marker = await alice.post(town.id, "@openclaw another marker");
    await stack.answerTo(alice, marker, "another marker");
    expect(told(toAlice, "Do you mean me?")).toEqual([]);
  });

  it("N18 who asks in a team that is switched off, or a bot that no gateway is linked to, is told who can change it", async () => {
    const { admin, adminUser, gateway, pluginId, bot } = stack;
    await admin.setPluginSettings(pluginId, { Teams: "elsewhere" });
    await bob.post(town.id, "I ask nobody");
    await bob.post(town.id, "@openclaw are you there");
    await bob.post(town.id, "@openclaw are you there now");
    await stack.until("a word on the team", () => told(toBob, "switched off for this team").length > 0);
    await admin.setPluginSettings(pluginId, { Teams: "" });
    await stack.answerTo(bob, await bob.post(town.id, "@openclaw and again"), "and again");
    expect(told(toBob, "switched off for this team")).toHaveLength(1);

    await gateway.stop();
    await adminUser.plugin(pluginId, "POST", `/api/v1/admin/links/${bot.id}/remove`);
    await bob.post(town.id, "@openclaw who reads this");
    const dm = await stack.directChannel(bob);
    await stack.answerTo(bob, await bob.post(dm.id, "and this"), "No OpenClaw gateway is linked to me");
    expect(told(toBob, "No OpenClaw gateway is linked to me")).toHaveLength(1);
    expect(shownTo(toAlice).filter(({ message }) => message.includes("nobody reads this"))).toEqual([]);

    await gateway.start();
    await stack.answerTo(bob, await bob.post(town.id, "@openclaw here again"), "here again");
  });
});
