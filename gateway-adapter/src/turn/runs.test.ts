import { beforeEach, describe, expect, it } from "@jest/globals";
import { createRuns, type Run, type Runs } from "./runs.ts";

let told: string[];
let ids: number;
let runs: Runs;

const begin = (postId: string, over: { user?: string; channel?: string; root?: string } = {}): Run =>
  runs.begin(
    { id: postId, root_id: over.root ?? "" },
    { channelId: over.channel ?? "town", rootId: over.root ?? "", postId, userId: over.user ?? "anna" },
  );

beforeEach(() => {
  told = [];
  ids = 0;
  runs = createRuns({
    newId: () => `run${String((ids += 1))}`,
    now: () => 1,
    onState: ({ id, state, tool }) => told.push([id, state, tool].filter(Boolean).join(" ")),
  });
});

describe("N6 the state of runs", () => {
  it("N6 is told as it changes, and only then", () => {
    const run = begin("a");
    expect(told).toEqual([]);
    run.handed();
    run.begun();
    run.uses("exec");
    run.uses("exec");
    run.uses("");
    run.end();
    run.end();
    expect(told).toEqual(["run1 working", "run1 working exec", "run1 working", "run1 done"]);
  });

  it("N6 of one that waits, fails, or was taken back is the truth", () => {
    const waiting = begin("a");
    waiting.handed();
    waiting.queued();
    waiting.uses("exec");
    waiting.begun();
    waiting.end("failed");
    const deleted = begin("b");
    deleted.begun();
    runs.cancel("b");
    deleted.end();
    expect(told).toEqual([
      "run1 working",
      "run1 queued",
      "run1 working",
      "run1 failed",
      "run2 working",
      "run2 stopped",
    ]);
  });

  it("N6 of what never came to the agent is told to nobody", () => {
    begin("a").end();
    expect(told).toEqual([]);
  });
});

describe("N7 stopping one's own runs", () => {
  it("N7 in a thread stops that thread's, at top level all of the asker's in the channel, and nobody else's", () => {
    const inThread = begin("a", { root: "r1" });
    const inOther = begin("b", { root: "r2" });
    const elsewhere = begin("c", { channel: "hall" });
    const bobs = begin("d", { user: "bob", root: "r1" });
    expect(runs.stop({ userId: "anna", channelId: "town", rootId: "r1" })).toBe(1);
    expect([inThread, inOther].map((run) => run.takenBack())).toEqual(["stopped", undefined]);
    expect(runs.stop({ userId: "anna", channelId: "town", rootId: "" })).toBe(1);
    expect([inOther, elsewhere, bobs].map((run) => run.takenBack())).toEqual(["stopped", undefined, undefined]);
  });

  it("N5 N7 a Stop button stops the run that it stands at, and no other", () => {
    const one = begin("a");
    const other = begin("b");
    expect(runs.stop({ userId: "bob", channelId: "town", rootId: "", postId: "b" })).toBe(0);
    expect(runs.stop({ userId: "anna", channelId: "town", rootId: "", postId: "b" })).toBe(1);
    expect([one, other].map((run) => run.takenBack())).toEqual([undefined, "stopped"]);
    other.end();
    expect([runs.has("a"), runs.has("b")]).toEqual([true, false]);
  });

  it("N7 one that has ended cannot be stopped, and none is stopped twice", () => {
    begin("a").end();
    begin("b");
    expect(runs.stop({ userId: "anna", channelId: "town", rootId: "" })).toBe(1);
    expect(runs.stop({ userId: "anna", channelId: "town", rootId: "" })).toBe(0);
  });
});

describe("N9 taking requests back", () => {
  it("N9 a deleted root takes its thread's with it, an edit only what has not begun", () => {
    const deferred = begin("d");
    deferred.handed();
    runs.revise("d");
    expect(deferred.takenBack()).toBeUndefined();
    deferred.queued();
    expect(deferred.takenBack()).toBe("edited");
    const reply = begin("a", { root: "r1" });
    const begun = begin("b");
    begun.begun();
    const before = begin("c");
    runs.revise("b");
    runs.revise("c");
    expect(runs.cancel("r1")).toBe(true);
    expect(runs.cancel("r1")).toBe(false);
    expect([reply, begun, before].map((run) => run.takenBack())).toEqual(["deleted", undefined, "edited"]);
  });
});
