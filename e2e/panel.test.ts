import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Channel,
  type MattermostClient,
  MattermostEvents,
  MattermostRefusal,
  type Post,
  type PushedEvent,
  Stack,
} from "@openclaw-mattermost/testbed";

interface Panel {
  bot: { user_id: string; in_channel: boolean } | null;
  link: { state: string };
  session: { model: string; context: { used: number; max: number } | null } | null;
  session_pending: boolean;
  runs: { id: string; state: string; tool: string }[];
  engagement: { mode: string; may_manage: boolean } | null;
  is_admin: boolean;
}
interface Run {
  id: string;
  post_id: string;
  root_id: string;
  user_id: string;
  state: string;
  tool: string;
}

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let zoe: MattermostClient;
let town: Channel;
let seen: MattermostEvents;
let adminSees: MattermostEvents;

const SLOW = { chunks: Array.from({ length: 600 }, () => "working "), everyMs: 100 };
const asked = (text: string): number => stack.model.texts.filter((each) => each.includes(text)).length;
const plugin = <T>(user: MattermostClient, method: string, path: string, body?: object): Promise<T> =>
  user.plugin<T>(stack.pluginId, method, `/api/v1${path}`, body);
const panel = (user: MattermostClient, channel: Channel, rootId = ""): Promise<Panel> =>
  plugin<Panel>(user, "GET", `/panel?channel_id=${channel.id}&root_id=${rootId}`);
const saidIn = (event: PushedEvent): unknown => JSON.parse(String(event.data["json"]));
const runIn = (event: PushedEvent): Run => saidIn(event) as Run;
const named = (name: string): string => `custom_${stack.pluginId}_${name}`;
const runOf = (post: Post, state: string): Promise<PushedEvent> =>
  seen.until(named("run"), (event) => {
    const run = runIn(event);
    return run.post_id === post.id && run.state === state;
  });
const type = (user: MattermostClient, channel: Channel, command: string, rootId = ""): Promise<unknown> =>
  user.rest.call("POST", "/api/v4/commands/execute", {
    channel_id: channel.id,
    team_id: channel.team_id || stack.team.id,
    command,
    root_id: rootId,
  });
async function refusalOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 0;
  } catch (error) {
    if (error instanceof MattermostRefusal) return error.status;
    throw error;
  }
}
async function answered(text: string): Promise<Post> {
  return stack.answerTo(alice, await alice.post(town.id, `@openclaw ${text}`), text);
}

beforeAll(async () => {
  stack = await Stack.start({ users: ["alice", "bob", "zoe"] });
  [alice, bob, zoe] = [stack.user("alice"), stack.user("bob"), stack.user("zoe")];
  town = await stack.channelWith("town", [alice]);
  seen = await MattermostEvents.connect(alice);
  adminSees = await MattermostEvents.connect(stack.adminUser);
  await answered("warm up");
}, 180_000);

afterAll(async () => {
  seen[Symbol.dispose]();
  adminSees[Symbol.dispose]();
  await stack[Symbol.asyncDispose]();
});

