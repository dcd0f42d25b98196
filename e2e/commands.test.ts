import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, MattermostClient, MattermostEvents, type Post, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let mallory: MattermostClient;
let town: Channel;
let dm: Channel;
let events: MattermostEvents;

interface Suggestion {
  Complete: string;
  Suggestion: string;
}
interface Kept {
  items: { id: string; state: string; code: string; trigger: string }[];
}

/** The latest text of the ephemeral post that alice sees in a channel, among those that began after `from` events. */
function seenPrivately(channelId: string, from: number): Post[] {
  const latest = new Map<string, Post>();
  for (const { event, data } of events.seen.slice(from)) {
    if (event !== "ephemeral_message" && event !== "post_edited") continue;
    const post = JSON.parse(String(data.post)) as Post;
    if (post.channel_id === channelId && post.type === "system_ephemeral") latest.set(post.id, post);
  }
  return [...latest.values()];
}

/** Types a command, as a client does that knows in which team it is. */
const type = (user: MattermostClient, channel: Channel, command: string, rootId = ""): Promise<{ text?: string }> =>
  user.rest.call("POST", "/api/v4/commands/execute", {
    command,
    channel_id: channel.id,
    team_id: stack.team.id,
    root_id: rootId,
  });

/** Types a command as alice and waits for what she alone sees of it. */
async function privately(channel: Channel, command: string, text: string | RegExp, rootId = ""): Promise<Post> {
  const from = events.seen.length;
  await type(alice, channel, command, rootId);
  return stack.until(`what ${command} says to alice`, () =>
    seenPrivately(channel.id, from).find((post) => post.root_id === rootId && post.message.search(text) >= 0),
  );
}

const suggestions = async (channel: Channel, typed: string): Promise<string[]> => {
  const query = new URLSearchParams({ user_input: typed, channel_id: channel.id });
  const path = `/api/v4/teams/${stack.team.id}/commands/autocomplete_suggestions?${query.toString()}`;
  return (await alice.rest.call<Suggestion[]>("GET", path)).map((each) => each.Complete);
};
const kept = (): Promise<Kept> => stack.adminUser.plugin(stack.pluginId, "GET", "/api/v1/admin/kept");

beforeAll(async () => {
  stack = await Stack.start({
    users: ["alice", "mallory"],
    channel: { dmPolicy: "allowlist", groupPolicy: "allowlist", allowFrom: [], groupAllowFrom: [] },
  });
  alice = stack.user("alice");
  mallory = stack.user("mallory");
  stack.gateway.patchConfig({
    channels: { mattermost: { allowFrom: [alice.me.id], groupAllowFrom: [alice.me.id] } },
  });
  town = await stack.channelWith("town", [alice, mallory]);
  dm = await stack.directChannel(alice);
  events = await MattermostEvents.connect(alice);
  await stack.until("alice may talk", async () => {
    const from = events.seen.length;
    await type(alice, town, "/oc_status");
    await stack.until("any answer", () => seenPrivately(town.id, from).at(-1));
    return seenPrivately(town.id, from).some(({ message }) => /model/i.test(message));
  });
}, 180_000);

afterAll(async () => {
  events[Symbol.dispose]();
  await stack[Symbol.asyncDispose]();
});

