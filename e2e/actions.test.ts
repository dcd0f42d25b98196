import { mkdir, writeFile } from "node:fs/promises";
import { createServer, request as forward, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Channel,
  type FileInfo,
  type JsonObject,
  MattermostClient,
  type Post,
  Stack,
} from "@openclaw-mattermost/testbed";

const HOOK_TOKEN = "a-token-of-the-hooks-only";

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let town: Channel;
let secret: Channel;
let dm: Channel;

beforeAll(async () => {
  stack = await Stack.start({
    users: ["alice", "bob"],
    channel: { dmPolicy: "open", allowFrom: ["*"], actions: { messages: true, search: true } },
    bots: [{ username: "alerts", account: "alerts", channel: { actions: { reactions: false } } }],
    gateway: { hooks: { enabled: true, token: HOOK_TOKEN, allowedAgentIds: ["main"] } },
  });
  alice = stack.user("alice");
  bob = stack.user("bob");
  town = await stack.channelWith("town", [alice, bob]);
  secret = await stack.channelWith("secret", [bob], "P");
  dm = await stack.directChannel(alice);
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

let turns = 0;

/** A turn in which the agent calls one tool; what the tool said. */
async function turn(where: Channel, name: string, args: JsonObject, user = alice): Promise<string> {
  turns += 1;
  const words = `turn number ${String(turns)}.`;
  stack.model.script(words, [{ tool: { name, args } }, { text: `done with ${words}` }], 1);
  const question = await user.post(where.id, `@openclaw ${words}`);
  await stack.answerTo(user, question, `done with ${words}`);
  return (await stack.model.seen((request) => request.user.includes(words) && request.step > 0)).toolResult ?? "";
}
const tell = (where: Channel, args: JsonObject, user = alice): Promise<string> => turn(where, "message", args, user);
const act = (where: Channel, args: JsonObject, user = alice): Promise<string> => turn(where, "mattermost", args, user);

const here = (): string => `channel:${town.id}`;
const botReactions = async (postId: string, reader = bob): Promise<string[]> =>
  (await reader.reactions(postId)).filter((each) => each.user_id === stack.bot.id).map((each) => each.emoji_name);
const botPost = async (where: Channel, text: string): Promise<Post> =>
  (await MattermostClient.withToken(stack.mattermost.url, stack.bot.token)).post(where.id, text);

describe("message actions on real parts", () => {
  it("S11 the agent reacts, with colons or without, to the post that is named, and takes it back", async () => {
    const post = await bob.post(town.id, "something to react to");
    await tell(town, { action: "react", target: here(), messageId: post.id, emoji: ":thumbsup:" });
    await tell(town, { action: "react", target: here(), messageId: post.id, emoji: "tada" });
    expect((await botReactions(post.id)).sort()).toEqual(["tada", "thumbsup"]);
    await tell(town, { action: "react", target: here(), messageId: post.id, emoji: "tada", remove: true });
    expect(await botReactions(post.id)).toEqual(["thumbsup"]);
  });

  it("S11 without a post the agent reacts to the one that asked, in direct messages too", async () => {
    await tell(dm, { action: "react", emoji: "eyes" });
    const asked = (await alice.getPosts(dm.id)).find((post) => post.user_id === alice.me.id);
    // A slow run shows its state there, too.
    expect(await botReactions(asked?.id ?? "", alice)).toContain("eyes");
  });

  it("L4 the agent reads the channel of the turn, also from inside a thread, before and after a post", async () => {
    const [one, two] = [await bob.post(town.id, "the first apple"), await bob.post(town.id, "the second apple")];
    const told = await tell(town, { action: "read", target: here(), limit: 10 });
    expect(told).toContain("the first apple");
    expect(told).toMatch(/"username": *"bob"/);
    const before = await tell(town, { action: "read", target: here(), before: two.id, limit: 1 });
    expect([before.includes(one.id), before.includes("the second apple")]).toEqual([true, false]);
    const inThread = await alice.reply(one, "@openclaw what does the channel say");
    stack.model.script("what does the channel say", [
      { tool: { name: "message", args: { action: "read", target: here(), limit: 20 } } },
      { text: "read it in the thread" },
    ]);
    expect((await stack.answerTo(alice, inThread, "read it in the thread")).root_id).toBe(one.id);
    const seen = await stack.model.seen(
      (request) => request.user.includes("what does the channel") && request.step > 0,
    );
    expect(seen.toolResult).toContain("the second apple");
  });

  it("N12 the agent reads a thread by its own tool", async () => {
    const root = await bob.post(town.id, "root of the pears");
    for (const text of ["a green pear", "a yellow pear"]) await alice.reply(root, text);
    const told = await act(town, { action: "read", threadId: root.id });
    for (const text of ["root of the pears", "a green pear", "a yellow pear"]) expect(told).toContain(text);
    expect(told).not.toContain("apple");
    expect(await act(town, { action: "read", threadId: root.id, limit: 1 })).toContain("a yellow pear");
  });

  it("N12 the agent edits, pins, lists and deletes its own post, and leaves others' alone", async () => {
    const [own, others] = [await botPost(town, "a draft of mine"), await bob.post(town.id, "not the bot's")];
    await tell(town, { action: "edit", target: here(), messageId: own.id, message: "the better text" });
    expect((await bob.getPost(own.id)).message).toBe("the better text");
    await tell(town, { action: "pin", target: here(), messageId: own.id });
    expect(await tell(town, { action: "list-pins", target: here() })).toContain("the better text");
    await tell(town, { action: "unpin", target: here(), messageId: own.id });
    const pinned = await bob.rest.call<{ order: string[] }>("GET", `/api/v4/channels/${town.id}/pinned`);
    expect(pinned.order).toEqual([]);
    await tell(town, { action: "delete", target: here(), messageId: own.id });
    await expect(bob.getPost(own.id)).rejects.toThrow("404");
    const refused = await tell(town, { action: "edit", target: here(), messageId: others.id, message: "mine now" });
    expect(refused).toContain("Only posts of the bot itself can be edited.");
    expect(await tell(town, { action: "delete", target: here(), messageId: others.id })).toContain("can be deleted");
    expect((await bob.getPost(others.id)).message).toBe("not the bot's");
  });

  it("N12 the agent searches, describes the channel, and tells who somebody is", async () => {
    await bob.post(town.id, "a pineapple in town");
    await bob.post(secret.id, "a pineapple in secret");
    const found = await act(town, { action: "search", query: "pineapple" });
    expect([found.includes("in town"), found.includes("in secret")]).toEqual([true, false]);
    const info = await act(town, { action: "channel-info" });
    expect(info).toMatch(/"name": *"town"/);
    expect(info).toMatch(/"memberCount": *5/);
    const who = await act(town, { action: "member-info", userId: "@bob" });
    expect(who).toContain(bob.me.id);
    expect(who).not.toContain("example.com");
    const list = await act(town, { action: "channel-list" });
    expect([list.includes(town.id), list.includes(secret.id)]).toEqual([true, false]);
  });

  it("N12 whoever is not in a channel has nothing read, changed or sent there, and a member has", async () => {
    const post = await bob.post(secret.id, "the secret words");
    const refusal = "is not in that channel";
    expect(await act(town, { action: "read", target: `channel:${secret.id}` })).toContain(refusal);
    expect(await act(town, { action: "react", messageId: post.id, emoji: "eyes" })).toContain(refusal);
    expect(await tell(town, { action: "react", target: here(), messageId: post.id, emoji: "eyes" })).toContain(refusal);
    expect(await tell(town, { action: "read", target: `channel:${secret.id}` })).not.toContain("the secret words");
    expect(await tell(town, { action: "send", target: `channel:${secret.id}`, message: "alice was here" })).toContain(
      refusal,
    );
    expect(await botReactions(post.id)).toEqual([]);
    expect((await bob.getPosts(secret.id)).map((each) => each.message)).not.toContain("alice was here");

    expect(await act(town, { action: "read", target: "#secret" }, bob)).toContain("the secret words");
    await act(town, { action: "react", messageId: post.id, emoji: "eyes" }, bob);
    expect(await botReactions(post.id)).toEqual(["eyes"]);
    await tell(town, { action: "send", target: `channel:${secret.id}`, message: "bob was here" }, bob);
    expect((await bob.getPosts(secret.id)).at(-1)).toMatchObject({ message: "bob was here", user_id: stack.bot.id });
  });

  it("N12 N11 the agent sends files and text where it is told to", async () => {
    const workspace = join(stack.gateway.home.folder, "workspace");
    await mkdir(workspace, { recursive: true });
    await writeFile(join(workspace, "note.txt"), "a note");
    await tell(town, { action: "send", target: here(), message: "with a file", media: "./note.txt" });
    const sent = (await bob.getPosts(town.id)).find((post) => post.message === "with a file");
    const infos = await bob.rest.call<FileInfo[]>("GET", `/api/v4/posts/${sent?.id ?? ""}/files/info`);
    expect(infos.map(({ size }) => size)).toEqual([6]);
    await tell(town, { action: "send", target: "@bob", message: "from alice to bob" });
    const bobs = await stack.directChannel(bob);
    expect((await bob.getPosts(bobs.id)).map((post) => post.message)).toContain("from alice to bob");
  });

  it("S11 N12 what is switched off is neither offered nor done", async () => {
    const told = await stack.gateway.cli(
      ...["message", "react", "--channel", "mattermost", "--account", "alerts", "--target", here()],
      ...["--message-id", (await bob.post(town.id, "no reaction here")).id, "--emoji", "eyes"],
    );
    expect([told.code, `${told.stdout}${told.stderr}`]).toEqual([
      1,
      expect.stringContaining("channels.mattermost.actions.reactions"),
    ]);
  });
});

const send = (target: string, text: string, ...more: string[]) =>
  stack.gateway.cli("message", "send", "--channel", "mattermost", "--target", target, "--message", text, ...more);

describe("targets on real parts", () => {
  it("S9 S14 L9 `openclaw message send` reaches every form of a target", async () => {
    const forms: [string, Channel][] = [
      [`channel:${town.id}`, town],
      [town.id, town],
      ["channel:town", town],
      ["#secret", secret],
      ["#acme/town", town],
      [`user:${alice.me.id}`, dm],
      [`mattermost:${alice.me.id}`, dm],
      [alice.me.id, dm],
      ["@alice", dm],
    ];
    const reaches = async ([target, where]: [string, Channel]): Promise<void> => {
      const { code, stdout, stderr } = await send(target, `to ${target}`);
      expect([target, code, code === 0 ? "" : `${stdout}${stderr}`]).toEqual([target, 0, ""]);
      const reader = where === secret ? bob : alice;
      const arrived = (await reader.getPosts(where.id)).filter(({ message }) => message === `to ${target}`);
      expect(arrived.map(({ user_id: author }) => author)).toEqual([stack.bot.id]);
    };
    // Most of it is the start of OpenClaw's command line, which keeps one processor busy.
    for (let i = 0; i < forms.length; i += 2) await Promise.all(forms.slice(i, i + 2).map(reaches));
  }, 600_000);

  it("S14 equal names in several teams are told, and a name where an id is needed", async () => {
    const lab = await stack.adminUser.createTeam("lab");
    for (const bot of stack.bots) await stack.adminUser.addToTeam(lab.id, bot.id);
    const other = await stack.adminUser.createChannel(lab.id, "town");
    await stack.adminUser.addToChannel(other.id, stack.bot.id);
    const said = async (target: string) => {
      const { code, stdout, stderr } = await send(target, "to somewhere");
      expect(code).not.toBe(0);
      return `${stdout}${stderr}`;
    };
    expect(await said("#town")).toContain("Say which one: #acme/town, #lab/town.");
    expect(await said("town")).toContain("a name where an id is needed");
    expect(await said("@nobody")).toContain("Nobody on this server is called @nobody.");
    expect((await send("#lab/town", "to the lab")).code).toBe(0);
    expect((await stack.adminUser.getPosts(other.id)).at(-1)?.message).toBe("to the lab");
  });

  it("S14 the directory names people and channels, and resolves", async () => {
    const list = (...args: string[]) => stack.gateway.cli("directory", ...args, "--channel", "mattermost", "--json");
    const [peers, groups, self] = await Promise.all([
      list("peers", "list", "--query", "ali"),
      list("groups", "list"),
      list("self"),
    ]);
    expect(peers.stdout).toContain(`user:${alice.me.id}`);
    expect(peers.stdout).not.toContain("example.com");
    for (const id of [town.id, secret.id]) expect(groups.stdout).toContain(`channel:${id}`);
    expect(self.stdout).toContain(stack.bot.id);
  });

  it("S14 a webhook's answer and a cron job's go to a channel by its name and to a person", async () => {
    stack.model.script("say it by hook", { text: "said by hook" });
    stack.model.script("say it by cron", { text: "said by cron" });
    const response = await fetch(`${stack.gateway.url}/hooks/agent`, {
      method: "POST",
      headers: { authorization: `Bearer ${HOOK_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ message: "say it by hook", deliver: true, channel: "mattermost", to: "@alice" }),
    });
    expect(response.status).toBe(200);
    await stack.until("the hook's answer", async () =>
      (await alice.getPosts(dm.id)).some((post) => post.message.includes("said by hook")),
    );
    const added = await stack.gateway.cli(
      ...["cron", "add", "--name", "say", "--at", "1s", "--session", "isolated", "--message", "say it by cron"],
      ...["--announce", "--channel", "mattermost", "--to", "#secret"],
    );
    expect([added.code, added.code === 0 ? "" : `${added.stdout}${added.stderr}`]).toEqual([0, ""]);
    await stack.until("the cron job's answer", async () =>
      (await bob.getPosts(secret.id)).some((post) => post.message.includes("said by cron")),
    );
  });

  it("L9 defaultAccount sends where no account is named", async () => {
    stack.gateway.patchConfig({ channels: { mattermost: { defaultAccount: "alerts" } } });
    const { code, stdout, stderr } = await send(`channel:${town.id}`, "by the default account");
    expect([code, code === 0 ? "" : `${stdout}${stderr}`]).toEqual([0, ""]);
    expect((await alice.getPosts(town.id)).at(-1)?.user_id).toBe(stack.bots[1]?.id);
    stack.gateway.patchConfig({ channels: { mattermost: { defaultAccount: "default" } } });
  });
});

/** Passes everything on to Mattermost, and notes what the adapter asks of its REST API. */
async function countingProxy(target: string): Promise<{ url: string; asked: string[]; server: Server }> {
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { url = "/", method, headers } = incoming;
    if (url.startsWith("/api/v4/")) asked.push(`${String(method)} ${url.replace(/[a-z0-9]{26}/g, "<id>")}`);
    const passed = forward(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked, server };
}

describe("what a turn costs", () => {
  it("C4 an ordinary turn asks Mattermost's REST API once or twice: typing, and the post", async () => {
    const { url, asked, server } = await countingProxy(stack.mattermost.url);
    try {
      stack.gateway.patchConfig({ channels: { mattermost: { baseUrl: url } } });
      await stack.until("the account by way of the proxy", () => asked.some((call) => call.includes("config/client")));
      for (const where of [town, dm]) {
        const costs: string[][] = [];
        // A machine that is busy makes turns slow, and a slow turn shows again that it is under way.
        for (let times = 0; times < 4; times += 1) {
          asked.length = 0;
          const question = await alice.post(where.id, `@openclaw what does it cost ${String(times)}`);
          await stack.answerTo(alice, question, `what does it cost ${String(times)}`);
          costs.push([...asked]);
        }
        for (const calls of costs) expect(calls.filter((call) => call === "POST /api/v4/posts")).toHaveLength(1);
        const [cheapest = []] = costs.sort((one, other) => one.length - other.length);
        expect(cheapest.filter((call) => call !== "POST /api/v4/users/me/typing")).toEqual(["POST /api/v4/posts"]);
        expect(cheapest.length).toBeLessThanOrEqual(2);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
