import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { MattermostError } from "../../errors.ts";
import { createOpenSocket } from "../../host/websocket.ts";
import type { Http } from "../../mattermost/call.ts";
import { createMattermostClient } from "../../mattermost/client.ts";
import { socketUrl } from "./connection.ts";
import { createCursor } from "./cursor.ts";
import { createFakeClock, until } from "./fake-clock.ts";
import { fakeId, nameOf, startFakeMattermost, type FakeMattermost } from "./fake-mattermost.ts";
import { keepSocket } from "./keep-socket.ts";

/** When the fake server's world is: so that nothing is stale, and nothing in the future. */
const T = 1_700_000_000_000;

let server: FakeMattermost;
let clock: ReturnType<typeof createFakeClock>;
let folder: string;
let stop: AbortController;
let stored: ChannelEvent[];
let problems: string[][];
let ready: boolean;
let said: string[];
let appendFails: boolean;
let running: Promise<void>;

const http: Http = async ({ url, method, headers, body, timeoutMs, signal }) => {
  try {
    const init = { method, headers, signal: signal ?? AbortSignal.timeout(timeoutMs), ...(body ? { body } : {}) };
    const response = await fetch(url, init);
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    throw new MattermostError("network", "Mattermost cannot be reached.", { cause: error });
  }
};

const cursorFile = (): string => join(folder, "socket.json");
const openCursor = () => createCursor({ file: cursorFile(), now: clock.now, log: (sentence) => said.push(sentence) });

function start(): void {
  stop = new AbortController();
  running = keepSocket(
    {
      accountId: "default",
      client: createMattermostClient({ baseUrl: server.url, botToken: "token", http, sleep: async () => undefined }),
      open: createOpenSocket(true),
      url: socketUrl(server.url),
      token: "token",
      cursor: openCursor(),
      now: clock.now,
      random: () => 0.5,
      sleep: clock.sleep,
      onBot: () => undefined,
      append: (events) => {
        if (appendFails) throw new Error("disk full");
        stored.push(...events);
      },
      onReady: (now) => {
        ready = now;
      },
      onProblems: (found) => problems.push(found.map(({ code }) => code)),
      log: { info: (sentence) => said.push(sentence), warn: (sentence) => said.push(sentence) },
    },
    stop.signal,
  );
}
const isReady = (): Promise<void> => until(() => ready);
async function halt(): Promise<void> {
  stop.abort();
  await running;
}
const ids = (): string[] => stored.map(({ id }) => nameOf(id));
/** Ids as the inbox keeps them: each once. */
const once = (): string[] => [...new Set(ids())];
const live = (id: string, at: number, more = {}) =>
  server.tell("posted", "town", { post: server.store(id, { create_at: at, ...more }) });

beforeEach(async () => {
  server = await startFakeMattermost();
  server.addUser("bot", { is_bot: true, roles: "system_user" });
  server.addUser("alice", { is_bot: false, roles: "system_user" });
  server.addChannel("town", "O");
  clock = createFakeClock(T + 100_000);
  folder = mkdtempSync(join(tmpdir(), "socket-"));
  stored = [];
  problems = [];
  said = [];
  ready = false;
  appendFails = false;
});
afterEach(async () => {
  await halt();
  await server.stop();
  rmSync(folder, { recursive: true });
});

const reactionOf = (post: string, emoji_name: string) => ({
  ...{ post_id: fakeId(post), user_id: fakeId("alice"), emoji_name },
});

/** Runs once, so that everything up to now is known, and is away afterwards. */
async function knowUpTo(ms: number): Promise<void> {
  server.store("known", { create_at: ms });
  start();
  await isReady();
  await halt();
  ready = false;
}