describe("what the panel shows, by REST and WebSocket", () => {
  it("N15 the session of a conversation, for those who are in it", async () => {
    expect(await panel(alice, town)).toMatchObject({
      bot: { in_channel: true },
      link: { state: "ready" },
      is_admin: false,
    });
    const told = await seen.until(
      named("session"),
      (event) => (saidIn(event) as { session: object | null }).session !== null,
    );
    expect(saidIn(told)).toMatchObject({ channel_id: town.id, root_id: "", session: { model: "stub/echo-1" } });
    expect((await panel(alice, town)).session?.model).toBe("stub/echo-1");
    expect(await refusalOf(panel(bob, town))).toBe(403);

    const before = seen.seen.length;
    await answered("something that changes the session");
    await stack.until("the session told after a turn", () =>
      seen.seen.slice(before).some(({ event }) => event === named("session")),
    );
  });

  it("N15 the sessions of a user, and of no other", async () => {
    await plugin(alice, "GET", "/me/sessions");
    const told = await seen.until(named("sessions"));
    const { sessions } = saidIn(told) as { sessions: { channel_id: string; channel_name: string }[] };
    expect(sessions.map(({ channel_id: id }) => id)).toContain(town.id);
    using bobSees = await MattermostEvents.connect(bob);
    await plugin(bob, "GET", "/me/sessions");
    expect(saidIn(await bobSees.until(named("sessions")))).toMatchObject({ sessions: [] });
  });

  it("N6 a run is shown from its beginning to its end, to those who look now and later, and under the post", async () => {
    stack.model.script("take your time", { chunks: Array.from({ length: 120 }, () => "working "), everyMs: 100 }, 1);
    const post = await alice.post(town.id, "@openclaw take your time");
    expect(runIn(await runOf(post, "working"))).toMatchObject({ user_id: alice.me.id, root_id: "" });
    expect((await panel(alice, town)).runs).toMatchObject([{ state: "working" }]);
    const emoji = async (): Promise<string[]> => (await alice.reactions(post.id)).map(({ emoji_name: name }) => name);
    await seen.until("reaction_added", ({ data }) => {
      const reaction = JSON.parse(String(data["reaction"])) as { post_id: string; emoji_name: string };
      return reaction.post_id === post.id && reaction.emoji_name === "hourglass_flowing_sand";
    });
    await runOf(post, "done");
    await stack.until("the post shows that it is done", async () => (await emoji()).join() === "white_check_mark");
    expect((await panel(alice, town)).runs).toEqual([]);
  });

  it("N6 the tool that is at work is named", async () => {
    // Without arguments it tells about the session that it is called in.
    const tool = { name: "session_status", args: {} };
    stack.model.script("use a tool", [{ tool }, { text: "the tool was used", delayMs: 2_000 }]);
    const post = await alice.post(town.id, "@openclaw use a tool");
    await seen.until(named("run"), (event) => runIn(event).post_id === post.id && runIn(event).tool === tool.name);
    await stack.answerTo(alice, post, "the tool was used");
    await runOf(post, "done");
  });

  it("N7 /oc_stop in a thread ends its run, and at top level the asker's runs everywhere in the channel", async () => {
    stack.model.script("never ending", SLOW);
    const root = await alice.post(town.id, "a thread");
    for (const stopIn of [root.id, ""]) {
      const request = await alice.reply(root, "@openclaw never ending");
      const run = await stack.until("the run at the model", () =>
        stack.model.requests.find(({ user, endedAt }) => user.includes("never ending") && endedAt === undefined),
      );
      await runOf(request, "working");
      await type(alice, town, "/oc_stop", stopIn);
      await runOf(request, "stopped");
      await stack.until("the model's run cut off", () => run.aborted);
    }
  });

  it("N7 Stop at a run of the panel ends that one and no other", async () => {
    stack.model.script("never ending", SLOW);
    const other = await stack.channelWith("other", [alice]);
    const [goesOn, stopped] = [await alice.post(other.id, "a root"), await alice.post(other.id, "another root")];
    const kept = await alice.reply(goesOn, "@openclaw never ending, goes on");
    const run = runIn(await runOf(await alice.reply(stopped, "@openclaw never ending, stopped"), "working"));
    await runOf(kept, "working");
    await plugin(alice, "POST", `/panel/runs/${run.id}/stop`);
    await seen.until(named("run"), (event) => runIn(event).id === run.id && runIn(event).state === "stopped");
    expect((await panel(alice, other)).runs.map(({ id }) => id)).toEqual([runIn(await runOf(kept, "working")).id]);
    await type(alice, other, "/oc_stop");
    await runOf(kept, "stopped");
  });

  it("N14 how the bot takes part is set by who may manage the channel, and counts at once", async () => {
    const set = (user: MattermostClient, mode: string) =>
      plugin(user, "POST", `/channels/${town.id}/engagement`, { mode });
    expect(await refusalOf(set(bob, "all"))).toBe(403);
    await set(stack.adminUser, "all");
    await seen.until(named("engagement"), (event) => (saidIn(event) as { mode: string }).mode === "all");
    expect((await panel(alice, town)).engagement?.mode).toBe("all");
    await stack.answerTo(alice, await alice.post(town.id, "nobody is named"), "nobody is named");

    await set(stack.adminUser, "off");
    await alice.post(town.id, "@openclaw while it is off");
    const hall = await stack.channelWith("hall", [alice]);
    await stack.answerTo(
      alice,
      await alice.post(hall.id, "@openclaw what was before is out"),
      "what was before is out",
    );
    await set(stack.adminUser, "mention");
    await alice.post(town.id, "nobody is named again");
    await answered("marker one");
    expect([asked("while it is off"), asked("nobody is named again")]).toEqual([0, 0]);

    await set(stack.adminUser, "thread");
    const topic = await alice.post(town.id, "a topic");
    await stack.answerTo(alice, await alice.reply(topic, "@openclaw join us"), "join us");
    await stack.answerTo(alice, await alice.reply(topic, "without a name"), "without a name");
    await set(stack.adminUser, "");
  });

  it("N15 an admin sees who waits to be let in, lets them in or not, and who was let in is told", async () => {
    const zoeDm = await stack.directChannel(zoe);
    const first = await zoe.post(zoeDm.id, "may I");
    const bobDm = await stack.directChannel(bob);
    await bob.post(bobDm.id, "and I");
    await stack.answerTo(zoe, first, /pairing|code/i);
    expect(await refusalOf(plugin(alice, "GET", "/admin/pairing"))).toBe(403);
    const requests = async () => {
      await plugin(stack.adminUser, "GET", "/admin/pairing");
      const latest = adminSees.seen.findLast(({ event }) => event === named("pairing"));
      return latest ? (saidIn(latest) as { requests: { id: string; user_id: string }[] }).requests : [];
    };
    await stack.until("both requests listed", async () => (await requests()).length === 2);
    expect(seen.seen.some(({ event }) => event === named("pairing"))).toBe(false);
    const idOf = async (user: MattermostClient) =>
      (await requests()).find(({ user_id: userId }) => userId === user.me.id)?.id ?? "";

    await plugin(stack.adminUser, "POST", `/admin/pairing/${await idOf(zoe)}/approve`);
    await stack.until("the user told", async () =>
      (await zoe.getPosts(zoeDm.id)).some(({ message }) => message.includes("approved")),
    );
    await stack.answerTo(zoe, await zoe.post(zoeDm.id, "let in now"), "let in now");
    await plugin(stack.adminUser, "POST", `/admin/pairing/${await idOf(bob)}/deny`);
    await stack.until("no request left", async () => (await requests()).length === 0);
  });

  it("N6 while the gateway is away users are told once that their posts are kept, and are answered afterwards", async () => {
    const dm = await stack.directChannel(zoe);
    await stack.gateway.stop();
    const kept = await zoe.post(dm.id, "are you there");
    const inTown = await alice.post(town.id, "@openclaw and here");
    await zoe.post(dm.id, "are you there, again");
    const notice = await stack.answerTo(zoe, kept, "Your post is kept");
    await seen.until(
      "ephemeral_message",
      ({ data, broadcast }) => String(data["post"]).includes("Your post is kept") && broadcast.user_id === alice.me.id,
    );
    await stack.until("the panel says so", async () => (await panel(alice, town)).link.state === "away");
    await stack.gateway.start();
    await stack.answerTo(alice, inTown, "and here");
    await stack.answerTo(zoe, notice, "are you there");
    const notices = (await zoe.getPosts(dm.id)).filter(({ message }) => message.includes("is kept"));
    expect(notices).toHaveLength(1);
    expect((await alice.getPosts(town.id)).some(({ message }) => message.includes("is kept"))).toBe(false);
  });

  it("N18 who asks a gateway that stands still is told that their post is kept, and is answered when it goes on", async () => {
    const dm = await stack.directChannel(zoe);
    stack.gateway.freeze();
    const kept = await zoe.post(dm.id, "do you stand still");
    try {
      await stack.answerTo(zoe, kept, "Your post is kept");
    } finally {
      stack.gateway.resume();
    }
    await stack.answerTo(zoe, kept, "do you stand still");
  });
});
