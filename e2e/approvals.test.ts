import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, MattermostClient, MattermostEvents, type Post, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
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

/** The agent tries to make a file; the post that asks whether it may, in the thread of alice's wish. */
async function wished(what: string): Promise<{ post: Post; root: Post; file: string }> {
  const file = join(stack.run.folder, what);
  const command = `touch ${file}`;
  stack.model.script(what, [{ tool: { name: "exec", args: { command } } }, { text: `started ${what}` }], 1);
  const root = await alice.post(town.id, "a root");
  await alice.reply(root, `@${stack.bot.username} please ${what}`);
  const post = await stack.until(`the question about ${what}`, async () =>
    (await alice.getThread(root.id)).find((each) => each.message.includes(command) && actionsOf(each).length > 0),
  );
  return { post, root, file };
}

beforeAll(async () => {
  stack = await Stack.start({
    users: ["alice", "bob"],
    channel: { dmPolicy: "allowlist", groupPolicy: "allowlist", allowFrom: [], groupAllowFrom: [] },
    gateway: { tools: { profile: "full", exec: { host: "gateway", mode: "ask" } } },
  });
  alice = stack.user("alice");
  bob = stack.user("bob");
  stack.gateway.patchConfig({
    channels: { mattermost: { allowFrom: [alice.me.id], groupAllowFrom: [alice.me.id, bob.me.id] } },
  });
  town = await stack.channelWith("town", [alice, bob]);
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
    await stack.until("bob is told", () =>
      bobsEvents.seen.slice(from).some(({ data }) => String(data.post).includes("You may not decide this")),
    );
    expect(actionsOf(await alice.getPost(post.id))).toHaveLength(names.length);
    expect(existsSync(file)).toBe(false);
    await press(alice, post, /once/i);
    expect(await lineOf(post)).toMatch(/✓ \*\*Allow/);
    await stack.until("the command has run", () => existsSync(file));
    await stack.until("the resolved state", async () => (await lineOf(post)) === "✓ **Allowed once** by @alice");
  });

  it("N8 the same by /oc_approve, and a denied command is not run", async () => {
    const { post, root, file } = await wished("wish-two");
    const id = /\/oc_approve (\S+?)`/.exec(post.message)?.[1] ?? "";
    await alice.rest.call("POST", "/api/v4/commands/execute", {
      command: `/oc_approve ${id} deny`,
      channel_id: town.id,
      team_id: stack.team.id,
      root_id: root.id,
    });
    await stack.until("it is shown", async () => (await lineOf(post)).includes("✗ **Denied**"));
    expect(existsSync(file)).toBe(false);
  });

  it("N8 a question of the agent is answered by a button, and the run goes on with the answer", async () => {
    const questions = [
      {
        id: "where",
        header: "Where",
        question: "Where shall it run?",
        options: [{ label: "Staging" }, { label: "Production" }],
      },
    ];
    stack.model.script("ask where", [{ tool: { name: "ask_user", args: { questions } } }], 1);
    const root = await alice.post(town.id, `@${stack.bot.username} ask where`);
    const post = await stack.until("the question", async () =>
      (await alice.getPosts(town.id)).find(
        (each) => each.create_at > root.create_at && actionsOf(each).some(({ name }) => name === "Staging"),
      ),
    );
    await press(alice, post, /Staging/);
    expect(await lineOf(post)).toBe("✓ **Staging** selected by @alice");
    await stack.answerTo(alice, root, /tool said: [^]*Staging/);
  });

  it("N8 a restart of the gateway leaves no button that lies: it still counts, or says that it does not", async () => {
    const { post, file } = await wished("wish-three");
    await stack.gateway.stop();
    await stack.gateway.start();
    await stack.linkByWebhook();
    // They may go between the look and the click.
    if (actionsOf(await alice.getPost(post.id)).length > 0) await press(alice, post, /once/i).catch(() => undefined);
    await stack.until("what became of it", async () => {
      const line = await lineOf(post);
      return /decided or expired already|Expired|Denied|Cancelled/.test(line) ? !existsSync(file) : existsSync(file);
    });
  });
});
