import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { resolveAccount } from "./config/account-config.ts";
import { openNotes, type Notes } from "./notes/notes.ts";
import { createOutbox, type OutboxDeps } from "./outbox.ts";

const TOWN = "t".repeat(26);

let folder: string;
let notes: Notes;
let made: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ask-"));
  notes = openNotes({ file: join(folder, "notes.sqlite"), now: () => 1_000_000_000_000, processId: "first" });
  made = [];
});
afterEach(() => {
  notes.close();
  rmSync(folder, { recursive: true });
});

/** The outbox of an account that has just started. */
function started(): ReturnType<typeof createOutbox> {
  const parts = {
    client: {
      createPost: async ({ message }: { message: string }) => {
        made.push(message);
        return { id: `post${String(made.length)}`, channel_id: TOWN };
      },
    },
    destinations: { channelId: async () => TOWN },
    attach: async () => [],
    asked: notes.asked,
    unsure: notes.unsure,
  };
  const registry = { partsOf: () => parts, get: () => undefined } as unknown as OutboxDeps["registry"];
  return createOutbox({ registry, account: () => resolveAccount({}, "default", {}) });
}

describe("N8 asking with buttons", () => {
  it("N8 what OpenClaw asks anew after a restart of the channel stands there once", async () => {
    const question = {
      to: `channel:${TOWN}`,
      rootId: "root",
      text: "May I?",
      controls: [],
      request: "one",
      lost: "Void",
    };
    expect(await started().ask({}, "default", question)).toEqual({ postId: "post1" });
    const again = started();
    expect(await again.ask({}, "default", question)).toEqual({ postId: "post1" });
    expect(await again.ask({}, "default", { ...question, request: "two" })).toEqual({ postId: "post2" });
    expect(made).toHaveLength(2);
  });
});
