import { describe, expect, it } from "@jest/globals";
import { LIVE_TEXT_MAX, liveSchema, type LiveCall } from "@openclaw-mattermost/contract";
import { MattermostError } from "../../errors.ts";
import { createLiveDraft } from "./draft.ts";

const PLACE = { channelId: "c".repeat(26), rootId: "", requestId: "p".repeat(26) };

/** A plugin that puts together what it is told, and a clock that stands until it is moved on. */
function setUp() {
  const calls: LiveCall[] = [];
  const logged: string[] = [];
  const refusals: string[] = [];
  const sleepers: { ms: number; wake: () => void }[] = [];
  const failures: MattermostError[] = [];
  let text = "";
  const draft = createLiveDraft(
    {
      send: (call) => {
        const failure = failures.shift();
        if (failure) return Promise.reject(failure);
        calls.push(liveSchema.parse(call));
        if (call.text) text = text.slice(0, call.text.offset) + call.text.text;
        return Promise.resolve();
      },
      now: () => 1_000,
      sleep: (ms, signal) =>
        new Promise<void>((resolve) => {
          sleepers.push({ ms, wake: resolve });
          signal.addEventListener("abort", () => {
            resolve();
          });
          if (signal.aborted) resolve();
        }),
      onRefused: (error) => refusals.push(error.serverId),
      log: (sentence) => logged.push(sentence),
    },
    PLACE,
  );
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  };
  return {
    calls,
    logged,
    refusals,
    draft,
    settle,
    text: () => text,
    /** The next calls fail. */
    fail: (error: MattermostError, times = 1) => failures.push(...Array.from({ length: times }, () => error)),
    /** Ends the sleep that is on; its length. */
    wake: async (): Promise<number> => {
      const sleeper = sleepers.pop();
      sleepers.length = 0;
      sleeper?.wake();
      await settle();
      return sleeper?.ms ?? 0;
    },
  };
}

