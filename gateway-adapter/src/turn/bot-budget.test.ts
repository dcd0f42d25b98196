import { beforeEach, describe, expect, it } from "@jest/globals";
import type { PostEvent } from "@openclaw-mattermost/contract";
import fc from "fast-check";
import { resolveAccount } from "../config/account-config.ts";
import { pairGuard } from "../host/bot-loop.ts";
import { createBotBudget, type BotBudget } from "./bot-budget.ts";

const account = resolveAccount({ channels: { mattermost: { baseUrl: "https://chat.example.com" } } }, "default", {});
const { maxEventsPerWindow, windowSeconds } = account.botLoopProtection;
let now: number;
let posts = 0;
let channels = 0;
let channel: string;
let silences: string[];
let budget: BotBudget;

const post = (author: string, over: { root?: string; webhook?: boolean; id?: string } = {}): PostEvent => {
  const id = over.id ?? `post${String((posts += 1))}`;
  return {
    id: `post.created:${id}`,
    actor: {
      id: author,
      username: author,
      is_bot: author.startsWith("bot"),
      is_webhook: over.webhook === true,
      is_system: false,
    },
    channel: { id: channel },
    post: { id, root_id: over.root ?? "" },
  } as PostEvent;
};
const says = (author: string, over: Parameters<typeof post>[1] = {}, to = "us"): boolean => {
  const event = post(author, over);
  budget.heard(event);
  return budget.allows(event, to, account);
};
const times = (n: number, one: () => boolean): boolean[] => Array.from({ length: n }, one);
const open = (): BotBudget =>
  createBotBudget({ guard: pairGuard, now: () => now, onSilence: ({ botId }) => silences.push(botId) });

beforeEach(() => {
  // OpenClaw's guard is one for the process: each test has a channel of its own.
  channel = `channel${String((channels += 1))}`;
  now = 1_000_000;
  silences = [];
  budget = open();
});

describe("N10 the budget between two bots", () => {
  it("N10 lets so many turns through, then none, and says so once", () => {
    expect(times(maxEventsPerWindow, () => says("bot1"))).not.toContain(false);
    expect(times(10, () => says("bot1"))).not.toContain(true);
    expect(silences).toEqual(["bot1"]);
  });

  it("N10 a person's post between them begins the count anew", () => {
    for (let round = 0; round < 3; round += 1) {
      expect(times(maxEventsPerWindow, () => says("bot1"))).not.toContain(false);
      says("anna");
    }
    expect(silences).toEqual([]);
  });

  it("N10 people are never counted, and what a webhook says is no person's post", () => {
    expect(times(50, () => says("anna"))).not.toContain(false);
    times(maxEventsPerWindow, () => says("bot1"));
    budget.heard(post("anna", { webhook: true }));
    expect(says("bot1")).toBe(false);
  });

  it("N10 each pair and each thread has its own, and a person counts where they wrote", () => {
    times(maxEventsPerWindow + 1, () => says("bot1"));
    expect([says("bot2"), says("bot1", { root: "r" }), says("bot1")]).toEqual([true, true, false]);
    says("anna", { root: "r" });
    expect(says("bot1")).toBe(false);
  });

  it("N10 both directions of a pair count together, for two accounts of one gateway", () => {
    const other = open();
    for (let i = 0; i < maxEventsPerWindow; i += 1) {
      const event = i % 2 === 0 ? post("bot1") : post("bot2");
      const allowed = i % 2 === 0 ? budget.allows(event, "bot2", account) : other.allows(event, "bot1", account);
      expect(allowed).toBe(true);
    }
    expect(budget.allows(post("bot1"), "bot2", account)).toBe(false);
    expect(other.allows(post("bot2"), "bot1", account)).toBe(false);
  });

  it("N10 a turn that is tried again counts once", () => {
    expect(times(20, () => says("bot1", { id: "same" }))).not.toContain(false);
  });

  it("N10 silence ends by itself", () => {
    times(maxEventsPerWindow + 1, () => says("bot1"));
    now += account.botLoopProtection.cooldownSeconds * 1_000 + 1;
    expect(says("bot1")).toBe(true);
  });

  it("N10 however two bots alternate, no window holds more turns than the budget", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 60 }), (gaps) => {
        channel = `channel${String((channels += 1))}`;
        const turns: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (says("bot1")) turns.push(now);
        }
        for (const from of turns) {
          const within = turns.filter((at) => at >= from && at < from + windowSeconds * 1_000);
          expect(within.length).toBeLessThanOrEqual(maxEventsPerWindow);
        }
      }),
    );
  });
});
