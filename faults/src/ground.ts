import { setTimeout as pause } from "node:timers/promises";
import { type Channel, type JsonObject, type MattermostClient, Stack } from "@openclaw-mattermost/testbed";
import { type FarSideReader, openFarSide } from "./far-side.ts";
import { createLedger, judge, type Judgement, type Ledger } from "./ledger.ts";
import type { Line } from "./table.ts";

const AUTHORS = ["ann", "ben", "cat", "dan", "eve", "fay", "gus", "hal"];
/** How long is waited for what is missing. */
const RECOVERY_MS = 150_000;
const LOOK_EVERY_MS = 250;

/** Where faults are made: one stack, of which every scenario uses channels of its own. */
export interface Ground {
  readonly stack: Stack;
  readonly far: FarSideReader;
  readonly authors: readonly MattermostClient[];
  /** New channels with the bot and all authors. */
  channels: (count: number) => Promise<Channel[]>;
}

export async function openGround(
  mattermost: JsonObject = {},
  gatewayEnv: Readonly<Record<string, string>> = {},
): Promise<Ground & AsyncDisposable> {
  await using cleanup = new AsyncDisposableStack();
  const stack = cleanup.use(
    await Stack.start({
      users: AUTHORS,
      wires: true,
      channel: { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" },
      mattermost,
      gatewayEnv,
    }),
  );
  const far = cleanup.use(await openFarSide(stack));
  const authors = AUTHORS.map((name) => stack.user(name));
  let made = 0;
  const started = cleanup.move();
  return {
    stack,
    far,
    authors,
    async channels(count) {
      const names = Array.from({ length: count }, () => `c${String((made += 1))}`);
      return Promise.all(names.map((name) => stack.channelWith(name, authors)));
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** What a scenario leaves behind: it is judged when the fault is over, and once more at the end of the run. */
export interface Trial {
  readonly ledger: Ledger;
  /** Of `performance.now()`: from here on nothing is broken any more. */
  readonly healedAt: number;
  readonly note?: string;
  /** What else has to be true; each says what is wrong. */
  readonly problems?: readonly string[];
}

let trials = 0;
/** A ledger whose tokens no other scenario has. */
export const newLedger = (): Ledger => createLedger(`${process.pid.toString(36)}a${(trials += 1).toString(36)}`);

/** Waits until nothing is missing, and tells how long that took; undefined if nothing more arrives and something still is. */
export async function recovered(ground: Ground, trial: Trial): Promise<number | undefined> {
  let missing = Number.POSITIVE_INFINITY;
  let progressAt = performance.now();
  while (performance.now() - progressAt < RECOVERY_MS) {
    const truth = await ground.far.truth(trial.ledger.prefix);
    const lost = judge(trial.ledger, truth, await ground.far.far()).lost.length;
    if (lost === 0) return Math.max(0, performance.now() - trial.healedAt);
    if (lost < missing) {
      missing = lost;
      progressAt = performance.now();
    }
    await pause(LOOK_EVERY_MS);
  }
  return undefined;
}

export async function judged(ground: Ground, trial: Trial): Promise<Judgement> {
  return judge(trial.ledger, await ground.far.truth(trial.ledger.prefix), await ground.far.far());
}

/** A judged trial as a line of the table; with `wantsLoss` it passes only if the ledger shows losses. */
export function lineOf(
  fault: string,
  trial: Trial,
  judgement: Judgement,
  recoveryMs: number | undefined,
  wantsLoss: boolean,
): Line {
  const { sent, lost, doubledAtAdapter, doubledAtAgent, outOfOrder } = judgement;
  const clean = lost.length === 0 && doubledAtAdapter + doubledAtAgent + outOfOrder === 0;
  const problems = trial.problems ?? [];
  const missing = wantsLoss ? [] : lost.slice(0, 3);
  return {
    fault,
    sent,
    lost: lost.length,
    doubledAtAdapter,
    doubledAtAgent,
    outOfOrder,
    recoveryMs,
    note: [...problems, ...missing.map((id) => `missing: ${id}`), ...(trial.note ? [trial.note] : [])].join("; "),
    passed: sent > 0 && problems.length === 0 && (wantsLoss ? lost.length > 0 : clean),
  };
}
