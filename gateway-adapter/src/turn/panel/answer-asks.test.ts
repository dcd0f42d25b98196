import { setImmediate as breathe } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { panelAnswerSchema, type AskEvent, type PanelAnswer } from "@openclaw-mattermost/contract";
import { resolveAccount } from "../../config/account-config.ts";
import type { PluginRuntime } from "../../host/runtime.ts";
import { createAskAnswerer, type AskAnswerer } from "./answer-asks.ts";

const id = (name: string): string => name.padEnd(26, "x");
const ANNA = id("anna");
const TOWN = id("town");
const ROOT = id("root");

let busy: number;
let now: number;
let answers: PanelAnswer[];
let decided: string[];
let said: string[];
let allowed: boolean;
let entries: Record<string, object>;
let asks: AskAnswerer;

const ask = (kind: AskEvent["ask"]["kind"], over: Partial<AskEvent> = {}, request = ""): AskEvent => ({
  id: `panel.asked:${kind}`,
  type: "panel.asked",
  lane: `panel:${ANNA}`,
  ts: 1,
  stale: false,
  actor: {
    id: ANNA,
    username: "anna",
    display_name: "",
    is_bot: false,
    is_guest: false,
    is_system: false,
    is_webhook: false,
    is_deactivated: false,
  },
  channel: { id: TOWN, type: "O", name: "town", display_name: "", team_id: "", team_name: "" },
  thread_root: "",
  ask: { kind, request },
  ...over,
});
async function answer(event: AskEvent): Promise<void> {
  asks.answer(event);
  for (let i = 0; i < 3; i += 1) await breathe();
}

const runtime = {
  config: { current: () => ({}) },
  channel: {
    routing: {
      resolveAgentRoute: ({ peer }: { peer: { kind: string; id: string } }) => ({
        agentId: "main",
        sessionKey: `agent:main:mattermost:${peer.kind}:${peer.id}`,
      }),
    },
    inbound: {
      ingress: { resolveStable: () => Promise.resolve({ ingress: { decision: allowed ? "allow" : "block" } }) },
    },
  },
  agent: {
    session: {
      getSessionEntry: ({ sessionKey }: { sessionKey: string }) => entries[sessionKey],
      listSessionEntries: () => Object.entries(entries).map(([sessionKey, entry]) => ({ sessionKey, entry })),
    },
  },
} as unknown as PluginRuntime;

beforeEach(() => {
  now = 0;
  busy = 0;
  answers = [];
  decided = [];
  said = [];
  allowed = true;
  entries = {
    [`agent:main:mattermost:channel:${TOWN}`]: {
      modelProvider: "stub",
      model: "echo-1",
      thinkingLevel: "high",
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 15,
      contextTokens: 128_000,
      estimatedCostUsd: 0.5,
      updatedAt: 7,
    },
    [`agent:main:mattermost:channel:${TOWN}:thread:${ROOT}`]: { label: "a thread", updatedAt: 9 },
    [`agent:main:mattermost:direct:${ANNA}`]: { updatedAt: 8 },
    [`agent:main:mattermost:direct:${id("zoe")}`]: { updatedAt: 99 },
    "agent:main:main": { updatedAt: 100 },
  };
  asks = createAskAnswerer({
    runtime,
    account: () => resolveAccount({ channels: { mattermost: {} } }, "default", {}),
    botId: () => id("bot"),
    agentIds: () => ["main"],
    pairing: {
      list: () =>
        busy-- > 0
          ? Promise.reject(new Error("no answer in time"))
          : Promise.resolve([{ id: "req-1", userId: id("zoe"), username: "zoe", at: 5 }]),
      approve: (_account, request) => {
        decided.push(`approve ${request}`);
        return Promise.resolve();
      },
      deny: () => Promise.reject(new Error("it is gone")),
    },
    answer: (given) => {
      answers.push(panelAnswerSchema.parse(given));
      return Promise.resolve();
    },
    now: () => now,
    sleep: () => Promise.resolve(),
    signal: new AbortController().signal,
    log: (sentence) => said.push(sentence),
  });
});

describe("N15 what a panel asks", () => {
  it("N15 a conversation's session as OpenClaw stores it", async () => {
    await answer(ask("session"));
    expect(answers).toMatchObject([
      {
        kind: "session",
        user_id: ANNA,
        channel_id: TOWN,
        session: {
          model: "stub/echo-1",
          thinking: "high",
          tokens: { input: 10, output: 5, total: 15 },
          context: { used: 15, max: 128_000 },
          cost_usd: 0.5,
        },
      },
    ]);
  });

  it("N15 a thread has a session of its own, and none is none", async () => {
    await answer(ask("session", { thread_root: ROOT }));
    await answer(ask("session", { thread_root: id("other") }));
    expect(answers).toMatchObject([{ session: { title: "a thread", tokens: null } }, { session: null }]);
  });

  it("N15 whoever may not talk there is told nothing", async () => {
    allowed = false;
    await answer(ask("session"));
    expect(answers).toMatchObject([{ session: null }]);
  });

  it("N15 who asked lately is told of changes, of that conversation only and for a while", async () => {
    await answer(ask("session"));
    answers = [];
    asks.changed({ channelId: id("other"), rootId: "" });
    asks.changed({ channelId: TOWN, rootId: ROOT });
    asks.changed({ channelId: TOWN, rootId: "" });
    await breathe();
    expect(answers).toHaveLength(1);
    now = 31 * 60_000;
    asks.changed({ channelId: TOWN, rootId: "" });
    await breathe();
    expect(answers).toHaveLength(1);
  });

  it("N15 the sessions of channels and those of the asker, the latest first, and of nobody else", async () => {
    await answer(ask("sessions"));
    const [given] = answers;
    expect(given?.kind === "sessions" && given.sessions.map(({ updated_at: at }) => at)).toEqual([9, 8, 7]);
  });

  it("N15 pairing is decided by OpenClaw, and the list after it says how things are", async () => {
    await answer(ask("pairing.approve", {}, "req-1"));
    await answer(ask("pairing.deny", {}, "req-1"));
    expect(decided).toEqual(["approve req-1"]);
    expect(said).toEqual(["A pairing request could not be decided."]);
    expect(answers).toMatchObject([
      { kind: "pairing", requests: [{ id: "req-1", username: "zoe" }] },
      { kind: "pairing", requests: [{ id: "req-1" }] },
    ]);
  });

  it("N15 a gateway that is busy is asked for its list again", async () => {
    busy = 2;
    await answer(ask("pairing"));
    expect(answers).toMatchObject([{ kind: "pairing", requests: [{ id: "req-1" }] }]);
    expect(said).toEqual([]);
  });

  it("N15 what waited for long is not answered", async () => {
    await answer(ask("session", { stale: true }));
    expect(answers).toEqual([]);
  });
});