describe("events by WebSocket", () => {
  it("S17 come in the same shape and with the same ids as the plugin's", async () => {
    start();
    await isReady();
    const post = server.store("p1", { create_at: T + 1, root_id: "root", props: { from_bot: "true", secret: "x" } });
    server.tell("posted", "town", { post });
    server.tell("post_edited", "town", { post: { ...post, edit_at: T + 2, message: "changed" } });
    const reaction = { ...reactionOf("p1", "eyes"), create_at: T + 3, update_at: T + 4 };
    server.tell("reaction_added", "town", { reaction });
    server.tell("reaction_removed", "town", { reaction: { ...reaction, update_at: T + 5 } });
    server.tell("post_deleted", "town", { post });
    await until(() => stored.length === 5);
    expect(ids()).toEqual([
      "post.created:p1",
      `post.edited:p1:${String(T + 2)}`,
      `reaction.added:p1:alice:eyes:${String(T + 4)}`,
      `reaction.removed:p1:alice:eyes:${String(T + 5)}`,
      "post.deleted:p1",
    ]);
    expect(stored[0]).toEqual({
      id: `post.created:${fakeId("p1")}`,
      type: "post.created",
      lane: fakeId("town"),
      ts: T + 1,
      stale: false,
      actor: {
        id: fakeId("alice"),
        username: "alice",
        display_name: "",
        is_bot: false,
        is_guest: false,
        is_system: false,
        is_webhook: false,
        is_deactivated: false,
      },
      channel: {
        id: fakeId("town"),
        type: "O",
        name: "town",
        display_name: "",
        team_id: fakeId("team"),
        team_name: "acme",
      },
      thread_root: fakeId("root"),
      post: {
        id: fakeId("p1"),
        user_id: fakeId("alice"),
        root_id: fakeId("root"),
        create_at: T + 1,
        message: "text of p1",
        type: "",
        edit_at: 0,
        file_ids: [],
        props: { from_bot: "true" },
      },
    });
    expect(new Set(stored.map((event) => event.thread_root))).toEqual(new Set([fakeId("root")]));
  });

  it("S17 N10 tell who did it by the server's records, and never the bot's own posts or the system's", async () => {
    server.addUser("robot", { is_bot: true, roles: "system_user" });
    server.addUser("guest", { is_bot: false, roles: "system_guest" });
    start();
    await isReady();
    live("own", T + 1, { user_id: "bot" });
    live("join", T + 2, { type: "system_join_channel" });
    live("burning", T + 3, { type: "burn_on_read" });
    live("claims", T + 4, { props: { from_bot: "true" } });
    live("robots", T + 5, { user_id: "robot" });
    live("guests", T + 6, { user_id: "guest" });
    await until(() => ids().includes("post.created:guests"));
    expect(stored.map(({ id, actor }) => [nameOf(id), actor.is_bot, actor.is_guest])).toEqual([
      ["post.created:claims", false, false],
      ["post.created:robots", true, false],
      ["post.created:guests", false, true],
    ]);
  });

  it("S17 ask for who and where once, not for each post", async () => {
    start();
    await isReady();
    server.asked.length = 0;
    for (let i = 0; i < 20; i += 1) live(`p${String(i)}`, T + i);
    await until(() => stored.length === 20);
    expect(server.asked.map(nameOf).toSorted()).toEqual([
      "/api/v4/channels/town",
      "/api/v4/teams/team",
      "/api/v4/users/alice",
    ]);
  });

  it("S17 a reaction to a post that is gone by now is told, if the post came by", async () => {
    start();
    await isReady();
    live("p1", T + 1, { root_id: "root" });
    await until(() => stored.length === 1);
    server.forget("p1");
    server.tell("reaction_added", "town", { reaction: { ...reactionOf("p1", "eyes"), create_at: T + 2 } });
    await until(() => stored.length === 2);
    expect(stored[1]?.thread_root).toBe(fakeId("root"));
  });

  it("S17 a post of an author whom the bot may not see is left out, and the next one comes", async () => {
    server.hide("ghost");
    start();
    await isReady();
    live("unseen", T + 1, { user_id: "ghost" });
    live("seen", T + 2);
    await until(() => stored.length === 1);
    expect(ids()).toEqual(["post.created:seen"]);
  });
});

