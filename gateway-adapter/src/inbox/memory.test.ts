import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { PostEvent } from "@openclaw-mattermost/contract";
import { createMemory, type Memory } from "./memory.ts";
import { createQueue } from "./queue.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let store: Store;
let memory: Memory;
let queue: ReturnType<typeof createQueue>;

const post = (id: string, message: string, more: Partial<PostEvent> = {}): PostEvent =>
  ({
    id: `post.created:${id}`,
    type: "post.created",
    lane: "lane",
    ts: 1,
    stale: true,
    actor: { username: "anna" },
    post: { id, message, edit_at: 0 },
    ...more,
  }) as PostEvent;
const edit = (id: string, editAt: number, message: string): PostEvent =>
  ({
    ...post(id, message),
    id: `post.edited:${id}:${String(editAt)}`,
    type: "post.edited",
    post: { id, message, edit_at: editAt },
  }) as PostEvent;
const work = async (id: string): Promise<void> => {
  await queue.complete((await queue.claim(id)) ?? "");
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "memory-"));
  store = openStore(join(folder, "inbox.sqlite"), { now: () => 1 });
  memory = createMemory(store, () => 1);
  queue = createQueue(store, {
    channelId: "mattermost",
    accountId: "default",
    now: () => 1,
    isHeld: () => false,
    failing: () => undefined,
  });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

describe("N9 what the inbox remembers of posts", () => {
  it("N9 the newest edit that waits is found, and only that post's", () => {
    store.append([post("a", "one"), edit("a", 10, "two"), edit("a", 20, "three"), edit("ab", 30, "another")]);
    expect(memory.latestEdit("a")?.post.message).toBe("three");
    expect(memory.latestEdit("b")).toBeUndefined();
  });

  it("N9 an edit that was worked off is not found again", async () => {
    store.append([edit("a", 10, "two")]);
    await work("post.edited:a:10");
    expect(memory.latestEdit("a")).toBeUndefined();
  });

  it("N9 a verdict and its version outlive the post's text", async () => {
    store.append([post("a", "one")]);
    expect(memory.verdictOf("a")).toBeUndefined();
    memory.decide({ postId: "a", lane: "lane", verdict: "dropped:not_mentioned", editAt: 0, by: "post.created:a" });
    await work("post.created:a");
    expect(memory.verdictOf("a")).toEqual({ verdict: "dropped:not_mentioned", editAt: 0, by: "post.created:a" });
  });

  it("N9 the newest edit is the one that was made last, not the one that arrived last", () => {
    store.append([edit("a", 20, "three"), edit("a", 10, "two")]);
    expect(memory.latestEdit("a")?.post.message).toBe("three");
  });

  it("N9 a post that is decided by its edit before it arrives itself is not taken again", () => {
    store.append([edit("a", 10, "two")]);
    memory.decide({ postId: "a", lane: "lane", verdict: "turn", editAt: 10, by: "post.edited:a:10" });
    expect(store.append([post("a", "one")])).toBe(0);
    expect(memory.verdictOf("a")).toEqual({ verdict: "turn", editAt: 10, by: "post.edited:a:10" });
  });

  it("N9 a post is deleted with the root of its thread", () => {
    store.append([{ ...post("r", ""), id: "post.deleted:r", type: "post.deleted" }]);
    expect(memory.isDeleted({ id: "r", root_id: "" })).toBe(true);
    expect(memory.isDeleted({ id: "a", root_id: "r" })).toBe(true);
    expect(memory.isDeleted({ id: "a", root_id: "" })).toBe(false);
  });

  it("N9 a kept post is told as its newest edit reads, and not at all when its thread is gone", async () => {
    const reply = post("b", "reply");
    store.append([post("a", "one"), reply]);
    memory.keepForLater(post("a", "one"));
    memory.keepForLater({ ...reply, post: { ...reply.post, root_id: "r" } });
    await work("post.created:a");
    expect(memory.rewordKept(edit("a", 20, "three"))).toBe(true);
    expect(memory.rewordKept(edit("a", 10, "two"))).toBe(false);
    expect(memory.rewordKept(edit("c", 10, "x"))).toBe(false);
    memory.dropKept("r");
    expect(memory.keptIn("lane").map((each) => each.post.message)).toEqual(["three"]);
  });

  it("N9 a file of a version that did not know who decided is taken over", () => {
    store.append([post("a", "one")]);
    store.db.exec("UPDATE events SET verdict = 'turn'; ALTER TABLE events DROP COLUMN decidedBy");
    store.db.exec("DROP TABLE seen; DROP TABLE notes; PRAGMA user_version = 0");
    store.close();
    store = openStore(join(folder, "inbox.sqlite"), { now: () => 1 });
    memory = createMemory(store, () => 1);
    expect(memory.verdictOf("a")).toEqual({ verdict: "turn", editAt: 0, by: "post.created:a" });
  });

  it("N1 kept posts are told with the event that carries them, and not before it is completed", async () => {
    store.append([post("a", "one"), post("b", "two"), post("c", "three")]);
    expect(memory.hasStaleBehind(post("a", ""))).toBe(true);
    memory.keepForLater(post("a", "one, edited"));
    memory.keepForLater(post("b", "two"));
    await work("post.created:a");
    await work("post.created:b");
    expect(memory.hasStaleBehind(post("c", ""))).toBe(false);
    expect(memory.keptIn("lane").map((each) => each.post.message)).toEqual(["one, edited", "two"]);
    memory.tellKeptWith("lane", "post.created:c");
    expect(memory.keptIn("lane")).toHaveLength(2);
    await work("post.created:c");
    expect(memory.keptIn("lane")).toEqual([]);
    expect(store.get("post.created:a")?.body).toBe("");
  });

  it("N9 a kept post that is deleted is told to nobody", () => {
    store.append([post("a", "one"), post("b", "two")]);
    memory.keepForLater(post("a", "one"));
    memory.keepForLater(post("b", "two"));
    memory.dropKept("a");
    expect(memory.keptIn("lane").map((each) => each.post.id)).toEqual(["b"]);
  });
});
