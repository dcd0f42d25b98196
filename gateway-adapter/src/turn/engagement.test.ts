import { describe, expect, it } from "@jest/globals";
import type { PostEvent } from "@openclaw-mattermost/contract";
import { resolveAccount } from "../config/account-config.ts";
import { conversationOf } from "./conversation.ts";
import { engagementOf, type Engagement } from "./engagement.ts";
import { mentionsBot, triggeredBy, withoutLeadingMention } from "./mention.ts";

describe("S5 a mention", () => {
  it.each(["@claw hi", "hi @claw", "hi @Claw.", "(@claw)", "@claw, hi", "line\n@claw", "**@claw**", "hi @claw!"])(
    "S5 is found in %j",
    (text) => {
      expect(mentionsBot(text, "claw")).toBe(true);
    },
  );
  it.each(["claw", "@clawd", "@claw-2", "@claw.bot hi", "me@claw.example.com", "x@claw", "a.@claw", "/@claw", ""])(
    "S5 is not found in %j",
    (text) => {
      expect(mentionsBot(text, "claw")).toBe(false);
    },
  );
  it("S5 takes a name as it is, also with characters that mean something in a pattern", () => {
    expect(mentionsBot("@a.b hi", "a.b")).toBe(true);
    expect(mentionsBot("@axb hi", "a.b")).toBe(false);
  });
  it("S5 is taken off the beginning only", () => {
    expect(withoutLeadingMention(" @claw: /status", "claw")).toBe("/status");
    expect(withoutLeadingMention("hi @claw", "claw")).toBe("hi @claw");
  });
});

describe("S5 a trigger prefix", () => {
  it("S5 the longest one counts, and a prefix alone is no request", () => {
    expect(triggeredBy("  !! go", ["!", "!!"])).toEqual({ prefix: "!!", rest: "go" });
    expect(triggeredBy("!", ["!"])).toBeUndefined();
    expect(triggeredBy("go!", ["!"])).toBeUndefined();
    expect(triggeredBy("go", [""])).toBeUndefined();
  });
});

describe("S5 chatmode", () => {
  const engaged = (config: object, text: string, kind: "direct" | "channel" = "channel"): Engagement =>
    engagementOf(
      { text, kind, channelId: "c1", botUsername: "claw", matchesPattern: false },
      resolveAccount({ channels: { mattermost: config } }, "default", {}),
    );
  const answers = (e: Engagement): boolean => !e.requireMention || e.wasMentioned;

  it("S5 oncall answers mentions only", () => {
    expect(answers(engaged({}, "hi"))).toBe(false);
    expect(answers(engaged({}, "@claw hi"))).toBe(true);
  });
  it("S5 onmessage answers every post", () => {
    expect(answers(engaged({ chatmode: "onmessage" }, "hi"))).toBe(true);
  });
  it("S5 onchar answers the prefixes > and !, its own ones, and mentions", () => {
    expect(engaged({ chatmode: "onchar" }, "> hi")).toMatchObject({ wasMentioned: true, text: "hi" });
    expect(answers(engaged({ chatmode: "onchar" }, "hi"))).toBe(false);
    expect(answers(engaged({ chatmode: "onchar" }, "@claw hi"))).toBe(true);
    expect(answers(engaged({ chatmode: "onchar", oncharPrefixes: ["?"] }, "! hi"))).toBe(false);
    expect(answers(engaged({ chatmode: "onchar", oncharPrefixes: ["?"] }, "?hi"))).toBe(true);
  });
  it("S5 a direct message is always answered", () => {
    expect(answers(engaged({}, "hi", "direct"))).toBe(true);
  });
  it("S5 the legacy requireMention is honoured, and L8 a channel's own word weighs more", () => {
    expect(answers(engaged({ requireMention: false }, "hi"))).toBe(true);
    expect(answers(engaged({ requireMention: false, groups: { c1: { requireMention: true } } }, "hi"))).toBe(false);
    expect(answers(engaged({ groups: { "*": { requireMention: false } } }, "hi"))).toBe(true);
    expect(answers(engaged({ groups: { "*": { requireMention: false }, c1: { requireMention: true } } }, "hi"))).toBe(
      false,
    );
  });
});

describe("N14 what was set for a channel in Mattermost", () => {
  const required = (config: object, mode?: "mention" | "thread" | "all"): boolean =>
    engagementOf(
      {
        text: "hi",
        kind: "channel",
        channelId: "c1",
        botUsername: "claw",
        matchesPattern: false,
        ...(mode ? { mode } : {}),
      },
      resolveAccount({ channels: { mattermost: config } }, "default", {}),
    ).requireMention;
  it("N14 weighs more than the account, in both directions", () => {
    expect(required({ chatmode: "onmessage" }, "mention")).toBe(true);
    expect(required({ groups: { c1: { requireMention: false } } }, "thread")).toBe(true);
    expect(required({ groups: { c1: { requireMention: true } } }, "all")).toBe(false);
  });
  it("N14 and without it the account counts", () => {
    expect([required({}), required({ chatmode: "onmessage" })]).toEqual([true, false]);
  });
});

describe("S6 threads", () => {
  const post = (over: { root?: string; type?: "O" | "D" | "G" } = {}) =>
    ({
      type: "post.created",
      actor: { id: "u1", username: "anna" },
      channel: { id: "c1", type: over.type ?? "O", name: "town" },
      post: { id: "p1", root_id: over.root ?? "" },
    }) as PostEvent;
  const account = (config: object) => resolveAccount({ channels: { mattermost: config } }, "default", {});

  it("S6 off: a top-level post is answered in the channel, a reply in its thread with the thread's session", () => {
    expect(conversationOf(post(), account({}))).toMatchObject({
      replyRoot: "",
      sessionThread: "",
      target: "channel:c1",
    });
    expect(conversationOf(post({ root: "r1" }), account({}))).toMatchObject({ replyRoot: "r1", sessionThread: "r1" });
  });
  it("S6 first and all start a thread under the post", () => {
    for (const replyToMode of ["first", "all"]) {
      expect(conversationOf(post(), account({ replyToMode }))).toMatchObject({ replyRoot: "p1", sessionThread: "p1" });
    }
  });
  it("L3 each chat type can have a mode of its own; direct messages stay in one session unless told so", () => {
    expect(conversationOf(post({ type: "D" }), account({ replyToMode: "all" }))).toMatchObject({
      kind: "direct",
      replyRoot: "",
      sessionThread: "",
      target: "user:u1",
    });
    expect(conversationOf(post({ type: "D", root: "r1" }), account({}))).toMatchObject({
      replyRoot: "r1",
      sessionThread: "",
    });
    expect(conversationOf(post({ type: "D" }), account({ replyToModeByChatType: { direct: "all" } }))).toMatchObject({
      replyRoot: "p1",
      sessionThread: "p1",
    });
    expect(
      conversationOf(post({ type: "G" }), account({ replyToMode: "all", replyToModeByChatType: { group: "off" } })),
    ).toMatchObject({ kind: "group", replyRoot: "" });
  });
});
