import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ActionError } from "./error.ts";
import { MattermostError } from "../errors.ts";
import { emojiName } from "./emoji.ts";
import { BOT, fakeId, fakeWorld, type World } from "./fake-world.ts";
import { actionsOf, perform, type ActionName } from "./perform.ts";
import type { Asker } from "./rights.ts";

const ALL = {
  reactions: true,
  messages: true,
  edits: true,
  pins: true,
  search: true,
  memberInfo: true,
  channelInfo: true,
};
const WORLD: World = {
  channels: {
    town: ["openclaw", "anna", "ben"],
    secret: ["openclaw", "ben"],
    closed: ["ben"],
    dmanna: ["openclaw", "anna"],
    dmben: ["openclaw", "ben"],
  },
  posts: [
    { id: "root", channel: "town", author: "openclaw", text: "plan" },
    { id: "reply", channel: "town", author: "anna", root: "root", text: "plan b" },
    { id: "own", channel: "town", author: "openclaw" },
    { id: "annas", channel: "town", author: "anna" },
    { id: "pinnedhere", channel: "town", author: "ben" },
    { id: "hidden", channel: "secret", author: "ben", text: "plan x" },
    { id: "hiddenbot", channel: "secret", author: "openclaw" },
    { id: "unseen", channel: "closed", author: "ben" },
    { id: "privately", channel: "dmben", author: "ben", text: "plan y" },
  ],
};
const ANNA: Asker = { kind: "person", id: fakeId("anna") };
const town = `channel:${fakeId("town")}`;
const secret = `channel:${fakeId("secret")}`;

function world(asker: Asker = ANNA, here: { channel?: string; post?: string } = { channel: "town", post: "annas" }) {
  const { context, changes } = fakeWorld(WORLD, asker, here);
  const run = (name: ActionName, params: Record<string, unknown> = {}, gates: Partial<typeof ALL> = {}) =>
    perform(name, params, { ...ALL, ...gates }, context);
  const texts = async (name: ActionName, params: Record<string, unknown> = {}): Promise<string[]> => {
    const answer = (await run(name, params)) as {
      messages?: { text: string }[];
      results?: { messages: { text: string }[] };
    };
    return (answer.messages ?? answer.results?.messages ?? []).map((post) => post.text);
  };
  return { run, texts, changes };
}
const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "done",
    (error: unknown) => (error instanceof ActionError ? error.code : String(error)),
  );

describe("S11 reactions", () => {
  it("S11 adds and removes, with and without colons, on exactly the post that is named", async () => {
    const { run, changes } = world();
    expect(await run("react", { target: town, messageId: fakeId("own"), emoji: ":+1:" })).toMatchObject({
      added: ":+1:",
    });
    await run("react", { message_id: fakeId("own"), emoji: "thumbsup" });
    await run("react", { messageId: fakeId("own"), emoji: "+1", remove: "true" });
    expect(changes).toEqual([
      `react ${BOT} ${fakeId("own")} +1`,
      `react ${BOT} ${fakeId("own")} thumbsup`,
      `unreact ${BOT} ${fakeId("own")} +1`,
    ]);
  });
  it("S11 without a post it is that of the turn, and without an emoji all of the bot's are removed", async () => {
    const { run, changes } = world();
    await run("react", { emoji: "👀" });
    expect(await run("react", { remove: true })).toMatchObject({ removed: [":eyes:"] });
    expect(changes).toEqual([`react ${BOT} ${fakeId("annas")} eyes`, `unreact ${BOT} ${fakeId("annas")} eyes`]);
    expect(await code(run("react", {}))).toBe("input");
  });
  it("S11 the switch counts", async () => {
    expect(await code(world().run("react", { emoji: "+1" }, { reactions: false }))).toBe("off");
  });
  it.each([
    ["👍🏽", "+1"],
    ["❤️", "heart"],
    [":White_Check_Mark:", "white_check_mark"],
    ["our-logo", "our-logo"],
  ])("S11 takes %s for %s", (raw, name) => {
    expect(emojiName(raw)).toBe(name);
  });
  it("S11 says what an emoji looks like", () => {
    expect(() => emojiName("🦩")).toThrow("by name, for example thumbsup");
    expect(() => emojiName("../x")).toThrow(ActionError);
  });
  it("S11 tells who reacted", async () => {
    const { reactions } = await world().run("reactions", { messageId: fakeId("own") });
    expect(reactions).toEqual([
      { name: "eyes", count: 1, users: ["openclaw"] },
      { name: "tada", count: 1, users: ["anna"] },
    ]);
  });
});

