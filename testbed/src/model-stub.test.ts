import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ModelMessage } from "./model-answer.ts";
import { ModelStub } from "./model-stub.ts";
import { until } from "./wait.ts";

interface Completion {
  readonly choices: readonly [
    { readonly message: { readonly content: string | null; readonly tool_calls?: readonly unknown[] } },
  ];
}

let stub: ModelStub;
let ledgerFile: string;

beforeEach(async () => {
  ledgerFile = join(mkdtempSync(join(tmpdir(), "oc-stub-")), "ledger.jsonl");
  stub = await ModelStub.start({ ledgerFile });
});

afterEach(async () => {
  await stub[Symbol.asyncDispose]();
  rmSync(join(ledgerFile, ".."), { recursive: true });
});

const user = (content: string): ModelMessage => ({ role: "user", content });
const ask = (messages: readonly ModelMessage[], more: object = {}, signal?: AbortSignal): Promise<Response> =>
  fetch(`${stub.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "echo-1", messages, ...more }),
    ...(signal ? { signal } : {}),
  });
const say = async (...messages: ModelMessage[]): Promise<string | null> =>
  ((await (await ask(messages)).json()) as Completion).choices[0].message.content;

describe("ModelStub", () => {
  it("echoes what the user wrote, and remembers it", async () => {
    expect(await say(user("hello"))).toBe("echo: hello");
    expect(stub.texts).toEqual(["hello"]);
    expect(JSON.parse(readFileSync(ledgerFile, "utf8").trim())).toMatchObject({ user: "hello", step: 0 });
  });

  it("follows the script added last, as often as it may", async () => {
    stub.script(/w.ather/, { text: "always" });
    stub.script("weather", { text: "once" }, 1);
    expect(await say(user("weather?"))).toBe("once");
    expect(await say(user("weather?"))).toBe("always");
    expect(await say(user("else"))).toBe("echo: else");
  });

  it("calls a tool, then goes on with the next answer of the list", async () => {
    stub.script("react", [{ tool: { name: "message", args: { emoji: "eyes" } } }, { text: "done" }], 1);
    const tools = [{ function: { name: "tool_call" } }];
    const first = (await (await ask([user("react")], { tools })).json()) as Completion;
    expect(JSON.stringify(first.choices[0].message.tool_calls)).toContain(
      JSON.stringify(JSON.stringify({ id: "message", args: { emoji: "eyes" } })),
    );
    expect(await say(user("react"), { role: "assistant" }, { role: "tool", content: "ok" })).toBe("done");
  });

  it("streams in pieces", async () => {
    stub.script("count", { chunks: ["one ", "two"], everyMs: 1 });
    const text = await (await ask([user("count")], { stream: true })).text();
    const pieces = [...text.matchAll(/"content":"(?<piece>[^"]+)"/g)].map((match) => match.groups?.["piece"]);
    expect(pieces).toEqual(["one ", "two"]);
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  });

  it("refuses with a status", async () => {
    stub.script("break", { status: 429, message: "slow down" });
    const response = await ask([user("break")]);
    expect(response.status).toBe(429);
    expect(await response.text()).toContain("slow down");
  });

  it("sees that the asker hung up", async () => {
    stub.script("wait", { text: "late", delayMs: 60_000 });
    const hangUp = new AbortController();
    const asked = ask([user("wait")], {}, hangUp.signal).catch(() => undefined);
    const request = await stub.seen("wait");
    hangUp.abort();
    await asked;
    await until(() => request.aborted, { what: "the hanging up", deadlineMs: 5000 });
  });
});
