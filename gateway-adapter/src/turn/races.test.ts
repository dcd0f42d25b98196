import { setImmediate as breathe } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { ChannelEvent } from "@openclaw-mattermost/contract";
import fc from "fast-check";
import { resolveAccount } from "../config/account-config.ts";
import { createFakeLane } from "../inbox/fake-lane.ts";
import { createBotBudget } from "./bot-budget.ts";
import { createFakeOpenClaw, DEFER_BREATHS, type FakeRun } from "./fake-openclaw.ts";
import { silentView } from "../host/run-view.ts";
import { handleEvent, type HandleDeps } from "./handle-event.ts";
import { createRuns } from "./runs.ts";
import { createSessions } from "./sessions.ts";

const BOT = { id: "bot", username: "claw" };
const account = resolveAccount({ channels: { mattermost: {} } }, "default", {});

/** A post's version: 0 is how it was made. `named`: it mentions the bot. */
interface Version {
  at: number;
  named: boolean;
}
const textOf = ({ at, named }: Version): string => `${named ? "@claw " : ""}version ${String(at)}`;

const common = {
  lane: "town",
  ts: 1,
  stale: false,
  actor: { id: "anna", username: "anna", is_bot: false, is_webhook: false, is_system: false },
  channel: { id: "town", type: "O", name: "town" },
  thread_root: "root",
};
const written = (version: Version): ChannelEvent =>
  ({
    ...common,
    id: version.at === 0 ? "post.created:p" : `post.edited:p:${String(version.at)}`,
    type: version.at === 0 ? "post.created" : "post.edited",
    post: { id: "p", root_id: "root", message: textOf(version), create_at: 1, edit_at: version.at, file_ids: [] },
  }) as unknown as ChannelEvent;
const deleted = (id: "p" | "root"): ChannelEvent =>
  ({
    ...common,
    id: `post.deleted:${id}`,
    type: "post.deleted",
    post: { id, root_id: id === "p" ? "root" : "" },
  }) as never;

/** Files are fetched before the agent is asked: time in which something can arrive. */
const FETCH_BREATHS = 2;
const ALL_BREATHS = FETCH_BREATHS + DEFER_BREATHS + 3;
const breaths = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await breathe();
};

function createRace(
  onRun: (run: FakeRun) => void = () => undefined,
  over: Partial<HandleDeps> = {},
  claw = createFakeOpenClaw(onRun),
) {
  const runs = createRuns({ newId: () => "run", now: () => 1, onState: () => undefined });
  const said: string[] = [];
  const lane = createFakeLane(":memory:", (event, life) => handleEvent(deps, event, life));
  const deps: HandleDeps = {
    runtime: claw.runtime,
    account: () => ({ ...account, groupPolicy: "open" }),
    bot: BOT,
    send: (_to, text) => {
      said.push(text);
      return Promise.resolve({ id: "answer", channelId: "town" });
    },
    sendAnswer: () => Promise.resolve({ postIds: [] }),
    attachments: async () => {
      await breaths(FETCH_BREATHS);
      return { media: [], notes: [] };
    },
    split: (text) => [text],
    typing: () => Promise.resolve(),
    sessions: createSessions(),
    awaitApproval: () => undefined,
    log: () => undefined,
    memory: lane.memory,
    runs,
    botBudget: createBotBudget({ guard: () => ({ suppressed: false }), now: () => 1, onSilence: () => undefined }),
    now: () => 1,
    implicit: () => Promise.resolve([]),
    backfill: {
      client: { threadBefore: () => Promise.resolve([]), people: () => Promise.resolve([]) },
      sessionId: () => undefined,
      isTold: () => false,
      told: () => undefined,
    },
    notify: () => Promise.resolve(),
    onAnswered: () => undefined,
    view: () => silentView(false),
    ...over,
  };
  return {
    claw,
    lane,
    said,
    /** As `account.ts` takes events in. */
    arrive: (event: ChannelEvent): void => {
      lane.append(event);
      if (event.type === "post.deleted") runs.cancel(event.post.id);
      if (event.type === "post.edited") runs.revise(event.post.id);
    },
    /** Everything is worked off and every run comes to its end. */
    async finishAll(): Promise<void> {
      for (let i = 0; i < 20 && (i === 0 || !lane.isIdle() || claw.isBusy()); i += 1) {
        lane.work();
        await breaths(ALL_BREATHS);
        claw.finish();
        await breaths(ALL_BREATHS);
      }
    },
  };
}

