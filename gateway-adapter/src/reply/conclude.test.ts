import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { openNotes, type Notes } from "../notes/notes.ts";
import { concludeLeftOver, concludePost } from "./conclude.ts";

const BUTTONS = { attachments: [{ actions: [{ id: "deny", name: "Deny", type: "button" }] }] };
const AWAY = new MattermostError("http", "away", { status: 503 });

let folder: string;
let notes: Notes;
let posts: Map<string, { message: string; channel_id: string; root_id: string; props: Record<string, unknown> }>;
let failures: Error[];
let onRewrite: () => void;

const client = {
  postWithProps: async (id: string) => {
    const failure = failures.shift();
    if (failure) throw failure;
    const post = posts.get(id);
    if (!post) throw new MattermostError("http", "gone", { status: 404 });
    return post as never;
  },
  rewritePost: async (id: string, change: { message: string; props: Record<string, unknown> }) => {
    onRewrite();
    posts.set(id, { channel_id: "town", root_id: "", ...change });
    return { id } as never;
  },
};
const sleep = (): Promise<void> => Promise.resolve();
const deps = () => ({ client, asked: notes.asked, sleep });
const ask = (id: string): void => {
  posts.set(id, { message: "May I?", channel_id: "town", root_id: "", props: BUTTONS });
  notes.asked.asked({ post: id, request: `request of ${id}`, place: "town", lost: "⌛ **Void**" });
};
const lineOf = (id: string): unknown =>
  (posts.get(id)?.props.attachments as { text?: string }[] | undefined)?.at(-1)?.text;
const open = (processId: string): Notes =>
  openNotes({ file: join(folder, "notes.sqlite"), now: () => 1_000_000_000_000, processId });
/** The gateway ends, and another one closes what it left. */
async function restart(): Promise<void> {
  notes.close();
  notes = open("second");
  const stop = new AbortController();
  const wait = async (): Promise<void> => {
    stop.abort();
  };
  await concludeLeftOver({ ...deps(), wait, log: () => undefined }, stop.signal);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "asked-"));
  notes = open("first");
  posts = new Map();
  failures = [];
  onRewrite = () => undefined;
});
afterEach(() => {
  notes.close();
  rmSync(folder, { recursive: true });
});

describe("N8 what stands in place of buttons", () => {
  it("N8 a choice that comes too late leaves who decided", async () => {
    ask("p");
    expect(await concludePost(deps(), "p", "✗ **Denied** by @bob")).toBe("✗ **Denied** by @bob");
    expect(await concludePost(deps(), "p", "⌛ **Over**", "unless_known")).toBe("✗ **Denied** by @bob");
    expect(lineOf("p")).toBe("✗ **Denied** by @bob");
  });

  it("N8 of two lines at once the one that knows who decided stays", async () => {
    ask("p");
    onRewrite = () => {
      onRewrite = () => undefined;
      notes.asked.decided("p", "✗ **Denied** by @bob");
    };
    expect(await concludePost(deps(), "p", "⌛ **Over**", "unless_known")).toBe("✗ **Denied** by @bob");
    expect(lineOf("p")).toBe("✗ **Denied** by @bob");
  });

  it("N8 it is tried again while Mattermost is away, and a post that is gone is done", async () => {
    ask("p");
    failures = [AWAY, AWAY];
    await concludePost(deps(), "p", "✓ **Allowed once**");
    expect(lineOf("p")).toBe("✓ **Allowed once**");
    await concludePost(deps(), "gone", "✓ **Allowed once**");
    expect(notes.asked.leftOver()).toEqual([]);
  });

  it("N8 after a restart buttons that mean nothing are closed, and a decision that was not shown is", async () => {
    for (const id of ["open", "decided", "shown", "chosen"]) ask(id);
    notes.asked.decided("decided", "✓ **Allowed once** by @alice");
    await concludePost(deps(), "shown", "✗ **Denied**");
    posts.set("chosen", {
      message: "",
      channel_id: "town",
      root_id: "",
      props: { attachments: [{ text: "✓ **Yes**" }] },
    });
    await restart();
    expect(["open", "decided", "shown", "chosen"].map(lineOf)).toEqual([
      "⌛ **Void**",
      "✓ **Allowed once** by @alice",
      "✗ **Denied**",
      "✓ **Yes**",
    ]);
    expect(notes.asked.leftOver()).toEqual([]);
  });

  it("N8 a click that was first of all after the restart is told the same", async () => {
    ask("p");
    notes.close();
    notes = open("second");
    expect(await concludePost(deps(), "p", "⌛ **Over**", "unless_known")).toBe("⌛ **Void**");
  });

  it("N8 a question that is open is found again in this process alone", () => {
    ask("p");
    expect(notes.asked.openAt("request of p", "town")).toBe("p");
    expect(notes.asked.openAt("request of p", "elsewhere")).toBeUndefined();
    notes.close();
    notes = open("second");
    expect(notes.asked.openAt("request of p", "town")).toBeUndefined();
  });
});
