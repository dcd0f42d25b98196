import { describe, expect, it } from "@jest/globals";
import type { Live, LiveDraft } from "@openclaw-mattermost/contract";
import { createDrafts, SILENCE_MS } from "./drafts.ts";

const ID = `openclaw-${"d".repeat(26)}`;
const say = (seq: number, type: Live["type"], more: Partial<Live> = {}): Live & { user_id: string } => ({
  ...{ draft: ID, seq, type, channel_id: "town", root_id: "", request_id: "asked", started_at: 5, user_id: "bot" },
  tools: [],
  ...more,
});

function setUp() {
  let now = 1_000;
  const drafts = createDrafts(() => now);
  return { drafts, pass: (ms: number) => (now += ms) };
}

describe("the answers on their way in a client", () => {
  it("N5 grow by what is said, and tell who shows them", () => {
    const { drafts } = setUp();
    let redrawn = 0;
    const stop = drafts.listen(ID, () => (redrawn += 1));
    expect(drafts.hear(say(1, "start", { text: { offset: 0, text: "Hel" } }))).toBe("new");
    expect(drafts.hear(say(2, "delta", { text: { offset: 3, text: "lo wrold" } }))).toBe("grown");
    expect(drafts.hear(say(3, "delta", { text: { offset: 7, text: "orld" } }))).toBe("grown");
    expect(drafts.hear(say(3, "delta", { text: { offset: 0, text: "again" } }))).toBe("old");
    expect([drafts.get(ID)?.text, redrawn]).toEqual(["Hello world", 3]);
    stop();
    drafts.finish(ID);
    expect(redrawn).toBe(3);
  });

  it("N5 notice what they have missed, and take it from the server", () => {
    const { drafts } = setUp();
    expect(drafts.hear(say(8, "delta", { text: { offset: 40, text: "the end" } }))).toBe("gap");
    const whole: LiveDraft = { ...say(9, "delta"), text: "the whole answer", thinking: "", tools: [] };
    expect(drafts.take(whole)).toBe(true);
    expect(drafts.take(whole)).toBe(false);
    expect(drafts.get(ID)).toMatchObject({ text: "the whole answer", seq: 9 });
    expect(drafts.hear(say(10, "delta", { text: { offset: 16, text: "." } }))).toBe("grown");
  });

  it("N5 know that something is missing until they have it, whatever is heard meanwhile", () => {
    const { drafts } = setUp();
    drafts.hear(say(8, "delta", { text: { offset: 40, text: "the end" } }));
    expect(drafts.hear(say(9, "delta"))).toBe("gap");
    expect(drafts.take({ ...say(9, "delta"), text: "the whole answer", thinking: "", tools: [] })).toBe(true);
    expect(drafts.hear(say(10, "delta"))).toBe("grown");
    drafts.hear(say(11, "delta", { text: { offset: 99, text: "…" } }));
    expect(drafts.hear(say(12, "start", { text: { offset: 0, text: "told anew" } }))).toBe("grown");
    expect(drafts.get(ID)).toMatchObject({ text: "told anew", seq: 12 });
  });

  it("N5 do not come to somebody who heard of their end only", () => {
    const { drafts } = setUp();
    expect(drafts.hear(say(3, "end"))).toBe("old");
    expect(drafts.take({ ...say(2, "delta"), text: "on its way", thinking: "", tools: [] })).toBe(false);
    expect(drafts.all()).toEqual([]);
  });

  it("N5 do not come back once they have ended", () => {
    const { drafts } = setUp();
    drafts.hear(say(1, "start"));
    expect(drafts.hear(say(2, "end"))).toBe("ended");
    drafts.finish(ID);
    expect(drafts.hear(say(3, "delta", { text: { offset: 0, text: "late" } }))).toBe("old");
    expect(drafts.all()).toEqual([]);
  });

  it("N5 end by themselves when nothing is heard of them", () => {
    const { drafts, pass } = setUp();
    drafts.hear(say(1, "start"));
    pass(SILENCE_MS);
    expect(drafts.silent()).toEqual([]);
    pass(1);
    expect(drafts.silent().map(({ id }) => id)).toEqual([ID]);
  });

  it("N5 hold the latest of each tool", () => {
    const { drafts } = setUp();
    drafts.hear(say(1, "start", { tools: [{ id: "a", text: "reads", state: "running" }] }));
    drafts.hear(say(2, "delta", { tools: [{ id: "b", text: "writes", state: "running" }] }));
    drafts.hear(say(3, "delta", { tools: [{ id: "a", text: "reads", state: "done" }] }));
    expect(drafts.get(ID)?.tools.map(({ id, state }) => `${id} ${state}`)).toEqual(["a done", "b running"]);
  });
});