type Move = { kind: "arrive"; event: ChannelEvent } | { kind: "work" | "finish" };
const work: Move = { kind: "work" };
const finish: Move = { kind: "finish" };
/** How much happens before the next step. */
const pause = fc.constantFrom(0, 1, FETCH_BREATHS + 1, ALL_BREATHS);

/** Two edits at most, a deletion or none, of the post or of its thread's root; in any order of arrival. */
const story = fc
  .record({
    named: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    deletion: fc.constantFrom<("p" | "root" | undefined)[]>("p", "root", undefined),
    occupied: fc.boolean(),
  })
  .chain(({ named, deletion, occupied }) => {
    const versions = named.map((isNamed, i) => ({ at: i * 7, named: isNamed }));
    const events = [...versions.map(written), ...(deletion ? [deleted(deletion)] : [])];
    const moves: Move[] = [...events.map((event) => ({ kind: "arrive" as const, event })), work, work, finish, finish];
    return fc.record({
      versions: fc.constant(versions),
      deletion: fc.constant(deletion),
      occupied: fc.constant(occupied),
      moves: fc.shuffledSubarray(moves, { minLength: moves.length }),
      pauses: fc.array(pause, { minLength: moves.length, maxLength: moves.length }),
    });
  });

const RACES = 1_000;

describe("N9 a post, its edits and its deletion in any order of arrival", () => {
  it("N9 start the agent at most once, with the newest text that is there, and leave no run of a deleted post", async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ versions, deletion, occupied, moves, pauses }) => {
        let newest = -1;
        let gone = false;
        let doneBefore = 0;
        const begun: { text: string; newest: number; gone: boolean }[] = [];
        const race = createRace(({ text }) => {
          begun.push({ text, newest, gone });
        });
        const { claw, lane } = race;
        const done = (): number => claw.runs.filter(({ state }) => state === "done").length;
        if (occupied) claw.occupy();
        for (const [i, move] of moves.entries()) {
          if (move.kind === "arrive") {
            if (move.event.type === "post.deleted") {
              gone = true;
              doneBefore = done();
            } else if ("post" in move.event) newest = Math.max(newest, move.event.post.edit_at);
            race.arrive(move.event);
          } else if (move.kind === "work") lane.work();
          else claw.finish();
          // The end of a run is one moment; everything else may be interrupted anywhere.
          await breaths(Math.max(pauses[i] ?? 0, move.kind === "finish" ? 1 : 0));
        }
        await race.finishAll();
        expect([lane.isIdle(), claw.isBusy()]).toEqual([true, false]);
        lane.close();

        expect(begun.length).toBeLessThanOrEqual(1);
        for (const run of begun) {
          expect(run.gone).toBe(false);
          expect(run.text).toContain(`version ${String(run.newest)}`);
        }
        if (deletion) {
          expect(done()).toBe(doneBefore);
          // Whoever saw the agent work is told that it stopped.
          expect(race.said).toHaveLength(begun.length - doneBefore);
        } else {
          if (versions.at(-1)?.named) expect(done()).toBe(1);
          if (!versions.some(({ named }) => named)) expect(done()).toBe(0);
          expect(race.said).toEqual([]);
        }
      }),
      { numRuns: RACES },
    );
  }, 60_000);
});

describe("N9 edits and deletions of what was decided before", () => {
  it("N9 a turn that an edit began and that failed is tried again", async () => {
    let failures = 1;
    const attachments = () => {
      if (failures-- > 0) throw new Error("Mattermost is away.");
      return Promise.resolve({ media: [], notes: [] });
    };
    const race = createRace(undefined, { attachments });
    race.arrive(written({ at: 0, named: false }));
    await race.finishAll();
    race.arrive(written({ at: 7, named: true }));
    await race.finishAll();
    expect(race.claw.runs.map(({ text, state }) => [text, state])).toEqual([["version 7", "done"]]);
    race.lane.close();
  });

  it("N9 an edit that comes before OpenClaw says that the request has to wait is heard", async () => {
    let edits = 1;
    const race = createRace(undefined, {
      view: () => {
        if (edits-- > 0) race.arrive(written({ at: 7, named: true }));
        return silentView(false);
      },
    });
    race.claw.occupy();
    race.arrive(written({ at: 0, named: true }));
    await race.finishAll();
    expect(race.claw.runs.map(({ text, state }) => [text, state])).toEqual([["version 7", "done"]]);
    race.lane.close();
  });

  it("N9 an edit of a post of which nothing is remembered any more starts nothing", async () => {
    const race = createRace(undefined, { now: () => 14 * 24 * 3_600_000 });
    race.arrive(written({ at: 7, named: true }));
    await race.finishAll();
    expect(race.claw.runs).toEqual([]);
    race.lane.close();
  });

  it("N1 N9 of posts that waited for long only those are told that are still there, as they read now", async () => {
    let decided = 0;
    const race = createRace(undefined, {
      account: () => {
        decided += 1;
        // The first two are kept by now.
        if (decided === 3) {
          race.arrive(old("a", "post.edited", "@claw first, reworded", 7));
          race.arrive(old("b", "post.deleted", ""));
        }
        return { ...account, groupPolicy: "open" };
      },
    });
    const old = (id: string, type: string, message: string, editAt = 0): ChannelEvent =>
      ({
        ...common,
        id: `${type}:${id}${editAt > 0 ? `:${String(editAt)}` : ""}`,
        type,
        stale: true,
        thread_root: "",
        post: { id, root_id: "", message, create_at: 1, edit_at: editAt, file_ids: [] },
      }) as unknown as ChannelEvent;
    race.arrive(old("a", "post.created", "@claw first"));
    race.arrive(old("b", "post.created", "@claw second"));
    race.arrive(old("c", "post.created", "@claw third"));
    race.arrive(old("d", "post.created", "for nobody"));
    await race.finishAll();
    expect(race.claw.runs).toHaveLength(1);
    expect(race.claw.runs[0]?.text).toContain("@anna: @claw first, reworded");
    expect(race.claw.runs[0]?.text).not.toContain("second");
    expect(race.claw.runs[0]?.text).toContain("third");
    race.lane.close();
  });
});

