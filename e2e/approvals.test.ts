import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, MattermostClient, MattermostEvents, type Post, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
/** May decide, and is in no list of those who may talk. */
let carol: MattermostClient;
let town: Channel;
let bobsEvents: MattermostEvents;

interface Action {
  id: string;
  name: string;
}
interface Attachment {
  text?: string;
  actions?: Action[];
}

const attachmentsOf = (post: Post): Attachment[] => (post.props["attachments"] as Attachment[] | undefined) ?? [];
const actionsOf = (post: Post): Action[] => attachmentsOf(post).flatMap(({ actions }) => actions ?? []);
const lineOf = (post: Post): Promise<string> =>
  stack.until("the buttons are replaced", async () => {
    const now = await alice.getPost(post.id);
    return actionsOf(now).length === 0 && attachmentsOf(now).at(-1)?.text;
  });
const press = async (user: MattermostClient, post: Post, name: RegExp): Promise<void> => {
  const action = actionsOf(post).find((each) => name.test(each.name));
  if (!action) throw new Error(`no button ${String(name)} among ${JSON.stringify(actionsOf(post))}`);
  await user.click(post.id, action.id);
};

/** What bob is told and nobody else sees. */
const bobIsTold = (text: string, from: number): Promise<unknown> =>
  stack.until("bob is told", () => bobsEvents.seen.slice(from).some(({ data }) => String(data.post).includes(text)));
/** The posts among these that ask about a command, and can be answered. */
const questionsIn = (posts: Post[], command: string): Post[] =>
  posts.filter((each) => each.message.includes(command) && actionsOf(each).length > 0);

interface Wish {
  post: Post;
  root: Post;
  file: string;
  command: string;
}

/** The agent tries to make a file; the post that asks whether it may, in the thread of somebody's wish. */
async function wished(what: string, who: MattermostClient = alice, where: Channel = town): Promise<Wish> {
  const file = join(stack.run.folder, what);
  const command = `touch ${file}`;
  stack.model.script(what, [{ tool: { name: "exec", args: { command } } }, { text: `started ${what}` }], 1);
  const root = await who.post(where.id, "a root");
  await who.reply(root, `@${stack.bot.username} please ${what}`);
  const post = await stack.until(
    `the question about ${what}`,
    async () => questionsIn(await who.getThread(root.id), command)[0],
  );
  return { post, root, file, command };
}
/**
 * Something else on the gateway asks whether a command may run, for a conversation in the channel. OpenClaw's own requests wait for half
 * an hour, and those of the agent here offer no "always".
 */
async function requested(command: string, timeoutMs: number) {
  const root = await alice.post(town.id, "a root");
  const params = {
    ...{ command, host: "gateway", ask: "on-miss", security: "allowlist", timeoutMs },
    ...{ agentId: "main", sessionKey: `agent:main:mattermost:channel:${town.id}:thread:${root.id}` },
    ...{ turnSourceChannel: "mattermost", turnSourceTo: `channel:${town.id}`, turnSourceAccountId: "default" },
    turnSourceThreadId: root.id,
  };
  const rpc = ["gateway", "call", "exec.approval.request", "--json", "--timeout", "60000"];
  const verdict = stack.gateway.cli(...rpc, "--params", JSON.stringify(params));
  const post = await stack.until(
    `the question about ${command}`,
    async () => questionsIn(await alice.getThread(root.id), command)[0],
  );
  return { post, verdict };
}

/** The agent asks alice something with two options. */
async function askedWhere(what: string): Promise<{ root: Post; post: Post }> {
  const options = [{ label: "Staging" }, { label: "Production" }];
  const questions = [{ id: "where", header: "Where", question: "Where shall it run?", options }];
  stack.model.script(what, [{ tool: { name: "ask_user", args: { questions } } }], 1);
  const root = await alice.post(town.id, `@${stack.bot.username} ${what}`);
  const post = await stack.until("the question", async () =>
    (await alice.getPosts(town.id)).find(
      (each) => each.create_at > root.create_at && actionsOf(each).some(({ name }) => name === "Staging"),
    ),
  );
  return { root, post };
}

