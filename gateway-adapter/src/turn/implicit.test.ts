import { describe, expect, it } from "@jest/globals";
import type { PostEvent } from "@openclaw-mattermost/contract";
import { MattermostError } from "../errors.ts";
import { postRowSchema } from "../mattermost/rows.ts";
import { implicitMentionsOf, implicitSwitches, type ImplicitDeps } from "./implicit.ts";

const BOT = "b".repeat(26);
const OWN = "o".repeat(26);
const OTHERS = "x".repeat(26);

const postIn = (rootId: string, message = "and now?"): PostEvent =>
  ({ post: { id: "p".repeat(26), root_id: rootId, message } }) as PostEvent;

function setUp(followed: string[] = []) {
  const asked: string[] = [];
  let failure: Error | undefined;
  const deps: ImplicitDeps = {
    client: {
      post: (id) => {
        asked.push(id);
        if (failure) return Promise.reject(failure);
        const user_id = id === OWN ? BOT : "anna";
        return Promise.resolve(postRowSchema.parse({ id, channel_id: "c", create_at: 1, user_id }));
      },
    },
    threads: { isFollowed: (root) => followed.includes(root) },
    botId: BOT,
    authors: new Map(),
  };
  const all = { replyToBot: true, quotedBot: true, threadParticipation: true };
  return {
    asked,
    fail: (error: Error) => (failure = error),
    of: (event: PostEvent, switches: Partial<typeof all> = {}) =>
      implicitMentionsOf(deps, event, { ...all, ...switches }),
  };
}

describe("how a post means the bot without naming it", () => {
  it("L2 in a thread that the bot has answered in, without asking Mattermost", async () => {
    const { of, asked } = setUp(["root"]);
    expect(await of(postIn("root"))).toEqual(["bot_thread_participant"]);
    expect(asked).toEqual([]);
  });

  it("L2 threadParticipation: false switches that off", async () => {
    const { of } = setUp([OTHERS]);
    expect(await of(postIn(OTHERS), { threadParticipation: false })).toEqual([]);
  });

  it("L2 under a post of the bot; each root is looked up once", async () => {
    const { of, asked } = setUp();
    expect(await of(postIn(OWN))).toEqual(["reply_to_bot"]);
    expect(await of(postIn(OTHERS))).toEqual([]);
    expect(await of(postIn(OTHERS))).toEqual([]);
    expect(asked).toEqual([OWN, OTHERS]);
    expect(await of(postIn(OWN), { replyToBot: false })).toEqual([]);
  });

  it("L2 with a link to a post of the bot", async () => {
    const { of } = setUp();
    const quote = postIn("", `see https://chat.example.com/acme/pl/${OWN} and explain`);
    expect(await of(quote)).toEqual(["quoted_bot"]);
    expect(await of(quote, { quotedBot: false })).toEqual([]);
    expect(await of(postIn("", `https://chat.example.com/acme/pl/${OTHERS}`))).toEqual([]);
  });

  it("L2 a post that the bot may not see is not its own; where Mattermost is away the question stays open", async () => {
    const { of, fail } = setUp();
    fail(new MattermostError("network", "away"));
    await expect(of(postIn(OWN))).rejects.toThrow("away");
    fail(new MattermostError("http", "no", { status: 403 }));
    expect(await of(postIn(OWN))).toEqual([]);
  });

  it("L2 the switches are those of the account, then the channel's, then on", () => {
    const cfg = {
      channels: {
        mattermost: {
          implicitMentions: { quotedBot: false },
          accounts: { alerts: { implicitMentions: { threadParticipation: false } } },
        },
      },
    };
    expect(implicitSwitches(cfg, "alerts")).toEqual({ replyToBot: true, quotedBot: false, threadParticipation: false });
    expect(implicitSwitches(cfg, "alerts", "thread").threadParticipation).toBe(true);
    expect(Object.values(implicitSwitches({}, "default", "mention"))).toEqual([false, false, false]);
    expect(implicitSwitches({}, "default")).toEqual({ replyToBot: true, quotedBot: true, threadParticipation: true });
  });
});
