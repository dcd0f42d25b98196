import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Channel,
  isPreview,
  type MattermostClient,
  type Post,
  Stack,
  type StackBot,
} from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let mallory: MattermostClient;
let carol: MattermostClient;
let town: Channel;
let quiet: Channel;

const bot = (account: string): StackBot => {
  const found = stack.bots.find((each) => each.account === account);
  if (!found) throw new Error(`no bot ${account}`);
  return found;
};
const answerOf = (account: string, post: Post, text: string): Promise<Post> =>
  stack.until(`the answer of ${account} to ${text}`, async () =>
    (await stack.adminUser.getPosts(post.channel_id).catch(() => alice.getPosts(post.channel_id))).find(
      (each) =>
        each.user_id === bot(account).id &&
        each.create_at >= post.create_at &&
        each.message.includes(text) &&
        !isPreview(each),
    ),
  );
const directAnswer = (
  user: MattermostClient,
  account: string,
  channel: Channel,
  text: string | RegExp,
): Promise<Post> =>
  stack.until(`a direct answer of ${account}`, async () =>
    (await user.getPosts(channel.id)).find(
      (each) => each.user_id === bot(account).id && each.message.search(text) >= 0 && !isPreview(each),
    ),
  );
const logged = (post: Post, reason: string): Promise<unknown> =>
  stack.until(`${reason} in the log`, () =>
    stack.gateway
      .tail(1_000)
      .split("\n")
      .some((line) => line.includes(post.id) && line.includes(`"reason":"${reason}"`)),
  );
const asked = (): string => stack.model.texts.join("\n");