describe("L4 reading", () => {
  it("L4 is off unless it is switched on", async () => {
    expect(await code(world().run("read", { target: town }, { messages: false }))).toBe("off");
  });
  it("L4 reads newest first, up to a limit, before, after and around a post", async () => {
    const { texts, run } = world();
    expect(await texts("read", { target: town })).toEqual(["pinnedhere", "annas", "own", "plan b", "plan"]);
    expect(await texts("read", { limit: "2" })).toEqual(["pinnedhere", "annas"]);
    expect(await texts("read", { before: fakeId("own") })).toEqual(["plan b", "plan"]);
    expect(await texts("read", { after: fakeId("own"), limit: 1 })).toEqual(["annas"]);
    expect(await texts("read", { around: fakeId("own"), limit: 2 })).toEqual(["annas", "own", "plan b"]);
    expect(await code(run("read", { before: fakeId("own"), after: fakeId("own") }))).toBe("input");
    expect(await code(run("read", { before: "yesterday" }))).toBe("input");
    expect(await code(run("read", { limit: 0 }))).toBe("input");
  });
  it("N12 reads a thread by any of its posts, and one post alone", async () => {
    const { texts } = world();
    expect(await texts("read", { threadId: fakeId("reply") })).toEqual(["plan b", "plan"]);
    expect(await texts("read", { messageId: fakeId("own") })).toEqual(["own"]);
  });
});

