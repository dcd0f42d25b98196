import { evaluateIn, type Stack } from "@openclaw-mattermost/testbed";
import type { Row } from "./table.ts";

/** What the adapter tells `node:diagnostics_channel` of a request on its way; milliseconds since 1970. */
export interface Passed {
  readonly station: string;
  readonly at: number;
}

const WATCH = `(() => {
  globalThis.passedStations = [];
  process.getBuiltinModule("node:diagnostics_channel").subscribe("openclaw-mattermost.station", (each) => passedStations.push(each));
  return "null";
})()`;
const TAKE = "JSON.stringify(passedStations.splice(0))";

/** A turn as the one who asked saw it; milliseconds since 1970. */
export interface SeenTurn {
  readonly askedAt: number;
  /** Mattermost had answered the request that made the post. */
  readonly takenAt: number;
  readonly modelAskedAt: number;
  readonly modelDoneAt: number;
  readonly seenAt: number;
}

/** The stretches of a turn's way, in their order, and whose each of them is. */
const STRETCHES = [
  ["POST → webhook: Mattermost, plugin, wire", "askedAt", "received"],
  ["webhook → stored in the inbox: adapter", "received", "stored"],
  ["stored → handed to OpenClaw: adapter", "stored", "handed"],
  ["handed → the model is asked: OpenClaw", "handed", "modelAskedAt"],
  ["the model's answer: stub", "modelAskedAt", "modelDoneAt"],
  ["the model's answer → the channel's turn: OpenClaw", "modelDoneAt", "answered"],
  ["answer → posted: adapter, REST", "answered", "posted"],
  ["posted → seen by the client: Mattermost", "posted", "seenAt"],
] as const;

const OWN_SHARE_MS = 15;

/** Begins to watch our gateway, which has to be `INSPECTABLE`; the function gives what was passed since it was called last. */
export async function watchPassed(stack: Stack): Promise<() => Promise<Passed[]>> {
  const { logFile } = stack.gateway;
  await evaluateIn(logFile, WATCH);
  return () => evaluateIn<Passed[]>(logFile, TAKE);
}

/** Watches where turns of our gateway spend their time. One turn at a time: what is passed has no names. */
export async function watchStations(stack: Stack) {
  const lengths = new Map<string, number[]>(STRETCHES.map(([what]) => [what, []]));
  const own: number[] = [];
  const taken: number[] = [];
  const take = await watchPassed(stack);
  return {
    /** Forgets what nobody counts. */
    async skip(): Promise<void> {
      await take();
    },
    async ended(turn: SeenTurn): Promise<void> {
      const passed = await take();
      const first = (station: string): number => passed.find((each) => each.station === station)?.at ?? Number.NaN;
      const stationAt = (name: string): number => (name in turn ? turn[name as keyof SeenTurn] : first(name));
      for (const [what, from, to] of STRETCHES) lengths.get(what)?.push(stationAt(to) - stationAt(from));
      taken.push(turn.takenAt - turn.askedAt);
      own.push(turn.seenAt - turn.askedAt - (first("answered") - first("handed")));
    },
    rows: (): Row[] => [
      ...[...lengths].map(([what, samples]) => ({ what, samples: samples.filter(Number.isFinite) })),
      {
        what: "our own share: all but OpenClaw and the model",
        samples: own.filter(Number.isFinite),
        limitMs: OWN_SHARE_MS,
      },
      { what: "for comparison: what Mattermost takes for the user's post, request → answer", samples: taken },
    ],
  };
}
export type StationWatch = Awaited<ReturnType<typeof watchStations>>;
