import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../../errors.ts";
import type { SlashCommand } from "../../mattermost/slash-commands.ts";
import { createTokens } from "./tokens.ts";

const command = (more: Partial<SlashCommand> = {}): SlashCommand => ({
  id: "c1",
  token: "right",
  team_id: "t1",
  creator_id: "bot",
  trigger: "oc_status",
  method: "P",
  url: "http://gateway/command",
  delete_at: 0,
  auto_complete: true,
  auto_complete_hint: "",
  auto_complete_desc: "",
  ...more,
});

/** Mattermost with one command, a clock, and a count of what was asked. */
function scene(registered: SlashCommand[] = [command()]) {
  const state = { current: registered[0], now: 0, asked: 0, reloads: 0, fail: undefined as Error | undefined };
  const tokens = createTokens({
    calls: {
      slashCommand: async () => {
        state.asked += 1;
        if (state.fail) throw state.fail;
        if (!state.current) throw new MattermostError("http", "gone", { status: 404 });
        return state.current;
      },
    },
    reload: async () => {
      state.reloads += 1;
      tokens.replace(state.current ? [state.current] : []);
    },
    now: () => state.now,
  });
  tokens.replace(registered);
  return {
    state,
    tokens,
    check: (token: string, trigger = "oc_status", team = "t1") => tokens.check(token, trigger, team),
  };
}

describe("S3 tokens of commands", () => {
  it("S3 the right one counts, and Mattermost is asked at each use", async () => {
    const { state, check } = scene();
    expect([await check("right"), await check("right")]).toEqual(["current", "current"]);
    expect(state.asked).toBe(2);
  });

  it.each([
    ["wrong", "oc_status", "t1"],
    ["", "oc_status", "t1"],
    ["right", "oc_new", "t1"],
    ["right", "oc_status", "t2"],
  ])("S3 token %j for %s in %s does not, and Mattermost is not asked about it", async (token, trigger, team) => {
    const { state, check } = scene();
    expect(await check(token, trigger, team)).toBe("unknown");
    expect(state.asked).toBe(0);
  });

  it("S3 a token of one command does not open another", async () => {
    const { check } = scene([command(), command({ id: "c2", trigger: "oc_new", token: "other" })]);
    expect(await check("right", "oc_new")).toBe("unknown");
  });

  it.each([
    ["deleted", { delete_at: 5 }],
    ["of another token", { token: "anew" }],
    ["pointing elsewhere", { url: "http://elsewhere" }],
    ["renamed", { trigger: "oc_other" }],
  ])("S3 one that is %s in Mattermost by now is refused, and not asked about again for a while", async (_, more) => {
    const { state, check } = scene();
    state.current = command(more);
    expect([await check("right"), await check("right")]).toEqual(["unknown", "unknown"]);
    expect(state.asked).toBe(1);
    state.now = 6_000;
    await check("right");
    expect(state.asked).toBe(2);
  });

  it("S3 where Mattermost cannot say it, nothing is let in", async () => {
    const { state, check } = scene();
    state.fail = new MattermostError("timeout", "late");
    expect(await check("right")).toBe("unavailable");
    state.fail = new MattermostError("http", "forbidden", { status: 403 });
    state.now = 6_000;
    expect(await check("right")).toBe("unknown");
    state.fail = undefined;
    state.now = 12_000;
    expect(await check("right")).toBe("current");
  });

  it("S3 many uses at once are one question", async () => {
    const { state, check } = scene();
    expect(await Promise.all(Array.from({ length: 20 }, () => check("right")))).toEqual(Array(20).fill("current"));
    expect(state.asked).toBe(1);
  });

  it("S3 a token that an admin made anew is found, looking at most every ten seconds", async () => {
    const { state, check } = scene();
    state.current = command({ token: "anew" });
    expect(await check("anew")).toBe("current");
    expect(state.reloads).toBe(1);
    expect([await check("x"), await check("y")]).toEqual(["unknown", "unknown"]);
    expect(state.reloads).toBe(1);
    state.now = 11_000;
    await check("z");
    expect(state.reloads).toBe(2);
  });
});
