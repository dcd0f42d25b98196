import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { createCursor } from "./cursor.ts";

let folder: string;
let said: string[];
const NOW = 10_000_000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cursor-"));
  said = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = () =>
  createCursor({ file: join(folder, "state", "socket.json"), now: () => NOW, log: (sentence) => said.push(sentence) });

describe("the cursor", () => {
  it("S17 begins at the first start, and never asks for what was before", () => {
    const cursor = open();
    expect(cursor.since("bot")).toBeUndefined();
    cursor.begin("bot", 500_000);
    expect(cursor.since("bot")).toBe(500_000);
  });

  it("S17 reads again what happened shortly before the last event, as rows appear late", () => {
    const cursor = open();
    cursor.begin("bot", 500_000);
    cursor.move("bot", 900_000);
    expect(cursor.since("bot")).toBe(840_000);
    cursor.move("bot", 700_000);
    expect(cursor.since("bot")).toBe(840_000);
  });

  it("S17 is still known after a restart, and begins anew for another bot", () => {
    const before = open();
    before.begin("bot", 500_000);
    before.move("bot", 900_000);
    before.flush();
    const after = open();
    expect(after.since("bot")).toBe(840_000);
    expect(after.since("another")).toBeUndefined();
  });

  it("S17 does not follow a time in the future, which an import may bring", () => {
    const cursor = open();
    cursor.begin("bot", 500_000);
    cursor.move("bot", NOW * 2);
    expect(cursor.since("bot")).toBe(NOW - 60_000);
  });

  it("S17 moves by the server's times only: this machine's may be ahead", () => {
    const cursor = open();
    cursor.begin("bot", 500_000);
    for (const type of ["post.deleted", "reaction.removed", "reaction.added"])
      cursor.moveBehind("bot", { type, ts: 900_000 } as ChannelEvent);
    expect(cursor.since("bot")).toBe(500_000);
    cursor.moveBehind("bot", { type: "post.created", ts: 900_000 } as ChannelEvent);
    expect(cursor.since("bot")).toBe(840_000);
  });

  it("S17 begins anew where its file is broken, and says so", () => {
    const before = open();
    before.begin("bot", 500_000);
    writeFileSync(join(folder, "state", "socket.json"), "{half");
    expect(open().since("bot")).toBeUndefined();
    expect(said).toEqual(["How far events are known cannot be read, so it begins anew."]);
  });

  it("S17 holds times and the bot's id, nothing else", () => {
    open().begin("bot", 500_000);
    expect(JSON.parse(readFileSync(join(folder, "state", "socket.json"), "utf8"))).toEqual({
      bot: "bot",
      from: 500_000,
      at: 500_000,
    });
  });
});
