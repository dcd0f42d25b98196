import { describe, expect, it } from "@jest/globals";
import { readRequest, userText } from "./model-request.ts";

const WRAPPED = [
  "[Mon 2026-11-23 09:14 UTC] Conversation info: ⟦openclaw:ctx⟧",
  "```json",
  '{"sender":{"name":"@alice"}}',
  "```",
  "",
  "Thread starter: ⟦openclaw:ctx⟧",
  "what somebody said before",
  "",
  "**several**",
  "",
  "lines",
  "",
  "Runtime: agent=main | session=agent:main:mattermost | channel=mattermost",
].join("\n");

describe("userText", () => {
  it("keeps the user's own lines and drops what OpenClaw puts around them", () => {
    expect(userText(WRAPPED)).toBe("**several**\n\nlines");
  });

  it("leaves a text without context as it is", () => {
    expect(userText("[a note] Runtime: how long?")).toBe("[a note] Runtime: how long?");
  });

  it("finds the text of a turn that is tried again", () => {
    const again = "[Mon 2026-11-23 09:14 UTC] [Queued user message from a previous active turn; kept.]\nhello\n\n";
    expect(userText(`${again}Continue the current task from the existing transcript.`)).toBe("hello");
  });
});

describe("readRequest", () => {
  it("skips OpenClaw's own last user message and counts the steps of the turn", () => {
    const messages = [
      { role: "system", content: "be kind" },
      { role: "user", content: "first" },
      { role: "assistant", content: "answer" },
      { role: "user", content: [{ type: "text", text: WRAPPED }] },
      { role: "assistant", content: null },
      { role: "tool", content: "result" },
      { role: "user", content: "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>> secret" },
    ];
    const request = readRequest({ messages, tools: [{ function: { name: "message" } }], stream: true }, 5);
    expect(request).toMatchObject({ at: 5, user: "**several**\n\nlines", step: 1, toolResult: "result" });
    expect(request).toMatchObject({ tools: ["message"], streamed: true });
  });

  it("tells what was put into a run that had begun, and was not answered before", () => {
    const user = (content: string) => ({ role: "user", content });
    const before = [user("answered"), { role: "assistant", content: "answer" }];
    const request = readRequest({ messages: [...before, user("early"), user("earlier still"), user("last")] }, 5);
    expect(request).toMatchObject({ user: "last", steered: ["early", "earlier still"] });
    expect(readRequest({ messages: [...before, user("last")] }, 5).steered).toEqual([]);
  });
});