describe("commands on real parts", () => {
  it("C2 every command is offered with its arguments, and choices are those that the gateway has", async () => {
    const offered = await suggestions(town, "/oc");
    for (const name of "status model models new help think reasoning verbose queue stop usage".split(" "))
      expect(offered).toContain(`oc_${name}`);
    expect(await suggestions(town, "/oc_model ")).toEqual(["oc_model stub/echo-1"]);
    expect(await suggestions(town, "/oc_think ")).toContain("oc_think off");
    expect(await suggestions(town, "/oc ")).toContain("oc status");
  });

  it("C2 /oc lists the commands and explains one", async () => {
    const list = await type(alice, town, "/oc");
    expect(list.text).toContain("/oc_think [level]");
    expect((await type(alice, town, "/oc think")).text).toContain("`off`");
  });

  it("C2 in a channel the answer is for the asker alone, as the bot says it, in the thread where it was typed", async () => {
    const root = await alice.post(town.id, "a root");
    const before = await alice.getPosts(town.id);
    const status = await privately(town, "/oc_status", /model/i, root.id);
    expect(status).toMatchObject({ user_id: stack.bot.id, root_id: root.id });
    expect(await alice.getPosts(town.id)).toHaveLength(before.length);
  });

  it("C2 in a direct message the answer is a post, and what was set is set", async () => {
    const since = await alice.post(dm.id, "warm up");
    await stack.answerTo(alice, since, "warm up");
    await type(alice, dm, "/oc_verbose full");
    await stack.answerTo(alice, since, /verbose/i);
    await type(alice, dm, "/oc_status");
    await stack.answerTo(alice, since, /verbose[^\n]*full/i);
  });

  it("N4 who may not talk may not command, and is told", async () => {
    using others = await MattermostEvents.connect(mallory);
    await type(mallory, town, "/oc_new");
    await stack.until("mallory is told", () =>
      others.seen.some(({ data }) => String(data.post).includes("You may not use this assistant here")),
    );
  });

  it("N7 /oc_stop does not wait behind the run", async () => {
    stack.model.script("a very long job", { text: "the long job is done", delayMs: 60_000 }, 1);
    await alice.post(dm.id, "a very long job");
    await stack.model.seen("a very long job");
    const since = await alice.post(dm.id, "asked meanwhile");
    await type(alice, dm, "/oc_stop");
    await stack.answerTo(alice, since, /stopped|aborted/i, 45_000);
  });

  it("C5 an admin switches single commands off, and all of them", async () => {
    await stack.admin.setPluginSettings(stack.pluginId, { CommandsOff: "oc_usage" });
    await stack.until("it is not offered", async () => !(await suggestions(town, "/oc_u")).includes("oc_usage"));
    await stack.admin.setPluginSettings(stack.pluginId, { Commands: false });
    await stack.until("none is offered", async () => (await suggestions(town, "/oc")).length === 0);
    await expect(type(alice, town, "/oc_status")).rejects.toThrow();
    await stack.admin.setPluginSettings(stack.pluginId, { Commands: true, CommandsOff: "" });
    await stack.until("they are back", async () => (await suggestions(town, "/oc_u")).includes("oc_usage"));
  });

  it("N4 N6 a command typed while the gateway is away says so, and runs once when it is back", async () => {
    await stack.gateway.stop();
    const from = events.seen.length;
    const notice = await privately(town, "/oc_status", "is kept and runs when the gateway is back");
    expect((await kept()).items).toMatchObject([{ id: notice.id, state: "waiting" }]);
    await stack.gateway.start();
    await stack.until("its answer in place of the notice", () =>
      seenPrivately(town.id, from).some(({ id, message }) => id === notice.id && /model/i.test(message)),
    );
    expect(seenPrivately(town.id, from)).toHaveLength(1);
    await stack.until("nothing is kept", async () => (await kept()).items.length === 0);
  });

  it("N6 a command that expired was not run, and an admin's replay runs it once", async () => {
    await stack.admin.setPluginSettings(stack.pluginId, { TestKeepSeconds: 15 });
    await stack.gateway.stop();
    const from = events.seen.length;
    const notice = await privately(town, "/oc_status", "within 15 seconds");
    const said = (): string => seenPrivately(town.id, from).find(({ id }) => id === notice.id)?.message ?? "";
    await stack.until("it is given up", () => said().includes("was not run"));
    expect((await kept()).items).toMatchObject([{ id: notice.id, state: "dead", code: "expired" }]);
    await stack.gateway.start();
    await stack.linkByWebhook();
    expect(said()).toContain("was not run");
    await stack.admin.setPluginSettings(stack.pluginId, { TestKeepSeconds: 0 });
    await stack.adminUser.plugin(stack.pluginId, "POST", `/api/v1/admin/kept/${notice.id}/replay`, {});
    await stack.until("its answer", () => /model/i.test(said()));
    expect((await kept()).items).toEqual([]);
  });

  it("N2 N4 a command outlives a restart of the plugin while the gateway is away, and is pulled without a gateway URL", async () => {
    await stack.admin.setPluginSettings(stack.pluginId, { TestKeepSeconds: 0, GatewayURL: "" });
    await stack.gateway.stop();
    const from = events.seen.length;
    const notice = await privately(town, "/oc_status", "is kept and runs when the gateway is back");
    await stack.admin.disablePlugin(stack.pluginId);
    await stack.admin.enablePlugin(stack.pluginId);
    await stack.gateway.start();
    await stack.until("its answer in place of the notice", () =>
      seenPrivately(town.id, from).some(({ id, message }) => id === notice.id && /model/i.test(message)),
    );
  });
});