describe("a live draft", () => {
  it("N5 sends only what is new, at a pace, and ends once", async () => {
    const { draft, calls, settle, wake, text } = setUp();
    expect(calls).toEqual([]);
    draft.text("Hello");
    await settle();
    draft.text("Hello wor");
    draft.text("Hello world");
    await settle();
    expect(calls).toHaveLength(1);
    await wake();
    await wake();
    expect(calls.map(({ seq, type, text }) => [seq, type, text])).toEqual([
      [1, "start", { offset: 0, text: "Hello" }],
      [2, "delta", { offset: 5, text: " world" }],
    ]);
    expect(text()).toBe("Hello world");
    await draft.end("end");
    await draft.end("abort");
    draft.text("too late");
    await settle();
    expect(calls.slice(2).map(({ type, seq }) => [type, seq])).toEqual([["end", 3]]);
  });

  it("N5 a correction is sent from its first difference on, never within a character", async () => {
    const { draft, calls, settle, wake, text } = setUp();
    draft.text("I wave 👋 at you");
    await settle();
    draft.text("I wave 👍 at you");
    await wake();
    await wake();
    expect(text()).toBe("I wave 👍 at you");
    expect(calls.at(-1)?.text?.offset).toBe(7);
  });

  it("N5 a silent run says that it is alive", async () => {
    const { draft, calls, settle, wake } = setUp();
    draft.tool({ id: "t", text: "reads", state: "running" });
    await settle();
    const slept = (await wake()) + (await wake());
    expect([slept, calls.length]).toEqual([10_000, 2]);
    expect(calls.map(({ tools }) => tools)).toEqual([[{ id: "t", text: "reads", state: "running" }], []]);
  });

  it("N5 after a gap it begins anew, and what did not arrive is sent again", async () => {
    const { draft, calls, settle, wake, fail, text } = setUp();
    draft.text("one");
    await settle();
    fail(new MattermostError("http", "gap", { status: 409, serverId: "live.gap" }));
    draft.text("one two");
    await wake();
    await wake();
    await wake();
    expect(calls.at(-1)).toMatchObject({ type: "start", text: { offset: 0, text: "one two" } });
    fail(new MattermostError("network", "away"));
    draft.text("one two three");
    await wake();
    await wake();
    await wake();
    expect(text()).toBe("one two three");
  });

  it("N5 a plugin that has lost the draft is told all of it anew, tools and all", async () => {
    const { draft, calls, settle, wake, fail } = setUp();
    const tool = { id: "t", text: "reads", state: "done" } as const;
    draft.tool(tool);
    draft.text("one");
    await settle();
    fail(new MattermostError("http", "gap", { status: 409, serverId: "live.gap" }));
    await wake();
    await wake();
    expect(calls.at(-1)).toMatchObject({ type: "start", text: { offset: 0, text: "one" }, tools: [tool] });
  });

  it("N5 after a failure it waits as long as it was asked to, or longer with each further one", async () => {
    const { draft, settle, wake, fail } = setUp();
    fail(new MattermostError("http", "busy", { status: 429, serverId: "live.busy", retryAfterMs: 7_000 }));
    fail(new MattermostError("network", "away"), 2);
    draft.text("one");
    await settle();
    draft.text("one two");
    expect([await wake(), await wake(), await wake()]).toEqual([7_000, 2_000, 4_000]);
  });

  it("N5 a run goes on being shown after it could say nothing for a while", async () => {
    const { draft, calls, settle, wake, fail, refusals } = setUp();
    draft.text("one");
    await settle();
    const before = draft.id;
    fail(new MattermostError("http", "ended", { status: 409, serverId: "live.ended" }));
    draft.text("one two");
    await wake();
    await wake();
    expect(calls.at(-1)).toMatchObject({ type: "start", draft: draft.id, text: { offset: 0, text: "one two" } });
    expect([draft.id === before, refusals]).toEqual([false, []]);
    fail(new MattermostError("http", "ended", { status: 409, serverId: "live.ended" }), 2);
    draft.text("one two three");
    await wake();
    await wake();
    expect([refusals, draft.isShown()]).toEqual([["live.ended"], true]);
  });

  it("N5 its end is told at once and again, until it is heard", async () => {
    const { draft, calls, settle, wake, fail } = setUp();
    draft.text("one");
    await settle();
    fail(new MattermostError("http", "busy", { status: 429, serverId: "live.busy" }));
    await draft.end("end");
    expect(calls.map(({ type }) => type)).toEqual(["start"]);
    expect(await wake()).toBe(1_000);
    expect(calls.map(({ type }) => type)).toEqual(["start", "end"]);
  });

  it("N5 a call fits into the plugin's body, whatever it is written in", async () => {
    const { draft, calls, settle, wake, text } = setUp();
    const long = "漢\u0001".repeat(12_000);
    draft.text(long);
    draft.thinking("思".repeat(20_000));
    for (let n = 0; n < 50; n += 1) draft.tool({ id: String(n), text: "具".repeat(300), state: "running" });
    await settle();
    for (let n = 0; n < 20; n += 1) await wake();
    expect(text()).toBe(long);
    expect(new Set(calls.flatMap(({ tools }) => tools?.map(({ id }) => id))).size).toBe(50);
    expect(Math.max(...calls.map((call) => Buffer.byteLength(JSON.stringify(call))))).toBeLessThan(64 * 1_024);
  });

  it("N5 a plugin that refuses is told nothing more, and the run does not notice", async () => {
    const { draft, calls, settle, fail, refusals } = setUp();
    fail(new MattermostError("http", "no", { status: 404, serverId: "route.unknown" }));
    draft.text("one");
    await settle();
    draft.text("one two");
    await settle();
    expect([calls, refusals, draft.isShown()]).toEqual([[], ["route.unknown"], false]);
    await draft.end("end");
    expect(calls).toEqual([]);
  });

  it("N5 long answers are sent in parts and clipped where they are longer than is shown", async () => {
    const { draft, calls, settle, wake, text } = setUp();
    const long = "x".repeat(LIVE_TEXT_MAX + 5);
    draft.text(long);
    await settle();
    while (text().length < LIVE_TEXT_MAX) await wake();
    expect([text().length, Math.max(...calls.map((call) => call.text?.text.length ?? 0))]).toEqual([100_000, 16_384]);
    await draft.end("end");
  });

  it("N5 nothing is sent of a run that shows nothing", async () => {
    const { draft, calls } = setUp();
    await draft.end("abort");
    expect(calls).toEqual([]);
  });
});
