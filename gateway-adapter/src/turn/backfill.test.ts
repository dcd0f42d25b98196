import { describe, expect, it } from "@jest/globals";
import type { PostEvent } from "@openclaw-mattermost/contract";
import { personSchema } from "../mattermost/people.ts";
import { postRowSchema, type PostRow } from "../mattermost/rows.ts";
import { threadHistory } from "./backfill.ts";
import type { Admitted } from "./gates.ts";
import type { PluginRuntime } from "../host/runtime.ts";

const EVENT = {
  channel: { id: "town" },
  post: { id: "asked", root_id: "root", create_at: 100 },
} as PostEvent;

const post = (id: string, at: number, message: string, more: object = {}): PostRow =>
  postRowSchema.parse({
    ...{ id, channel_id: "town", root_id: id === "root" ? "" : "root", create_at: at, user_id: "anna", message },
    ...more,
  });

interface Given {
  posts?: PostRow[];
  session?: string;
  told?: string;
  historyLimit?: number;
  fails?: boolean;
  visibility?: "all" | "allowlist";
}

async function tell({ posts = [], session, told, historyLimit, fails, visibility = "all" }: Given) {
  const logged: string[] = [];
  const asked: unknown[] = [];
  const history = await threadHistory(
    {
      // The policy lets anna take part and nobody else.
      runtime: {
        config: { current: () => ({}) },
        channel: {
          inbound: {
            ingress: {
              resolveStable: ({ subject }: { subject: { stableId: string } }) =>
                Promise.resolve({ ingress: { decision: subject.stableId === "anna" ? "allow" : "block" } }),
            },
          },
        },
      } as unknown as PluginRuntime,
      bot: { id: "bot", username: "openclaw" },
      log: (sentence) => logged.push(sentence),
      backfill: {
        client: {
          threadBefore: (rootId, before, limit) => {
            asked.push([rootId, before, limit]);
            return fails ? Promise.reject(new Error("away")) : Promise.resolve(posts);
          },
          people: (ids) => Promise.resolve(ids.map((id) => personSchema.parse({ id, username: id }))),
        },
        sessionId: () => session,
        isTold: (_key, id) => id === told,
      },
    },
    EVENT,
    {
      cfg: { channels: { mattermost: { contextVisibility: visibility } } },
      account: { accountId: "default", historyLimit, allowFrom: [], groupAllowFrom: [] },
      where: { sessionThread: "root", kind: "channel" },
      route: { agentId: "main" },
      sessionKey: "key",
    } as unknown as Admitted,
  );
  return { history, logged, asked };
}

const THREAD = [
  post("asked", 100, "the question itself"),
  post("r2", 30, "second", { user_id: "bot" }),
  post("root", 10, "the beginning"),
  post("r1", 20, "first", { user_id: "bob" }),
];

describe("what a session without memory is told of its thread", () => {
  it("L4 what was said before the post, in order and with names", async () => {
    const { history, asked } = await tell({ posts: THREAD });
    expect(history).toBe("@anna: the beginning\n@bob: first\n@openclaw (you): second");
    expect(asked).toEqual([["root", { id: "asked", at: 100 }, 51]]);
  });

  it("L4 only what the channel shows: nothing later, deleted, from elsewhere, of the system, no preview", async () => {
    const hidden = [
      post("later", 101, "later"),
      post("gone", 20, "deleted", { delete_at: 25 }),
      post("else", 20, "elsewhere", { channel_id: "other" }),
      post("stray", 20, "another thread", { root_id: "other" }),
      post("join", 20, "joined", { type: "system_join_channel" }),
      post("preview", 20, "half an answer", { props: { openclaw_preview: "key" } }),
      post("empty", 20, " "),
    ];
    expect((await tell({ posts: [...hidden, post("file", 20, "", { file_ids: ["f"] })] })).history).toBe(
      "@anna: [a file]",
    );
  });

  it("L4 a session that was told is not told again; a new one is", async () => {
    expect((await tell({ posts: THREAD, session: "one", told: "one" })).asked).toEqual([]);
    expect((await tell({ posts: THREAD, session: "two", told: "one" })).history).toContain("the beginning");
  });

  it("L4 historyLimit bounds it, and 0 switches it off", async () => {
    expect((await tell({ posts: THREAD, historyLimit: 1 })).history).toBe("@openclaw (you): second");
    expect((await tell({ posts: THREAD, historyLimit: 0 })).asked).toEqual([]);
  });

  it("L4 contextVisibility hides those whom the policy does not let in", async () => {
    expect((await tell({ posts: THREAD, visibility: "allowlist" })).history).toBe(
      "@anna: the beginning\n@openclaw (you): second",
    );
  });

  it("L4 the latest that fits is told, and a server that fails holds nothing up", async () => {
    const long = [post("root", 10, "a".repeat(15_000)), post("r1", 20, "b".repeat(2_000)), post("r2", 30, "last")];
    expect((await tell({ posts: long })).history).toBe(`@anna: ${"b".repeat(2_000)}\n@anna: last`);
    const failed = await tell({ fails: true });
    expect([failed.history, failed.logged]).toEqual([
      undefined,
      ["A thread could not be read; the agent goes without what was said before."],
    ]);
  });
});
