import { describe, expect, it } from "@jest/globals";
import { answerIn, previewIn, runOf } from "./run-facts.ts";

describe("what a finished answer says of its run", () => {
  it("N5 its tools, its thinking and the post that was asked", () => {
    const tools = [
      { text: "read", state: "done" },
      { text: "wrote", state: "failed" },
    ];
    const run = { request_id: "asked", thinking: "hm", tools };
    expect(runOf({ props: { openclaw_run: run } })).toEqual({ requestId: "asked", thinking: "hm", tools });
  });

  it("N5 anything else that somebody wrote into the props is left out", () => {
    const nothing = { requestId: "", thinking: "", tools: [] };
    expect(runOf({})).toEqual(nothing);
    expect(runOf({ props: { openclaw_run: "text" } })).toEqual(nothing);
    expect(runOf({ props: { openclaw_run: { tools: [1, null, { text: 5 }], thinking: {}, request_id: 3 } } })).toEqual(
      nothing,
    );
  });

  it("N5 which draft it is the answer of, if it is one", () => {
    const post = { user_id: "bot", props: { openclaw_run: { draft: "d" } } };
    expect(answerIn(JSON.stringify(post))).toEqual({ draft: "d", userId: "bot" });
    for (const other of [undefined, {}, "{openclaw_run", JSON.stringify({ message: "openclaw_run", props: null })])
      expect(answerIn(other)).toBeUndefined();
  });

  it("N5 which post showed a run on its way, if it is one", () => {
    const place = { id: "p", channel_id: "c", root_id: "" };
    expect(previewIn(JSON.stringify({ ...place, props: { openclaw_preview: "key" } }))).toEqual(place);
    for (const other of [undefined, "{openclaw_preview", JSON.stringify({ ...place, message: "openclaw_preview" })])
      expect(previewIn(other)).toBeUndefined();
  });
});
