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
  memory = createMemory(store);
  queue = createQueue(store, { channelId: "mattermost", accountId: "default" }, () => 1);
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
    memory.decide("a", "dropped:not_mentioned", 0);
    await work("post.created:a");
    expect(memory.verdictOf("a")).toEqual({ verdict: "dropped:not_mentioned", editAt: 0 });
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
