import type { MattermostClient } from "./mattermost-client.ts";
import { MattermostEvents } from "./mattermost-events.ts";
import type { Post } from "./mattermost-types.ts";
import type { Stack } from "./stack.ts";

/** One exchange of the demo, and whether it went as it should. */
export interface Exchange {
  readonly name: string;
  readonly passed: boolean;
}

export interface TalkOptions {
  readonly stack: Stack;
  readonly user: MattermostClient;
  /** Whether answers repeat the question, as the stub model's do. */
  readonly echoes: boolean;
  readonly print: (line: string) => void;
  /** Called once, when the agent has answered for the first time. */
  readonly onFirstAnswer: () => void;
}

const PAIRING_CODE = /pairing approve mattermost\s+(?<code>[A-Z0-9]+)/;
const NAME_WIDTH = 10;

/** A user gets to know the agent: pairing in a direct message, then a mention in a channel, then its thread. */
export async function talk(options: TalkOptions): Promise<Exchange[]> {
  const { stack, user, echoes, print } = options;
  const exchanges: Exchange[] = [];
  const expected = (text: string): string => (echoes ? text : "");

  const exchange = async (name: string, step: () => Promise<void>): Promise<void> => {
    print("");
    print(name);
    try {
      await step();
      exchanges.push({ name, passed: true });
    } catch (error) {
      print(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
      exchanges.push({ name, passed: false });
    }
  };
  const say = (name: string, post: Post, since?: Post): void => {
    const took = since ? `   (${((post.create_at - since.create_at) / 1000).toFixed(2)} s)` : "";
    const [first = "", ...rest] = post.message.trim().split("\n");
    print(`  ${`${name}:`.padEnd(NAME_WIDTH + 1)} ${first}${took}`);
    for (const line of rest) print(`  ${" ".repeat(NAME_WIDTH + 1)} ${line}`);
  };
  const ask = async (post: Post, answer: string | RegExp, isRight: (answer: Post) => boolean = () => true) => {
    say(user.me.username, post);
    const reply = await stack.answerTo(user, post, answer);
    say(stack.bot.username, reply, post);
    if (!isRight(reply)) throw new Error(`the answer is in the wrong place: its thread is '${reply.root_id}'`);
    return reply;
  };

  const direct = await stack.directChannel(user);
  const channel = await stack.channelWith("projects", [user]);
  const question = `@${stack.bot.username} what do you think of this channel?`;

  await exchange("A first direct message: the agent does not know this user yet", async () => {
    const reply = await ask(await user.post(direct.id, "Hello, who are you?"), PAIRING_CODE);
    const code = PAIRING_CODE.exec(reply.message)?.groups?.["code"] ?? "";
    await approve(stack, user.me.id);
    print(`  admin approves it in the OpenClaw panel, as \`openclaw pairing approve mattermost ${code}\` would.`);
    await stack.until("the user told", async () =>
      (await user.getPosts(direct.id)).some(({ message }) => message.includes("approved")),
    );
  });
  await exchange("A direct message", async () => {
    await ask(await user.post(direct.id, "Are we friends now?"), expected("friends now"));
    options.onFirstAnswer();
  });
  await exchange("A mention in a channel", async () => {
    await ask(await user.post(channel.id, question), expected("this channel"));
  });
  await exchange("A reply in a thread", async () => {
    const root = await user.post(channel.id, "Some thread, started without the agent.");
    say(user.me.username, root);
    const reply = await user.reply(root, `@${stack.bot.username} please answer in here.`);
    await ask(reply, expected("answer in here"), (answer) => answer.root_id === root.id);
  });
  return exchanges;
}

/** As the panel does it for an administrator: it asks who waits, is told by an event, and says yes. */
async function approve({ adminUser, pluginId }: Stack, userId: string): Promise<void> {
  using told = await MattermostEvents.connect(adminUser);
  await adminUser.plugin(pluginId, "GET", "/api/v1/admin/pairing");
  const { data } = await told.until(`custom_${pluginId}_pairing`);
  const { requests } = JSON.parse(String(data["json"])) as { requests: { id: string; user_id: string }[] };
  const request = requests.find(({ user_id: of }) => of === userId);
  if (!request) throw new Error("the request of the user is not listed");
  await adminUser.plugin(pluginId, "POST", `/api/v1/admin/pairing/${encodeURIComponent(request.id)}/approve`);
}