const idIn = (post: Post): string => /\/oc_approve (\S+?)`/.exec(post.message)?.[1] ?? "";

beforeAll(async () => {
  stack = await Stack.start({
    users: ["alice", "bob", "carol"],
    channel: { dmPolicy: "allowlist", groupPolicy: "allowlist", allowFrom: [], groupAllowFrom: [] },
    gateway: { tools: { profile: "full", exec: { host: "gateway", mode: "ask" } } },
  });
  alice = stack.user("alice");
  bob = stack.user("bob");
  carol = stack.user("carol");
  stack.gateway.patchConfig({
    commands: { ownerAllowFrom: [carol.me.id] },
    channels: { mattermost: { allowFrom: [alice.me.id], groupAllowFrom: [alice.me.id, bob.me.id] } },
  });
  town = await stack.channelWith("town", [alice, bob, carol]);
  bobsEvents = await MattermostEvents.connect(bob);
  await stack.until("alice may talk", async () => {
    const post = await alice.post(town.id, `@${stack.bot.username} hello`);
    return stack.answerTo(alice, post, "echo: hello", 5_000).catch(() => undefined);
  });
}, 180_000);

afterAll(async () => {
  bobsEvents[Symbol.dispose]();
  await stack[Symbol.asyncDispose]();
});

describe("approvals on real parts", () => {
  it("N8 are asked in the thread with the whole command, decided by an approver alone, and shown to all", async () => {
    const { post, root, file } = await wished("wish-one");
    expect(post.root_id).toBe(root.id);
    // "Always" is among them where OpenClaw can remember the command.
    const names = actionsOf(post).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["Allow Once", "Deny"]));
    const from = bobsEvents.seen.length;
    await press(bob, post, /once/i);
    await bobIsTold("You may not decide this. Ask one of the people who may: @", from);
    expect(actionsOf(await alice.getPost(post.id))).toHaveLength(names.length);
    expect(existsSync(file)).toBe(false);
    await press(alice, post, /once/i);
    expect(await lineOf(post)).toMatch(/✓ \*\*Allow/);
    await stack.until("the command has run", () => existsSync(file));
    await stack.until("the resolved state", async () => (await lineOf(post)) === "✓ **Allowed once** by @alice");
  });

  it("N8 the same by /oc_approve, also of an approver who may not talk here, and a denied command is not run", async () => {
    const { post, root, file } = await wished("wish-two");
    const id = idIn(post);
    const from = bobsEvents.seen.length;
    await bob.command(town.id, `/oc_approve ${id} allow-once`, root.id);
    await bobIsTold("You may not decide this", from);
    await carol.command(town.id, `/oc_approve ${id} deny`, root.id);
    expect(await lineOf(post)).toBe("✗ **Denied** by @carol");
    expect(existsSync(file)).toBe(false);
  });

  it("N8 where no approver is they are asked by direct message, and each place shows what was decided", async () => {
    const den = await stack.channelWith("den", [bob], "P");
    const { post, file, command } = await wished("wish-den", bob, den);
    const asked = await stack.until("both approvers are asked", async () => {
      const directs = [await alice.direct(stack.bot.id), await carol.direct(stack.bot.id)];
      const [ofAlice] = questionsIn(await alice.getPosts(directs[0]?.id ?? ""), command);
      const [ofCarol] = questionsIn(await carol.getPosts(directs[1]?.id ?? ""), command);
      return ofAlice && ofCarol ? { ofAlice, ofCarol } : undefined;
    });
    await press(carol, asked.ofCarol, /once/i);
    await stack.until("the command has run", () => existsSync(file));
    await stack.until("all of them show it", async () => {
      const now = [
        await bob.getPost(post.id),
        await alice.getPost(asked.ofAlice.id),
        await carol.getPost(asked.ofCarol.id),
      ];
      return now.every((each) => attachmentsOf(each).at(-1)?.text === "✓ **Allowed once** by @carol");
    });
  });

  it("N8 two at once are decided each for itself, and whoever is faster counts", async () => {
    const [first, second] = [await wished("wish-left"), await wished("wish-right")];
    await Promise.allSettled([press(alice, second.post, /once/i), press(carol, second.post, /once/i)]);
    await stack.until("the second has run", () => existsSync(second.file));
    expect(existsSync(first.file)).toBe(false);
    await press(carol, first.post, /deny/i);
    await stack.until("the first is decided", async () => (await lineOf(first.post)) === "✗ **Denied** by @carol");
    await stack.until("one of them is named", async () =>
      /^✓ \*\*Allowed once\*\* by @(alice|carol)$/.test((await lineOf(second.post)) || ""),
    );
    expect(existsSync(first.file)).toBe(false);
  });

  it("N8 always is one of the decisions where OpenClaw can keep it, and what nobody decides expires", async () => {
    const always = await requested("ls -l /tmp/always", 60_000);
    expect(actionsOf(always.post).map(({ name }) => name)).toEqual(["Allow Once", "Allow Always", "Deny"]);
    await press(alice, always.post, /always/i);
    expect((await always.verdict).stdout).toContain('"allow-always"');
    await stack.until(
      "the resolved state",
      async () => (await lineOf(always.post)) === "✓ **Allowed always** by @alice",
    );

    const late = await requested("ls -l /tmp/late", 15_000);
    expect(actionsOf(late.post)).toHaveLength(3);
    expect(await lineOf(late.post)).toBe("⌛ **Expired**: nobody decided in time, so it was not done.");
    expect((await late.verdict).stdout).not.toContain('"allow-');
  });

  it("N8 a question of the agent is answered by a button, and the run goes on with the answer", async () => {
    const { root, post } = await askedWhere("ask where");
    await press(alice, post, /Staging/);
    expect(await lineOf(post)).toBe("✓ **Staging** selected by @alice");
    await stack.answerTo(alice, root, /tool said: [^]*Staging/);
  });

  it("N8 a question that is answered by a text loses its buttons", async () => {
    const { root, post } = await askedWhere("ask again where");
    await alice.post(town.id, `@${stack.bot.username} on my own machine`);
    await stack.answerTo(alice, root, /tool said: [^]*my own machine/);
    await stack.until("no buttons", async () => (await lineOf(post)).startsWith("✓ **"));
    expect(actionsOf(await alice.getPost(post.id))).toEqual([]);
  });

  it("N8 after a restart of the gateway the buttons give way to a word that nothing was done", async () => {
    const { post, file } = await wished("wish-three");
    await stack.gateway.stop();
    await stack.gateway.start();
    await stack.linkByWebhook();
    // They may go between the look and the click.
    if (actionsOf(await alice.getPost(post.id)).length > 0) await press(alice, post, /once/i).catch(() => undefined);
    await stack.until("the buttons are closed", async () => /Void.*Ask again/.test(await lineOf(post)));
    expect(existsSync(file)).toBe(false);
  });
});
