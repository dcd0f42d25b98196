import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { pathToFileURL } from "node:url";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { builtAdapter, type Channel, MattermostClient, type Post, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let bot: MattermostClient;
let town: Channel;

interface Attachment {
  text?: string;
  actions?: { id: string }[];
}

/** The specification's example, as a script prints it. */
const PYTHON = `
import sys
bot_token = sys.argv[1]
import hmac, hashlib, json
secret = hmac.new(
    b"openclaw-mattermost-interactions",
    bot_token.encode(), hashlib.sha256
).hexdigest()
ctx = {"action_id": "mybutton01", "action": "approve"}
payload = json.dumps(ctx, sort_keys=True, separators=(",", ":"))
token = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
context = {**ctx, "_token": token}
print(json.dumps(context))
`;

/** What the example prints; where there is no Python, the same by hand. */
function contextOfTheExample(botToken: string): object {
  try {
    return JSON.parse(execFileSync("python3", ["-c", PYTHON, botToken], { encoding: "utf8" })) as object;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const secret = createHmac("sha256", "openclaw-mattermost-interactions").update(botToken).digest("hex");
    const payload = '{"action":"approve","action_id":"mybutton01"}';
    const token = createHmac("sha256", secret).update(payload).digest("hex");
    return { action_id: "mybutton01", action: "approve", _token: token };
  }
}

const callbackUrl = (): string => `${stack.gateway.url}/mattermost/interactions/default`;
const postButtons = (attachments: object[], message = "Choose an option:"): Promise<Post> =>
  bot.post(town.id, message, { props: { attachments } });
const button = (id: string, name: string, context: object): object => ({
  actions: [{ id, type: "button", name, style: "primary", integration: { url: callbackUrl(), context } }],
});
const confirmed = (post: Post): Promise<string> =>
  stack.until("the buttons are replaced", async () => {
    const now = await alice.getPost(post.id);
    const shown = (now.props["attachments"] as Attachment[] | undefined) ?? [];
    return shown.every(({ actions }) => !actions?.length) && shown.at(-1)?.text;
  });
const buttonTurns = (): string[] => stack.model.texts.filter((text) => text.startsWith("[Button click"));

beforeAll(async () => {
  stack = await Stack.start({
    plugin: false,
    users: ["alice", "mallory"],
    channel: { groupPolicy: "allowlist", groupAllowFrom: [], capabilities: ["inlineButtons"] },
    gateway: { tools: { profile: "full", exec: { host: "gateway", mode: "ask" } } },
    mattermost: { ServiceSettings: { AllowedUntrustedInternalConnections: "127.0.0.1 localhost" } },
  });
  alice = stack.user("alice");
  bot = await MattermostClient.withToken(stack.mattermost.url, stack.bot.token);
  stack.gateway.patchConfig({
    commands: { ownerAllowFrom: [alice.me.id] },
    channels: { mattermost: { groupAllowFrom: [alice.me.id] } },
  });
  town = await stack.channelWith("town", [alice, stack.user("mallory")]);
  await stack.until("alice may talk", async () => {
    const post = await alice.post(town.id, `@${stack.bot.username} hello`);
    return stack.answerTo(alice, post, "echo: hello", 5_000).catch(() => undefined);
  });
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("buttons without the plugin, on real parts", () => {
  it("S13 the specification's Python example is clicked: confirmed, told to the agent, and counted once", async () => {
    const post = await postButtons([button("mybutton01", "Approve", contextOfTheExample(stack.bot.token))]);
    await alice.click(post.id, "mybutton01");
    expect(await confirmed(post)).toBe("✓ **Approve** selected by @alice");
    await stack.answerTo(alice, post, 'echo: [Button click: user @alice selected "Approve" {"action":"approve"}]');
    await expect(alice.click(post.id, "mybutton01")).rejects.toThrow();
    expect(buttonTurns()).toHaveLength(1);
  });

  it("S13 buildButtonAttachments is exported from the package and makes buttons that work", async () => {
    const folder = mkdtempSync(join(tmpdir(), "openclaw-adapter-"));
    try {
      execFileSync("tar", ["xzf", builtAdapter(), "-C", folder]);
      const api = (await import(pathToFileURL(join(folder, "package/dist/api.js")).href)) as {
        buildButtonAttachments: (params: object) => object[];
      };
      const attachments = api.buildButtonAttachments({
        callbackUrl: callbackUrl(),
        botToken: stack.bot.token,
        text: "Deploy?",
        buttons: [
          { id: "do-it_now", name: "Do it", style: "primary", context: { nested: { b: 1, a: [1, { d: 2, c: 3 }] } } },
        ],
      });
      const post = await postButtons(attachments);
      await alice.click(post.id, "doitnow");
      expect(await confirmed(post)).toBe("✓ **Do it** selected by @alice");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("S13 S16 what is wrongly signed is refused, and the gateway's log names it", async () => {
    const wrong = await postButtons([
      button("mybutton01", "Approve", { action_id: "mybutton01", _token: "0".repeat(64) }),
    ]);
    await expect(alice.click(wrong.id, "mybutton01")).rejects.toThrow();
    const missing = await postButtons([button("mybutton01", "Approve", { action_id: "mybutton01" })]);
    await expect(alice.click(missing.id, "mybutton01")).rejects.toThrow();
    await stack.until("the log names both", () => {
      const log = stack.gateway.tail(200);
      return log.includes("invalid _token") && log.includes("missing _token in context");
    });
  });

  it("S12 S13 the agent's own buttons lead to the gateway where there is no plugin, and only who may talk may choose", async () => {
    const args = { action: "send", message: "Choose now", buttons: [[{ text: "Yes", callback_data: "yes" }]] };
    stack.model.script("ask me", [{ tool: { name: "message", args } }, { text: "NO_REPLY" }], 1);
    await alice.post(town.id, `@${stack.bot.username} ask me`);
    const post = await stack.until("the post with buttons", async () =>
      (await alice.getPosts(town.id)).find(({ message }) => message === "Choose now"),
    );
    await stack.user("mallory").click(post.id, "yes");
    expect((await alice.getPost(post.id)).props["attachments"]).toMatchObject([{ actions: [{ id: "yes" }] }]);
    await alice.click(post.id, "yes");
    expect(await confirmed(post)).toBe("✓ **Yes** selected by @alice");
    await stack.answerTo(alice, post, "(value: yes)");
  });

  it("N8 an approval is decided by its button where there is no plugin, by an approver only", async () => {
    const file = join(stack.run.folder, "approved");
    const command = `touch ${file}`;
    stack.model.script("make it", [{ tool: { name: "exec", args: { command } } }, { text: "made" }], 1);
    const root = await alice.post(town.id, "a root");
    await alice.reply(root, `@${stack.bot.username} make it`);
    const isQuestion = ({ message, props }: Post): boolean =>
      message.includes(command) && ((props["attachments"] as Attachment[] | undefined) ?? []).length > 0;
    const post = await stack.until("the question", async () => (await alice.getThread(root.id)).find(isQuestion));
    const allow = ((await alice.getPost(post.id)).props["attachments"] as { actions: { id: string; name: string }[] }[])
      .flatMap(({ actions }) => actions)
      .find(({ name }) => name === "Allow Once");
    await stack.user("mallory").click(post.id, allow?.id ?? "");
    expect(existsSync(file)).toBe(false);
    await alice.click(post.id, allow?.id ?? "");
    await stack.until("the command has run", () => existsSync(file));
    expect(await confirmed(post)).toContain("@alice");
  });
});
