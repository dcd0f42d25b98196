import { describe, expect, it } from "@jest/globals";
import type { Run } from "@openclaw-mattermost/contract";
import { createFakeClock } from "../receive/socket/fake-clock.ts";
import { createStateReactions } from "./state-reactions.ts";

const run = (state: Run["state"], over: Partial<Run> = {}): Run => ({
  id: "run",
  channel_id: "town",
  root_id: "",
  post_id: "post",
  user_id: "anna",
  state,
  tool: "",
  started_at: 1,
  ...over,
});

function open(mode: "off" | "slow" | "always" = "slow", failing = false) {
  const clock = createFakeClock();
  const calls: string[] = [];
  const under = new Set<string>();
  const said: string[] = [];
  const call = (what: string, emoji: string, change: () => void) => {
    if (failing) return Promise.reject(new Error("gone"));
    calls.push(`${what} ${emoji}`);
    change();
    return Promise.resolve();
  };
  const states = createStateReactions(
    {
      react: (_post, emoji) => call("add", emoji, () => under.add(emoji)),
      unreact: (_post, emoji) => call("remove", emoji, () => under.delete(emoji)),
      mode: () => mode,
      sleep: clock.sleep,
      log: (sentence) => said.push(sentence),
    },
    new AbortController().signal,
  );
  const tell = (state: Run): void => states.tell(state);
  return { clock, calls, under, said, tell };
}

describe("N6 the state of a request under its post", () => {
  it("N6 nothing is shown where the answer comes soon", async () => {
    const { clock, calls, tell } = open();
    tell(run("working"));
    await clock.pass(3_000);
    tell(run("done"));
    await clock.pass(60_000);
    expect(calls).toEqual([]);
  });

  it("N6 a long run shows that it is at work, and then that it is done", async () => {
    const { clock, under, tell } = open();
    tell(run("working"));
    await clock.pass(4_000);
    expect([...under]).toEqual(["hourglass_flowing_sand"]);
    tell(run("working", { tool: "exec" }));
    tell(run("done"));
    await clock.pass(0);
    expect([...under]).toEqual(["white_check_mark"]);
  });

  it("N6 who waits for another run sees at once that the post was seen", async () => {
    const { clock, calls, tell } = open();
    tell(run("queued"));
    await clock.pass(0);
    tell(run("working"));
    await clock.pass(0);
    tell(run("stopped"));
    await clock.pass(0);
    expect(calls).toEqual(["add eyes", "remove eyes", "add hourglass_flowing_sand", "remove hourglass_flowing_sand"]);
  });

  it("N6 always means always, off means off, and a command has no post", async () => {
    const always = open("always");
    always.tell(run("working"));
    always.tell(run("done"));
    await always.clock.pass(0);
    expect([...always.under]).toEqual(["white_check_mark"]);
    const off = open("off");
    off.tell(run("queued"));
    const command = open("always");
    command.tell(run("working", { post_id: "" }));
    await off.clock.pass(10_000);
    await command.clock.pass(10_000);
    expect([off.calls, command.calls]).toEqual([[], []]);
  });

  it("N6 a post that is gone is no trouble", async () => {
    const { clock, said, tell } = open("always", true);
    tell(run("working"));
    tell(run("done"));
    await clock.pass(0);
    expect(said.length).toBeGreaterThan(0);
  });
});