describe("N1 a stop of the channel while a request is on its way into OpenClaw", () => {
  it("N1 the next instance begins it, although it had found no place in the queue", async () => {
    const race = createRace();
    race.claw.occupy();
    race.arrive(written({ at: 0, named: true }));
    race.lane.work();
    await breaths(FETCH_BREATHS + 1);
    race.lane.cutOff();
    await race.finishAll();
    expect(race.claw.runs.map(({ text, state }) => [text, state])).toEqual([["version 0", "done"]]);
    race.lane.close();
  });
});

const request = (id: string, text = id): ChannelEvent =>
  ({
    ...common,
    id: `post.created:${id}`,
    type: "post.created",
    post: { id, root_id: "", message: `@claw ${text}`, create_at: 1, edit_at: 0, file_ids: [] },
  }) as unknown as ChannelEvent;

describe("N1 requests that come while others of their session are at work", () => {
  /** The second one is handed over while the first is at work, and begins at once, because that has ended meanwhile. */
  async function secondBegins(): Promise<ReturnType<typeof createRace>> {
    const race = createRace(undefined, {}, createFakeOpenClaw(undefined, { looksAgain: true }));
    race.arrive(request("1"));
    race.arrive(request("2"));
    race.lane.work();
    await breaths(FETCH_BREATHS * 2 + 2);
    expect(race.claw.handed).toEqual(["1", "2"]);
    race.claw.finish();
    await breaths(ALL_BREATHS);
    expect(race.claw.runs.map(({ text }) => text)).toEqual(["1", "2"]);
    return race;
  }

  it("N1 the third waits with us, where OpenClaw would lose the answer of the second", async () => {
    const race = await secondBegins();
    race.arrive(request("3"));
    race.lane.work();
    await breaths(ALL_BREATHS * 2);
    expect(race.claw.handed).toEqual(["1", "2"]);
    await race.finishAll();
    expect(race.claw.runs.map(({ text, state }) => [text, state])).toEqual([
      ["1", "done"],
      ["2", "done"],
      ["3", "done"],
    ]);
    race.lane.close();
  });

  it("N1 one that is deleted while it waits with us is never asked", async () => {
    const race = await secondBegins();
    race.arrive(request("3"));
    race.lane.work();
    await breaths(ALL_BREATHS);
    race.arrive({ ...deleted("p"), id: "post.deleted:3", post: { id: "3", root_id: "" } } as never);
    await race.finishAll();
    expect(race.claw.handed).toEqual(["1", "2"]);
    expect(race.said).toEqual([]);
    race.lane.close();
  });

  it("N18 what OpenClaw says of a request that waits, as if there were no answer, is not posted", async () => {
    const answers: string[] = [];
    const sendAnswer = ({ text }: { text: string }) => {
      answers.push(text);
      return Promise.resolve({ postIds: [] });
    };
    const race = createRace(undefined, { sendAnswer }, createFakeOpenClaw(undefined, { falseAlarms: true }));
    race.claw.occupy();
    race.arrive(request("1"));
    await race.finishAll();
    expect([race.claw.runs.length, answers]).toEqual([1, []]);
    race.lane.close();
  });
});
