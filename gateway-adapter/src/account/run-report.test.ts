import { describe, expect, it } from "@jest/globals";
import type { Run } from "@openclaw-mattermost/contract";
import { createFakeClock } from "../receive/socket/fake-clock.ts";
import { createRunReport } from "./run-report.ts";

const run = (id: string, state: Run["state"], tool = ""): Run => ({
  id,
  channel_id: "town",
  root_id: "",
  post_id: "",
  user_id: "anna",
  state,
  tool,
  started_at: 1,
});

function open(over: { isWanted?: () => boolean; failures?: number } = {}) {
  const clock = createFakeClock();
  const sent: string[][] = [];
  const said: string[] = [];
  let failures = over.failures ?? 0;
  const end = new AbortController();
  const report = createRunReport(
    {
      send: (runs) => {
        if (failures-- > 0) return Promise.reject(new Error("away"));
        sent.push(runs.map(({ id, state, tool }) => [id, state, tool].filter(Boolean).join(" ")));
        return Promise.resolve();
      },
      isWanted: over.isWanted ?? (() => true),
      sleep: clock.sleep,
      log: (sentence) => said.push(sentence),
    },
    end.signal,
  );
  return { clock, sent, said, report, end };
}

describe("N6 which runs are under way", () => {
  it("N6 is told at once, and then in steps with only the latest of each run", async () => {
    const { clock, sent, report } = open();
    report.tell(run("a", "working"));
    await clock.pass(0);
    for (let i = 0; i < 20; i += 1) report.tell(run("a", "working", `tool${String(i)}`));
    report.tell(run("b", "queued"));
    await clock.pass(500);
    expect(sent).toEqual([["a working"], ["a working tool19", "b queued"]]);
  });

  it("N6 is repeated while something is under way, and costs nothing after that", async () => {
    const { clock, sent, report } = open();
    report.tell(run("a", "working"));
    await clock.pass(0);
    await clock.pass(25_000);
    report.tell(run("a", "done"));
    await clock.pass(60_000);
    expect(sent).toEqual([["a working"], ["a working"], ["a done"]]);
  });

  it("N6 what could not be told is told again, and nobody waits for it", async () => {
    const { clock, sent, said, report } = open({ failures: 1 });
    report.tell(run("a", "working"));
    await clock.pass(0);
    await clock.pass(25_000);
    expect(said).toHaveLength(1);
    expect(sent).toEqual([["a working"]]);
  });

  it("N6 an end that could not be told is told again, also when nothing else runs", async () => {
    const { clock, sent, report } = open({ failures: 2 });
    report.tell(run("a", "done"));
    await clock.pass(0);
    await clock.pass(500);
    await clock.pass(500);
    expect(sent).toEqual([["a done"]]);
  });

  it("N6 an end just before or after the account stops is told, or the panel would show a run that is over", async () => {
    const { clock, sent, report, end } = open();
    report.tell(run("a", "working"));
    await clock.pass(0);
    report.tell(run("b", "working"));
    report.tell(run("a", "done"));
    end.abort();
    await clock.pass(0);
    report.tell(run("b", "stopped"));
    await clock.pass(0);
    expect(sent).toEqual([["a working"], ["b working", "a done"], ["b stopped"]]);
  });

  it("N6 an account that has stopped tries once", async () => {
    const { clock, sent, said, report, end } = open({ failures: 1 });
    end.abort();
    report.tell(run("a", "done"));
    await clock.pass(60_000);
    expect([sent, said.length]).toEqual([[], 1]);
  });

  it("N6 is told to nobody where there is no plugin for it", async () => {
    const { clock, sent, report } = open({ isWanted: () => false });
    report.tell(run("a", "working"));
    report.tell(run("a", "done"));
    await clock.pass(60_000);
    expect(sent).toEqual([]);
  });
});
