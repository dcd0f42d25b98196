import { describe, expect, it } from "@jest/globals";
import type { PostEvent } from "@openclaw-mattermost/contract";
import { MattermostError } from "../errors.ts";
import type { GateVerdict } from "./gates.ts";
import { nearMention } from "./near-mention.ts";
import { giveNotice, noticeOf, type NoticeDeps } from "./notices.ts";

const event = (message: string, more: object = {}): PostEvent =>
  ({
    stale: false,
    actor: { id: "anna", username: "anna" },
    channel: { id: "town", type: "O" },
    post: { id: "post", root_id: "root", message },
    ...more,
  }) as PostEvent;

function setUp(isLinked = true) {
  const told: unknown[] = [];
  const logged: string[] = [];
  const noted = new Set<string>();
  let failure: Error | undefined;
  const tell = (what: unknown): Promise<never> =>
    failure ? Promise.reject(failure) : Promise.resolve(told.push(what) as never);
  const deps: NoticeDeps = {
    client: {
      ephemeral: (shown) => tell(["alone", shown.user_id, shown.root_id, shown.text]),
      createPost: (post) => tell(["post", post.channelId, post.rootId, post.message]),
      userByName: (name) =>
        name === "opencraw"
          ? Promise.resolve({ id: "x", username: name, is_bot: false, delete_at: 0 })
          : Promise.reject(new MattermostError("http", "none", { status: name === "openclww" ? 500 : 404 })),
    },
    said: {
      first: (...key) => !noted.has(key.join()) && Boolean(noted.add(key.join())),
      takeBack: (...key) => noted.delete(key.join()),
    },
    botUsername: "openclaw",
    isLinked: () => isLinked,
    log: (sentence) => logged.push(sentence),
  };
  return { deps, told, logged, fail: (error: Error | undefined) => (failure = error) };
}

const dropped = (reason: string, meant = false): GateVerdict => ({ kind: "dropped", reason, meant });

describe("no silence", () => {
  it("N18 who spoke to the bot and is refused is told, and who did not is not", async () => {
    const { deps } = setUp();
    expect(await noticeOf(deps, event("@openclaw hi"), dropped("group_policy", true), false)).toBe("not_allowed");
    expect(await noticeOf(deps, event("@openclaw hi"), dropped("channel_off", true), false)).toBe("channel_off");
    expect(await noticeOf(deps, event("hi all"), dropped("group_policy"), false)).toBeUndefined();
    expect(await noticeOf(deps, event("openclaw, hi"), dropped("own"), false)).toBeUndefined();
  });

  it("N18 who still waits for pairing is told when the code was given before", async () => {
    const { deps } = setUp();
    expect(await noticeOf(deps, event("hello?"), { kind: "pairing" }, true)).toBeUndefined();
    expect(await noticeOf(deps, event("hello?"), { kind: "pairing" }, false)).toBe("waiting_for_pairing");
  });

  it("N18 a name without its @, or misspelt, is asked about, unless it is somebody's", async () => {
    const { deps } = setUp();
    const of = (text: string) => noticeOf(deps, event(text), dropped("not_mentioned"), false);
    expect(await of("openclaw, what is new")).toBe("not_mentioned");
    expect(await of("@opencalw what is new")).toBe("not_mentioned");
    expect(await of("@opencraw what is new")).toBeUndefined();
    // Nobody knows: then better nothing.
    expect(await of("@openclww what is new")).toBeUndefined();
    expect(await of("we should ask openclaw one day")).toBeUndefined();
  });

  it("N18 what waited for long is refused in words too, but a slip in it needs none", async () => {
    const { deps } = setUp();
    const late = event("@openclaw hi", { stale: true });
    expect(await noticeOf(deps, late, dropped("group_policy", true), false)).toBe("not_allowed");
    const slip = event("openclaw, hi", { stale: true });
    expect(await noticeOf(deps, slip, dropped("not_mentioned"), false)).toBeUndefined();
  });

  it("N18 it is said once, to that person alone, in the thread", async () => {
    const { deps, told } = setUp();
    await giveNotice(deps, event("@openclaw hi"), "not_allowed");
    await giveNotice(deps, event("@openclaw hi"), "not_allowed");
    expect(told).toEqual([["alone", "anna", "root", expect.stringContaining("I am not allowed to answer you here.")]]);
    await giveNotice(deps, event("x"), "not_mentioned");
    expect(told).toHaveLength(2);
  });

  it("N18 without the plugin it is one post that names the person", async () => {
    const { deps, told } = setUp(false);
    await giveNotice(deps, event("@openclaw hi"), "not_allowed");
    await giveNotice(deps, event("hi", { channel: { id: "dm", type: "D" } }), "waiting_for_pairing");
    expect(told).toEqual([
      ["post", "town", "root", expect.stringMatching(/^@anna I am not allowed/)],
      ["post", "dm", "root", expect.stringMatching(/^Your request still waits/)],
    ]);
  });

  it("N18 what could not be said is said the next time, and holds nothing up", async () => {
    const { deps, told, logged, fail } = setUp();
    fail(new Error("away"));
    await giveNotice(deps, event("@openclaw hi"), "not_allowed");
    fail(undefined);
    await giveNotice(deps, event("@openclaw hi"), "not_allowed");
    expect([told.length, logged]).toEqual([1, ["A person could not be told why nothing happens."]]);
  });
});

describe("a post that nearly names the bot", () => {
  const cases: [string, string, ReturnType<typeof nearMention>][] = [
    ["openclaw: what is new", "openclaw", { kind: "bare" }],
    ["  Hey OpenClaw what is new", "openclaw", { kind: "bare" }],
    ["openclaw.", "openclaw", { kind: "bare" }],
    ["openclaws are sharp", "openclaw", undefined],
    ["the openclaw is here", "openclaw", undefined],
    ["bot, what is new", "bot", undefined],
    ["@openclw hi", "openclaw", { kind: "typo", name: "openclw" }],
    ["hi @opneclaw", "openclaw", { kind: "typo", name: "opneclaw" }],
    ["@open_claw: hi", "openclaw", { kind: "typo", name: "open_claw" }],
    ["@openclaw hi", "openclaw", undefined],
    ["@here hi", "heres", undefined],
    ["@clam hi", "claw", undefined],
    ["@alerds hi", "alerts", { kind: "typo", name: "alerds" }],
    ["@alice hi", "alerts", undefined],
    ["", "openclaw", undefined],
  ];
  for (const [text, bot, verdict] of cases) {
    it(`N18 "${text}" to @${bot}: ${verdict?.kind ?? "no"}`, () => {
      expect(nearMention(text, bot)).toEqual(verdict);
    });
  }
});
