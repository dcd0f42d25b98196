import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createMemory } from "./memory.ts";
import { createQueue } from "./queue.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let store: Store;
let now = 1_000;
const open = (): Store => openStore(join(folder, "inbox.sqlite"), { now: () => now });
const queueOf = (s: Store) =>
  createQueue(s, {
    channelId: "mattermost",
    accountId: "default",
    now: () => now,
    isHeld: () => false,
    failing: () => undefined,
  });
const event = (id: string, lane = "a") => ({ id, lane, type: "post.created" as const, stale: false });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inbox-"));
  now = 1_000;
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

describe("N1 the inbox", () => {
  it("N1 lets each id through once, also after it is done", async () => {
    const queue = queueOf(store);
    expect(store.append([event("1"), event("2"), event("1")])).toBe(2);
    expect(store.append([event("1")])).toBe(0);
    const claim = await queue.claimNext();
    expect(claim?.id).toBe("1");
    expect(await queue.complete(claim ?? "")).toBe(true);
    expect(store.append([event("1")])).toBe(0);
    expect(store.get("1")?.body).toBe("");
    expect(store.backlog().pending).toBe(1);
  });

  it("N1 stores a whole delivery or nothing of it, and goes on when the disk has room again", () => {
    store.append([event("first")]);
    const pages = (store.db.prepare("PRAGMA page_count").get() as { page_count: number }).page_count;
    store.db.exec(`PRAGMA max_page_count = ${String(pages + 1)}`);
    const large = Array.from({ length: 20 }, (_, i) => ({ ...event(`x${String(i)}`), text: "x".repeat(4_000) }));
    expect(() => store.append(large)).toThrow(/full/);
    expect(store.backlog().pending).toBe(1);
    store.db.exec("PRAGMA max_page_count = 100000");
    expect(store.append(large)).toBe(20);
  });

  it("N1 syncs what it stores, and no claim, which is taken again after a power cut", async () => {
    const level = (): unknown => store.db.prepare("PRAGMA synchronous").get()?.["synchronous"];
    const [FULL, NORMAL] = [2, 1];
    expect(level()).toBe(FULL);
    expect(store.unsynced(level)).toBe(NORMAL);
    store.append([event("1")]);
    await queueOf(store).claimNext();
    expect(level()).toBe(FULL);
    expect(() =>
      store.unsynced(() => {
        throw new Error("no room");
      }),
    ).toThrow("no room");
    expect(level()).toBe(FULL);
  });

  it("N1 syncs what is done, unless it started nothing and would be dropped once more", async () => {
    const queue = queueOf(store);
    const memory = createMemory(store, () => now);
    const synced: boolean[] = [];
    const { inOneWrite } = store;
    store.inOneWrite = (work) => {
      synced.push(store.db.prepare("PRAGMA synchronous").get()?.["synchronous"] === 2);
      return inOneWrite(work);
    };
    for (const verdict of ["turn", "dropped:not_mentioned"] as const) {
      const id = `post.created:${verdict}`;
      store.append([event(id)]);
      memory.decide({ postId: verdict, lane: "a", verdict, editAt: 0, by: id });
      expect(await queue.complete((await queue.claim(id)) ?? "")).toBe(true);
      expect(store.get(id)?.state).toBe("completed");
    }
    expect(synced).toEqual([true, false]);
  });

  it("N1 keeps what was stored, and gives it back in the order of arrival within a lane", async () => {
    store.append([event("1", "a"), event("2", "b"), event("3", "a"), event("4", "b")]);
    store.close();
    store = open();
    const queue = queueOf(store);
    const order: string[] = [];
    for (let claim = await queue.claimNext(); claim; claim = await queue.claimNext()) {
      order.push(claim.id);
      await queue.complete(claim);
    }
    expect(order).toEqual(["1", "2", "3", "4"]);
  });

  it("N1 shows only the head of each lane, however long the lanes are", async () => {
    store.append(Array.from({ length: 500 }, (_, i) => event(`e${String(i)}`, `lane${String(i % 5)}`)));
    expect((await queueOf(store).listPending()).map((record) => record.id)).toEqual(["e0", "e1", "e2", "e3", "e4"]);
  });

  it("N1 passes over blocked lanes", async () => {
    store.append([event("1", "a"), event("2", "b")]);
    expect((await queueOf(store).claimNext({ blockedLaneKeys: ["a"] }))?.id).toBe("2");
  });

  it("N1 a claim that was taken away can no longer complete, release or fail", async () => {
    const queue = queueOf(store);
    store.append([event("1")]);
    const first = await queue.claim("1", { ownerId: "one" });
    expect(await queue.claim("1", { ownerId: "two" })).toBeNull();
    expect(await queue.recoverStaleClaims({ shouldRecover: () => true })).toBe(1);
    const second = await queue.claim("1", { ownerId: "two" });
    expect(first && (await queue.complete(first))).toBe(false);
    expect(first && (await queue.release(first))).toBe(false);
    expect(first && (await queue.fail(first, { reason: "x" }))).toBe(false);
    expect(second && (await queue.complete(second))).toBe(true);
  });

  it("N1 counts attempts, unless told not to", async () => {
    const queue = queueOf(store);
    store.append([event("1")]);
    await queue.release((await queue.claim("1")) ?? "", { lastError: "no model" });
    await queue.release((await queue.claim("1")) ?? "", { recordAttempt: false });
    expect((await queue.listPending())[0]).toMatchObject({ attempts: 1, lastError: "no model" });
  });

  it("N1 a dead letter can be read and tried again", async () => {
    const queue = queueOf(store);
    store.append([event("1")]);
    await queue.fail((await queue.claim("1")) ?? "", { reason: "unreadable", message: "m" });
    expect(await queue.listPending()).toEqual([]);
    expect((await queue.listFailed?.())?.[0]).toMatchObject({ id: "1", reason: "unreadable" });
    expect((await queue.resubmit?.("1"))?.kind).toBe("resubmitted");
    expect((await queue.listPending())[0]?.id).toBe("1");
  });

  it("N1 prunes tombstones by age and number, and never what waits", async () => {
    const queue = queueOf(store);
    store.append([event("1"), event("2"), event("3"), event("4")]);
    for (const id of ["1", "2", "3"]) {
      now += 1_000;
      await queue.complete((await queue.claim(id)) ?? "");
    }
    expect(await queue.prune({ completedTtlMs: 1_500, completedMaxEntries: 1, now })).toBe(2);
    expect(store.get("3")?.state).toBe("completed");
    expect(store.get("4")?.state).toBe("pending");
  });

  it("N1 begins no stale event while more of them come, nor waits for them for ever", async () => {
    const queue = queueOf(store);
    const pending = async () => (await queue.listPending()).map(({ id }) => id);
    const stale = (id: string, lane: string) => ({ ...event(id, lane), stale: true });
    store.append([stale("1", "a"), event("2", "b")]);
    expect(await pending()).toEqual(["2"]);
    now += 499;
    store.append([stale("3", "c")]);
    now += 499;
    expect(await pending()).toEqual(["2"]);
    now += 1;
    expect(await pending()).toEqual(["1", "2", "3"]);
    for (let i = 0; i < 20; i += 1) {
      store.append([stale(`more ${String(i)}`, "a")]);
      expect((await pending()).includes("1")).toBe(i * 300 >= 5_000);
      now += 300;
    }
  });
});

describe("N18 an event that fails", () => {
  it("N18 is told of once when it has failed three times, and when it has failed for good", async () => {
    const told: [string, boolean][] = [];
    const queue = createQueue(store, {
      channelId: "mattermost",
      accountId: "default",
      now: () => now,
      isHeld: () => false,
      failing: (row, forGood) => told.push([row.id, forGood]),
    });
    store.append([event("1")]);
    const claimOf = async () => (await queue.claimNext()) ?? "";
    for (let attempt = 0; attempt < 5; attempt += 1) await queue.release(await claimOf(), { lastError: "no disk" });
    await queue.release(await claimOf(), { recordAttempt: false });
    expect(told).toEqual([["1", false]]);
    await queue.fail(await claimOf(), { reason: "retry-limit-exceeded" });
    expect(told).toEqual([
      ["1", false],
      ["1", true],
    ]);
    await queue.fail("1-that-nobody-knows", { reason: "unknown" });
    expect(told).toHaveLength(2);
  });
});
