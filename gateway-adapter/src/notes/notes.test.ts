import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openNotes, type Notes } from "./notes.ts";
import { FOLLOWED_MS } from "./threads.ts";

const T0 = 1_000_000_000_000;

let folder: string;
let now: number;
const opened: Notes[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "notes-"));
  now = T0;
});
afterEach(() => {
  for (const notes of opened.splice(0)) notes.close();
  rmSync(folder, { recursive: true });
});

function open(processId = "first"): Notes {
  const notes = openNotes({ file: join(folder, "notes.sqlite"), now: () => now, processId });
  opened.push(notes);
  return notes;
}

describe("what an account remembers", () => {
  it("L2 a thread is followed for seven days after the last answer in it, across restarts", () => {
    const { threads, close } = open();
    threads.answeredIn("root");
    close();
    now += FOLLOWED_MS - 1;
    const again = open("second");
    expect(again.threads.isFollowed("root")).toBe(true);
    expect(again.threads.isFollowed("other")).toBe(false);
    again.threads.answeredIn("root");
    now += FOLLOWED_MS - 1;
    expect(again.threads.isFollowed("root")).toBe(true);
    now += 1;
    expect(again.threads.isFollowed("root")).toBe(false);
  });

  it("L4 a session is told of its thread once, and a new one again", () => {
    const { threads } = open();
    expect(threads.isTold("key", "one")).toBe(false);
    threads.told("key", "one");
    expect([threads.isTold("key", "one"), threads.isTold("key", "two")]).toEqual([true, false]);
  });

  it("L1 previews of this process are its own; those of an ended one are left over, posted or not", () => {
    const first = open("first");
    first.previews.posting("p1", "town");
    first.previews.posting("p2", "town");
    first.previews.posting("p3", "town");
    first.previews.posted("p2", "post2");
    first.previews.settled("p1");
    expect(first.previews.leftOver()).toEqual([]);
    const second = open("second");
    second.previews.posting("p4", "town");
    expect(second.previews.leftOver()).toEqual([
      { key: "p2", channel: "town", post: "post2", at: T0 },
      { key: "p3", channel: "town", post: "", at: T0 },
    ]);
  });

  it("N18 a notice is given once to a person in a channel, unless it was taken back", () => {
    const { said } = open();
    expect(said.first("anna", "town", "not_allowed")).toBe(true);
    expect(said.first("anna", "town", "not_allowed")).toBe(false);
    expect(said.first("anna", "other", "not_allowed")).toBe(true);
    said.takeBack("anna", "town", "not_allowed");
    expect(open("second").said.first("anna", "town", "not_allowed")).toBe(true);
  });

  it("L2 what is noted after the end is left out, without an error", () => {
    const { threads, previews, said, close } = open();
    close();
    threads.answeredIn("root");
    previews.posting("key", "town");
    expect(said.first("anna", "town", "x")).toBe(false);
    expect(open().threads.isFollowed("root")).toBe(false);
  });
});
