import { describe, expect, it } from "@jest/globals";
import type { LiveCall } from "@openclaw-mattermost/contract";
import { createLiveDraft } from "./draft.ts";
import { createFinals } from "./finals.ts";
import type { Preview } from "../progress/preview.ts";
import { liveView } from "./live-view.ts";

const PLACE = { channelId: "town", rootId: "root", requestId: "asked" };

const LONG_MS = 60_000;

function setUp() {
  const calls: LiveCall[] = [];
  const sleepers: { ms: number; wake: () => void }[] = [];
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      sleepers.push({ ms, wake: resolve });
      signal.addEventListener("abort", () => {
        resolve();
      });
    });
  const send = (call: LiveCall): Promise<unknown> => Promise.resolve(calls.push(call));
  const ignore = (): void => undefined;
  const draft = createLiveDraft({ send, now: () => 1, sleep, onRefused: ignore, log: ignore }, PLACE);
  const finals = createFinals();
  const noticed: string[] = [];
  const preview = { show: (text: string) => noticed.push(text), end: () => Promise.resolve() } as unknown as Preview;
  const notice = { preview, afterMs: LONG_MS };
  const view = liveView({ draft, finals, streaming: {}, place: PLACE, now: () => 9, sleep, notice });
  return {
    view,
    noticed,
    finals,
    draft,
    types: () => calls.map(({ type }) => type),
    tools: () => calls.flatMap((call) => call.tools ?? []).map(({ text, state }) => [text, state]),
    settle: async (): Promise<void> => {
      for (let i = 0; i < 20; i += 1) await Promise.resolve();
    },
    wake: (ms: number): void => {
      for (const sleeper of sleepers) if (sleeper.ms === ms) sleeper.wake();
    },
  };
}

describe("a run that is shown live", () => {
  it("N5 a run is long from when the agent took it, however long its request had to wait", async () => {
    const { view, noticed, settle, wake } = setUp();
    wake(LONG_MS);
    await settle();
    expect(noticed).toEqual([]);
    view.begun();
    wake(LONG_MS);
    await settle();
    expect(noticed).toEqual(["Still working on it. The answer comes as a post of its own."]);
    await view.end();
  });

  it("N5 ends when its answer is posted, and is taken away when there is none", async () => {
    const shown = setUp();
    await shown.view.replyOptions.onPartialReply?.({ text: "half" });
    await shown.settle();
    shown.view.onFinal();
    expect(shown.finals.take("town", "root", "q:0")?.pendingPostId).toBe(shown.draft.id);
    await shown.view.end();
    expect(shown.types()).toEqual(["start", "end"]);

    const silent = setUp();
    await silent.view.replyOptions.onPartialReply?.({ text: "half" });
    await silent.settle();
    await silent.view.end();
    expect(silent.types()).toEqual(["start", "abort"]);
  });

  it("N5 N1 an answer that the outbox posts a little later still takes the draft's place", async () => {
    const { view, finals, types, settle, wake } = setUp();
    await view.replyOptions.onPartialReply?.({ text: "whole" });
    await settle();
    view.onFinal();
    await view.end();
    expect(types()).toEqual(["start"]);
    expect(finals.take("town", "root", "q:0")).toBeDefined();
    await settle();
    expect(types()).toEqual(["start", "end"]);
    wake(20_000);
  });

  it("N5 an answer that does not come soon leaves no draft", async () => {
    const { view, types, settle, wake } = setUp();
    await view.replyOptions.onPartialReply?.({ text: "whole" });
    await settle();
    view.onFinal();
    await view.end();
    wake(20_000);
    await settle();
    expect(types()).toEqual(["start", "abort"]);
  });

  it("N5 tells which tool is meant behind the one that holds them, and nothing of what the model says on the way", async () => {
    const { view, tools, settle } = setUp();
    const args = { id: "session_status", args: {} };
    await view.replyOptions.onToolStart?.({ toolCallId: "t", name: "tool_call", phase: "start", args });
    await view.replyOptions.onItemEvent?.({ itemId: "i", kind: "preamble", title: "Preamble", progressText: "hm" });
    await settle();
    expect(tools()).toEqual([[expect.stringMatching(/session.?status/i), "running"]]);
  });
});