beforeAll(async () => {
  stack = await Stack.start({
    plugin: false,
    users: ["alice", "bob", "mallory", "carol"],
    channel: { groupPolicy: "allowlist", groupAllowFrom: ["accessGroup:operators"] },
    bots: [
      { username: "closed", account: "closed", channel: { dmPolicy: "disabled", groupPolicy: "disabled" } },
      { username: "listed", account: "listed", channel: { dmPolicy: "allowlist", chatmode: "onchar" } },
      {
        username: "opened",
        account: "opened",
        channel: { dmPolicy: "open", allowFrom: ["*"], responsePrefix: "[oc]" },
      },
    ],
  });
  [alice, bob, mallory, carol] = ["alice", "bob", "mallory", "carol"].map((name) => stack.user(name)) as [
    MattermostClient,
    MattermostClient,
    MattermostClient,
    MattermostClient,
  ];
  town = await stack.channelWith("town", [alice, bob, mallory, carol]);
  quiet = await stack.channelWith("quiet", [alice, mallory]);
  await stack.gateway.stop();
  stack.gateway.patchConfig({
    accessGroups: { operators: { type: "message.senders", members: { mattermost: [alice.me.id] } } },
    channels: {
      defaults: { groupPolicy: "open" },
      mattermost: {
        accounts: {
          listed: {
            allowFrom: [alice.me.id],
            groupPolicy: "allowlist",
            groupAllowFrom: ["@bob"],
            dangerouslyAllowNameMatching: true,
          },
          opened: {
            groupPolicy: "open",
            groups: { "*": { requireMention: true }, [quiet.id]: { requireMention: false } },
            replyToModeByChatType: { channel: "all", direct: "first" },
          },
        },
      },
    },
  });
  await stack.gateway.start();
}, 240_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("who may talk", () => {
  it("S8 L8 in channels only who is on the list, also by an access group, and only when the bot is mentioned", async () => {
    const stranger = await bob.post(town.id, "@openclaw says bob");
    const unmentioned = await alice.post(town.id, "alice to nobody");
    const post = await alice.post(town.id, "@openclaw says alice");
    expect((await answerOf("default", post, "says alice")).root_id).toBe("");
    await logged(stranger, "group_policy_not_allowlisted");
    await logged(unmentioned, "not_mentioned");
    expect(asked()).not.toMatch(/says bob|to nobody/);
    expect(stack.gateway.tail(1_000)).toContain("Add the user's id to channels.mattermost.groupAllowFrom");
  });

  it("S7 S8 where it is disabled nobody is listened to", async () => {
    const dm = await stack.directChannel(alice, bot("closed"));
    const direct = await alice.post(dm.id, "into the void");
    const mention = await alice.post(town.id, "@closed into the void");
    await logged(direct, "dm_policy_disabled");
    await logged(mention, "group_policy_disabled");
    expect(asked()).not.toContain("into the void");
  });

  it("S7 S15 an allow-list of an account's own lets in whom it names, and gives no codes", async () => {
    const own = await stack.directChannel(alice, bot("listed"));
    await alice.post(own.id, "alice is listed");
    await directAnswer(alice, "listed", own, "alice is listed");
    const other = await stack.directChannel(mallory, bot("listed"));
    const post = await mallory.post(other.id, "mallory is not");
    await logged(post, "dm_policy_not_allowlisted");
    expect((await mallory.getPosts(other.id)).map(({ message }) => message).join()).not.toMatch(/pairing/i);
  });

  it("S5 S8 with onchar a prefix is enough, a mention counts, too, and names match where the switch says so", async () => {
    const idle = await bob.post(town.id, "no prefix from bob");
    const prefixed = await bob.post(town.id, "> with a prefix");
    await answerOf("listed", prefixed, "with a prefix");
    const second = await bob.post(town.id, "!another prefix");
    await answerOf("listed", second, "another prefix");
    const mention = await bob.post(town.id, "@listed by a mention");
    await answerOf("listed", mention, "by a mention");
    await logged(idle, "not_mentioned");
    const stranger = await mallory.post(town.id, "> from mallory");
    await logged(stranger, "group_policy_not_allowlisted");
  });

  it("L8 S5 a channel of its own needs no mention, all others do", async () => {
    const here = await mallory.post(quiet.id, "no mention needed here");
    await answerOf("opened", here, "no mention needed here");
    const there = await mallory.post(town.id, "but here it is");
    await logged(there, "not_mentioned");
  });

  it("L3 S6 threads by kind of chat, and what stands before each answer", async () => {
    const post = await mallory.post(town.id, "@opened where do you answer");
    const answer = await answerOf("opened", post, "where do you answer");
    expect(answer.root_id).toBe(post.id);
    expect(answer.message).toMatch(/^\[oc\] /);
    const dm = await stack.directChannel(mallory, bot("opened"));
    const direct = await mallory.post(dm.id, "and directly");
    expect((await directAnswer(mallory, "opened", dm, "and directly")).root_id).toBe(direct.id);
  });

  it("S7 N18 an approved pairing is told to the user, who then gets answers", async () => {
    const dm = await stack.directChannel(mallory);
    await mallory.post(dm.id, "let me in");
    const offer = await directAnswer(mallory, "default", dm, /pairing/i);
    const code = /```\s*([A-Z0-9]{6,12})\s*```/.exec(offer.message)?.[1] ?? "";
    expect((await stack.gateway.cli("pairing", "approve", "mattermost", code)).code).toBe(0);
    await directAnswer(mallory, "default", dm, "You are approved. Say something, and I answer.");
    await mallory.post(dm.id, "here I am");
    await directAnswer(mallory, "default", dm, "echo: here I am");
    const told = (await mallory.getPosts(dm.id)).filter(({ message }) => message.startsWith("You are approved"));
    expect(told).toHaveLength(1);
  });

  it("S7 S8 a guest is heard where the list says so, and nowhere else", async () => {
    await stack.makeGuest(bob);
    const heard = await bob.post(town.id, "> from a guest");
    await answerOf("listed", heard, "from a guest");
    const stranger = await bob.post(town.id, "@openclaw says a guest");
    await logged(stranger, "group_policy_not_allowlisted");
  });

  it("S7 what somebody said whose account was closed meanwhile starts nothing", async () => {
    await stack.gateway.stop();
    const late = await carol.post(town.id, "@opened last words");
    await stack.adminUser.rest.call("DELETE", `/api/v4/users/${carol.me.id}`);
    const post = await mallory.post(town.id, "@opened after carol");
    await stack.gateway.start();
    await answerOf("opened", post, "after carol");
    await logged(late, "deactivated");
    expect(asked()).not.toContain("last words");
  });
});
