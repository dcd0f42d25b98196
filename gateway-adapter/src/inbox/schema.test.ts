import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { SCHEMA_VERSION } from "./schema.ts";
import { openStore } from "./store.ts";

let folder: string;
let file: string;
const open = () => openStore(file, { now: () => 1_000 });
const event = { id: "post.created:1", lane: "a", type: "post.created" as const, stale: false };
const at = <T>(path: string, work: (db: DatabaseSync) => T): T => {
  const db = new DatabaseSync(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
};
const versionOf = (path: string): unknown =>
  at(path, (db) => (db.prepare("PRAGMA user_version").get() as { user_version: number }).user_version);

/** A file as the first adapters left it. */
function writeFirstVersion(): void {
  const store = open();
  store.append([event]);
  store.close();
  at(file, (db) => db.exec("DROP TABLE seen; DROP TABLE notes; PRAGMA user_version = 0"));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "schema-"));
  file = join(folder, "inbox.sqlite");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("N1 the inbox's file", () => {
  it("N1 of an older version is brought forward, with all that it holds, and a copy of it is kept", () => {
    writeFirstVersion();
    const store = open();
    expect(store.get(event.id)?.state).toBe("pending");
    expect(store.append([], { jti: "j", untilMs: 2_000 })).toBe(0);
    expect(store.attempts()).toEqual([{ jti: "j", untilMs: 2_000 }]);
    store.close();
    expect(versionOf(file)).toBe(SCHEMA_VERSION);
    // Each thing that is kept beside the events is there as in a new file.
    const again = open();
    again.setNote("a", "1");
    again.setNote("a", "2");
    expect([again.note("a"), again.note("b")]).toEqual(["2", undefined]);
    again.close();
    const copied = at(`${file}.v1`, (db) => db.prepare("SELECT id FROM events").all());
    expect(copied).toEqual([{ id: event.id }]);
  });

  it("N1 a new one needs no copy, and is opened again as it is", () => {
    open().close();
    open().close();
    expect(versionOf(file)).toBe(SCHEMA_VERSION);
    expect(existsSync(`${file}.v1`)).toBe(false);
  });

  it("N1 of a newer adapter is refused with what to do, and left alone", () => {
    open().close();
    at(file, (db) => db.exec(`PRAGMA user_version = ${String(SCHEMA_VERSION + 1)}`));
    expect(open).toThrow(/newer version of the Mattermost adapter.*Install that version again/);
    expect(versionOf(file)).toBe(SCHEMA_VERSION + 1);
  });

  it("N1 that cannot be brought forward stays as it was", () => {
    writeFirstVersion();
    // What stands in the way of the second step.
    at(file, (db) => db.exec("CREATE TABLE seen (other TEXT)"));
    expect(open).toThrow(/already exists/);
    expect(versionOf(file)).toBe(0);
    expect(at(file, (db) => db.prepare("SELECT id FROM events").all())).toEqual([{ id: event.id }]);
  });
});

describe("C3 attempts", () => {
  it("C3 are remembered over a restart until their tokens have expired", () => {
    const store = open();
    store.append([event], { jti: "old", untilMs: 1_000 });
    store.append([], { jti: "young", untilMs: 1_001 });
    store.close();
    const again = open();
    expect(again.attempts()).toEqual([{ jti: "young", untilMs: 1_001 }]);
    again.close();
  });
});