describe("a gap", () => {
  it("S17 begins at the first start: what was before is not asked for", async () => {
    server.store("old", { create_at: T - 1 });
    start();
    await isReady();
    expect(stored).toEqual([]);
    expect(server.asked.some((path) => path.includes("/posts"))).toBe(false);
  });

  it("S17 is closed completely and in order, beyond 1,000 posts and pages that end within a millisecond", async () => {
    await knowUpTo(T);
    const wanted: string[] = [];
    for (let i = 0; i < 1_650; i += 1) {
      // Three posts in each millisecond, so that some page's end tears them apart.
      server.store(`p${String(i).padStart(4, "0")}`, { create_at: T + 1 + Math.floor(i / 3) });
      wanted.push(`post.created:p${String(i).padStart(4, "0")}`);
    }
    start();
    await isReady();
    expect(new Set(ids())).toEqual(new Set(wanted));
    expect(stored.map(({ ts }) => ts)).toEqual(stored.map(({ ts }) => ts).toSorted((a, b) => a - b));
    expect(stored).toHaveLength(wanted.length);
  });

  it("S17 tells edits, deletions and reactions of older posts", async () => {
    for (const id of ["edited", "deleted", "liked"]) server.store(id, { create_at: T - 600_000 });
    await knowUpTo(T);
    server.store("edited", { create_at: T - 600_000, edit_at: T + 10, update_at: T + 10, message: "new" });
    server.store("deleted", { create_at: T - 600_000, delete_at: T + 20, update_at: T + 20 });
    const reaction = { ...reactionOf("liked", "tada"), create_at: T + 30, update_at: T + 30 };
    const old = { ...reaction, emoji_name: "old", create_at: T - 900_000, update_at: T - 900_000 };
    const own = { ...reaction, user_id: fakeId("bot") };
    server.store("liked", { create_at: T - 600_000, update_at: T + 30, metadata: { reactions: [old, own, reaction] } });
    server.store("version", { create_at: T - 600_000, update_at: T + 10, original_id: "edited", delete_at: T + 10 });
    start();
    await isReady();
    expect(ids()).toEqual([
      `post.edited:edited:${String(T + 10)}`,
      "post.deleted:deleted",
      `reaction.added:liked:alice:tada:${String(T + 30)}`,
    ]);
  });

  it("S17 tells edits of older posts where more than 1,000 changed, too", async () => {
    server.store("edited", { create_at: T - 600_000 });
    for (let i = 0; i < 250; i += 1) server.store(`old${String(i)}`, { create_at: T - 500_000 + i });
    await knowUpTo(T);
    // `posts?since=` tells any thousand of them: here those that are first in the table.
    for (let i = 0; i < 1_100; i += 1) server.store(`p${String(i)}`, { create_at: T + 1 + i });
    server.forget("edited");
    server.store("edited", { create_at: T - 600_000, edit_at: T + 2_000 });
    start();
    await isReady();
    expect(ids()).toHaveLength(1_101);
    expect(ids().at(-1)).toBe(`post.edited:edited:${String(T + 2_000)}`);
  });

  it("S17 a post that was made and deleted in the gap is told as deleted, not as made", async () => {
    await knowUpTo(T);
    server.store("brief", { create_at: T + 1, delete_at: T + 2, update_at: T + 2 });
    start();
    await isReady();
    expect(ids()).toEqual(["post.deleted:brief"]);
  });

  it("S17 what comes by the socket while it is being closed waits behind it", async () => {
    await knowUpTo(T);
    server.store("missed", { create_at: T + 1 });
    server.mood.refuse = 429;
    server.mood.retryAfter = "1";
    start();
    await until(() => clock.slept.includes(1_000));
    await clock.pass(1_000);
    await isReady();
    live("later", T + 2);
    await until(() => ids().includes("post.created:later"));
    expect(once()).toEqual(["post.created:missed", "post.created:later"]);
  });

  it("S17 a cut connection loses nothing", async () => {
    start();
    await isReady();
    live("before", T + 1);
    await until(() => ids().length === 1);
    server.cut();
    await until(() => !ready);
    server.store("between", { create_at: T + 2 });
    await clock.pass(500);
    await isReady();
    live("after", T + 3);
    await until(() => ids().includes("post.created:after"));
    expect(once()).toEqual(["post.created:before", "post.created:between", "post.created:after"]);
  });

  it("S17 an event that the socket left out is read by REST", async () => {
    start();
    await isReady();
    server.store("leftout", { create_at: T + 1 });
    server.skip();
    live("noticed", T + 2);
    await until(() => !ready);
    await clock.pass(500);
    await until(() => ids().length === 2);
    expect(ids()).toEqual(["post.created:leftout", "post.created:noticed"]);
  });

  it("S17 what cannot be stored is not taken as known: it comes again", async () => {
    await knowUpTo(T);
    server.store("kept", { create_at: T + 1 });
    appendFails = true;
    start();
    await until(() => clock.slept.includes(500));
    await clock.pass(500);
    await until(() => problems.at(-1)?.[0] === "inbox.unavailable");
    appendFails = false;
    await clock.pass(1_000);
    await isReady();
    expect(ids()).toEqual(["post.created:kept"]);
    expect(problems.at(-1)).toEqual([]);
  });

  it("S17 a channel that the bot may not read any more does not hold the others back", async () => {
    server.addChannel("closed", "P");
    await knowUpTo(T);
    server.store("there", { create_at: T + 1, channel_id: "closed" });
    server.store("here", { create_at: T + 1 });
    server.hide("closed");
    start();
    await isReady();
    expect(ids()).toEqual(["post.created:here"]);
  });
});

describe("reconnecting", () => {
  it("S17 goes on for ever, with pauses that grow to 30 s, and says after the second failure why", async () => {
    server.mood.refuse = 500;
    start();
    for (let i = 0; i < 12; i += 1) {
      await until(() => clock.slept.length === i + 1);
      await clock.pass(clock.slept.at(-1) ?? 0);
    }
    expect(clock.slept.slice(0, 12)).toEqual([500, 1_000, 2_000, 5_000, 10_000, ...Array<number>(7).fill(30_000)]);
    expect(problems[0]).toEqual(["hello.refused"]);
    expect(said.filter((sentence) => sentence.includes("connecting again"))).toHaveLength(1);
    server.mood.refuse = 0;
    await until(() => clock.slept.length === 13);
    await clock.pass(30_000);
    await isReady();
    expect(problems.at(-1)).toEqual([]);
  });

  it("S17 a refused token and a proxy without WebSockets are told apart", async () => {
    server.mood.refuse = 401;
    start();
    await until(() => clock.slept.length === 1);
    await clock.pass(500);
    await until(() => problems.length === 1);
    expect(problems[0]).toEqual(["token.refused"]);
    server.mood.refuse = 0;
    server.mood.replies = "fail";
    await until(() => clock.slept.length === 2);
    await clock.pass(1_000);
    await until(() => problems.length === 2);
    expect(problems[1]).toEqual(["socket.down"]);
  });
});
