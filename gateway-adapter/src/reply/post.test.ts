import { describe, expect, it } from "@jest/globals";
import { DatabaseSync } from "node:sqlite";
import { MattermostError } from "../errors.ts";
import { createUnsure } from "../notes/unsure.ts";
import type { PostRow } from "../mattermost/rows.ts";
import { onceId } from "./delivery-key.ts";
import { withinTurn } from "../patience.ts";
import { sendPost } from "./post.ts";

function world(...refusals: MattermostError[]) {
  const roots: (string | undefined)[] = [];
  const client = {
    createPost: async ({ channelId, rootId }: { channelId: string; rootId?: string }) => {
      roots.push(rootId);
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      return { id: "new", channel_id: channelId, root_id: rootId ?? "", create_at: 1 };
    },
    postsSince: async () => [],
    post: async (id: string) => ({ id, root_id: id === "reply" ? "root" : "" }) as PostRow,
  };
  const send = (rootId: string) =>
    sendPost(
      { client, destinations: { channelId: async () => "c" } },
      { to: `channel:${"c".repeat(26)}`, text: "hello", rootId },
    );
  return { roots, send };
}
const noRoot = new MattermostError("http", "no root", {
  status: 400,
  serverId: "api.post.create_post.root_id.app_error",
});

describe("S6 posts in threads", () => {
  it("S6 an answer to a post inside a thread goes to that thread", async () => {
    const { roots, send } = world(noRoot);
    expect(await send("reply")).toEqual({ id: "new", channelId: "c" });
    expect(roots).toEqual(["reply", "root"]);
  });
  it("S6 a root that is none stays refused, and nothing is sent twice", async () => {
    const { roots, send } = world(noRoot);
    await expect(send("elsewhere")).rejects.toBe(noRoot);
    expect(roots).toEqual(["elsewhere"]);
  });
  it("N1 whoever sends is asked right before the post, and can keep it from being posted", async () => {
    const order: string[] = [];
    const client = {
      createPost: async () => {
        order.push("posted");
        return { id: "new", channel_id: "c", root_id: "", create_at: 1 };
      },
      postsSince: async () => [],
      post: async () => ({}) as PostRow,
    };
    const deps = { client, destinations: { channelId: async () => "c" } };
    const request = { to: `channel:${"c".repeat(26)}`, text: "hello", rootId: "" };
    const onPosting = async (): Promise<void> => {
      order.push("asked");
    };
    await sendPost(deps, { ...request, onPosting });
    const refused = sendPost(deps, {
      ...request,
      onPosting: () => {
        throw new Error("not any more");
      },
    });
    await expect(refused).rejects.toThrow("not any more");
    expect(order).toEqual(["asked", "posted"]);
  });
  it("S9 a channel that the bot is not in is told, with what to do", async () => {
    const refused = new MattermostError("http", "no permission", { status: 403, requestId: "r1" });
    const sent = world(refused).send("");
    await expect(sent).rejects.toThrow("Invite it there, then try again.");
    await expect(sent).rejects.toMatchObject({ status: 403, requestId: "r1" });
  });
});

describe("N1 a post of which nobody knows whether it was taken", () => {
  const reset = new MattermostError("network", "The connection was reset.");
  const KEY = "queue:0";

  /** `fate`: what becomes of each attempt in turn; `taken` is one whose answer is lost. */
  function doubtful(...fate: ("taken" | "not taken" | "refused")[]) {
    const there: string[] = [];
    const slept: number[] = [];
    let looked = 0;
    const unsure = createUnsure(new DatabaseSync(":memory:"), () => 0);
    const client = {
      createPost: async ({ props }: { props?: Record<string, unknown> }) => {
        const now = fate.shift();
        if (now === "refused") throw new MattermostError("http", "too long", { status: 400 });
        if (now !== "not taken") there.push(String(props?.["openclaw_delivery"]));
        if (now) throw reset;
        return { id: "new", channel_id: "c", root_id: "", create_at: 1 };
      },
      post: async () => ({}) as PostRow,
      postsSince: async () => {
        looked += 1;
        return there.map((deliveryKey) => ({ id: "found", deliveryKey, previewKey: "" }));
      },
    };
    const sleep = async (ms: number): Promise<void> => {
      slept.push(ms);
    };
    const send = (more: { patient?: boolean; signal?: AbortSignal } = {}) =>
      sendPost(
        { client, destinations: { channelId: async () => "c" }, unsure, sleep },
        { to: `channel:${"c".repeat(26)}`, text: "hello", rootId: "", onceKey: KEY, ...more },
      );
    return { send, there, slept, looked: () => looked, isUnsure: () => unsure.since(onceId(KEY)) !== undefined };
  }

  it("N1 is looked for before it is sent again, and found", async () => {
    const { send, there, isUnsure } = doubtful("taken");
    await expect(send()).rejects.toBe(reset);
    expect(isUnsure()).toBe(true);
    expect(await send()).toEqual({ id: "found", channelId: "c" });
    expect([there.length, isUnsure()]).toEqual([1, false]);
  });
  it("N1 is sent again where it is not there", async () => {
    const { send, there, isUnsure } = doubtful("not taken");
    await expect(send()).rejects.toBe(reset);
    expect(await send()).toEqual({ id: "new", channelId: "c" });
    expect([there.length, isUnsure()]).toEqual([1, false]);
  });
  it("N1 what the server refuses, and what it took, is in no doubt", async () => {
    const refused = doubtful("refused");
    await expect(refused.send()).rejects.toThrow("too long");
    const fine = doubtful();
    await fine.send();
    expect([refused.isUnsure(), fine.isUnsure(), fine.looked()]).toEqual([false, false, 0]);
  });
  it("N1 an answer is tried again at once, for five minutes", async () => {
    const { send, there, slept } = doubtful("not taken", "not taken", "taken");
    expect(await send({ patient: true })).toEqual({ id: "found", channelId: "c" });
    expect([there.length, slept]).toEqual([1, [1_000, 2_000, 4_000]]);
    const never = doubtful(...Array.from({ length: 12 }, () => "not taken" as const));
    await expect(never.send({ patient: true })).rejects.toBe(reset);
    expect(never.slept.reduce((sum, ms) => sum + ms)).toBe(300_000);
  });
  it("N1 in a turn it is tried for an hour, so that no next turn gets ahead of it; what the turn leaves behind is not", async () => {
    const outage = (attempts: number) => doubtful(...Array.from({ length: attempts }, () => "not taken" as const));
    const long = outage(60);
    let left: typeof long | undefined;
    let leftBehind: Promise<unknown> = Promise.resolve();
    const sent = await withinTurn(async () => {
      const answer = await long.send({ patient: true });
      left = outage(100);
      leftBehind = new Promise(setImmediate).then(() => left?.send({ patient: true }));
      return answer;
    });
    await expect(leftBehind).rejects.toBe(reset);
    expect([sent.id, left?.slept.length]).toEqual(["new", 10]);
    const never = outage(100);
    await expect(withinTurn(() => never.send({ patient: true }))).rejects.toBe(reset);
    expect(never.slept.reduce((sum, ms) => sum + ms)).toBe(3_600_000);
  });
  it("N1 who is stopped while it waits says what went wrong", async () => {
    const { send } = doubtful("not taken", "not taken");
    await expect(send({ patient: true, signal: AbortSignal.abort() })).rejects.toBe(reset);
  });
});