describe("N12 within the asker's rights", () => {
  it("N12 a channel that the asker or the bot is not in is refused, whichever way it is named", async () => {
    const { run, changes } = world();
    for (const target of [secret, "#secret", fakeId("secret"), `channel:${fakeId("closed")}`])
      for (const name of ["read", "list-pins", "channel-info"] as const)
        expect([target, name, await code(run(name, { target }))]).toEqual([target, name, "not_allowed"]);
    for (const id of ["hidden", "hiddenbot"])
      for (const name of ["react", "edit", "delete", "pin", "unpin", "reactions", "read"] as const)
        expect(await code(run(name, { messageId: fakeId(id), emoji: "x", message: "x" }))).toBe("not_allowed");
    expect(await code(run("read", { messageId: fakeId("unseen") }))).toBe("not_found");
    expect(changes).toEqual([]);
  });
  it("N12 naming the current channel does not open a post of another", async () => {
    const { run, changes } = world({ kind: "person", id: fakeId("ben") });
    for (const name of ["react", "edit", "delete", "pin"] as const)
      expect(await code(run(name, { to: town, messageId: fakeId("hiddenbot"), emoji: "x", message: "x" }))).toBe(
        "wrong_channel",
      );
    expect(await code(run("read", { target: town, threadId: fakeId("hidden") }))).toBe("wrong_channel");
    expect(changes).toEqual([]);
  });
  it("N12 direct messages of others are nobody's business, one's own can be read", async () => {
    const { run, texts } = world();
    for (const target of ["@ben", `user:${fakeId("ben")}`, `channel:${fakeId("dmben")}`])
      expect(await code(run("read", { target }))).toBe("not_allowed");
    expect(await texts("read", { target: "@anna" })).toEqual([]);
  });
  it("N12 a search tells only of channels that the asker is in", async () => {
    expect(await world().texts("search", { query: "plan" })).toEqual(["plan b", "plan"]);
    expect(await world({ kind: "person", id: fakeId("ben") }).texts("search", { query: "plan" })).toEqual([
      "plan y",
      "plan x",
      "plan b",
      "plan",
    ]);
    expect(await world().texts("search", { query: "plan", target: town, limit: 1 })).toEqual(["plan b"]);
    expect(await code(world().run("search", { query: "plan", target: secret }))).toBe("not_allowed");
  });
  it("N12 only channels of the asker are listed", async () => {
    const { channels } = (await world().run("channel-list")) as unknown as { channels: { name: string }[] };
    expect(channels.map((channel) => channel.name)).toEqual(["town", "dmanna"]);
  });
  it("N12 somebody is told of to whoever shares a team or the channel, and never with an e-mail address", async () => {
    const { member } = await world().run("member-info", { userId: "@ben" });
    expect(member).toEqual({ id: fakeId("ben"), username: "ben", name: "ben", bot: false, guest: false });
    const apart = fakeWorld({ ...WORLD, team: ["anna", "openclaw"] }, ANNA, { channel: "dmanna" });
    expect(await code(perform("member-info", { userId: "ben" }, ALL, apart.context))).toBe("not_allowed");
    const guest = fakeWorld({ ...WORLD, guests: ["anna"] }, ANNA, { channel: "dmanna" });
    expect(await code(perform("member-info", { userId: "ben" }, ALL, guest.context))).toBe("not_allowed");
    expect(await perform("member-info", { userId: "ben", target: town }, ALL, guest.context)).toMatchObject({
      inChannel: true,
    });
  });
  it("N12 an operator may what the bot may, and no more", async () => {
    const { run, texts } = world({ kind: "operator" }, {});
    expect(await texts("read", { target: secret })).toEqual(["hiddenbot", "plan x"]);
    expect(await code(run("read", { messageId: fakeId("unseen") }))).toBe("not_found");
    expect(await code(run("read", {}))).toBe("input");
  });
  it("N12 a server that cannot be asked refuses", async () => {
    const { context, changes } = fakeWorld(WORLD, ANNA, { channel: "town" });
    context.client.member = async () => Promise.reject(new MattermostError("timeout", "late"));
    expect(await code(perform("pin", { messageId: fakeId("own") }, ALL, context))).toContain("late");
    expect(changes).toEqual([]);
  });

  it("N12 whoever asks for whatever, nothing of a channel without the asker is told or changed", async () => {
    const names = actionsOf(ALL);
    const targets = fc.constantFrom(
      undefined,
      town,
      secret,
      "#secret",
      "@ben",
      "@anna",
      fakeId("dmben"),
      "nonsense",
      "#closed",
    );
    const posts = fc.constantFrom(undefined, "x", ...WORLD.posts.map((post) => fakeId(post.id)));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.record({
          target: targets,
          messageId: posts,
          threadId: posts,
          before: posts,
          around: posts,
          userId: fc.constantFrom(undefined, "ben", "@anna"),
        }),
        fc.record({
          emoji: fc.constant("eyes"),
          message: fc.constant("new"),
          query: fc.constantFrom("plan", "hidden", "o"),
        }),
        async (name, place, what) => {
          const { run, changes } = world();
          const told = await run(name, { ...place, ...what }).catch((error: unknown) => {
            if (error instanceof ActionError || error instanceof MattermostError) return {};
            throw error;
          });
          const all = `${JSON.stringify(told)} ${changes.join(" ")}`;
          for (const hidden of ["secret", "hidden", "hiddenbot", "closed", "unseen", "dmben", "privately"])
            expect(all).not.toContain(fakeId(hidden));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("N12 changes", () => {
  it("N12 only the bot's own posts are edited", async () => {
    const { run, changes } = world();
    expect(await run("edit", { messageId: fakeId("own"), message: "better" })).toMatchObject({
      message: { text: "better" },
    });
    expect(await code(run("edit", { messageId: fakeId("annas"), message: "x" }))).toBe("not_own");
    expect(await code(run("edit", { message: "x" }))).toBe("input");
    expect(await code(run("edit", { messageId: fakeId("own"), message: " " }))).toBe("input");
    expect(changes).toEqual([`edit ${fakeId("own")} better`]);
  });
  it("N12 the bot's and the asker's posts are deleted, others' not, and no answers of others with them", async () => {
    const { run, changes } = world();
    await run("delete", { messageId: fakeId("own") });
    await run("delete", { messageId: fakeId("annas") });
    expect(await code(run("delete", { messageId: fakeId("pinnedhere") }))).toBe("not_own");
    expect(await code(run("delete", {}))).toBe("input");
    expect(await code(world({ kind: "person", id: fakeId("ben") }).run("delete", { messageId: fakeId("root") }))).toBe(
      "not_own",
    );
    expect(changes).toEqual([`delete ${fakeId("own")}`, `delete ${fakeId("annas")}`]);
  });
  it("N12 pins, unpins and lists pins", async () => {
    const { run, changes } = world();
    await run("pin", { messageId: fakeId("annas") });
    await run("unpin", { messageId: fakeId("pinnedhere") });
    expect(changes).toEqual([`pin ${fakeId("annas")}`, `unpin ${fakeId("pinnedhere")}`]);
    const { pins } = (await run("list-pins")) as unknown as { pins: { id: string; pinned: boolean }[] };
    expect(pins).toMatchObject([{ id: fakeId("pinnedhere"), pinned: true, author: { username: "ben" } }]);
  });
  it("N12 describes a channel", async () => {
    expect(await world().run("channel-info", { channelId: fakeId("town") })).toMatchObject({
      channel: { id: fakeId("town"), type: "public", name: "town", team: "acme", memberCount: 3 },
    });
  });
});
