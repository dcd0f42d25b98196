import { type Channel, type MattermostClient, type Stack } from "@openclaw-mattermost/testbed";
import { openDisk } from "./disk.ts";
import { postAtPace, sinceEpochToNow, type TimedPost } from "./measure.ts";
import { median, ratioOf } from "./percentiles.ts";
import { forwardTo, runOnly } from "./plugins.ts";
import { inMs, type Row, table } from "./table.ts";
import type { Passage, Tap } from "./tap.ts";
import { type Passed, watchPassed } from "./stations.ts";

export interface PathOptions {
  readonly stack: Stack;
  readonly user: MattermostClient;
  /** The bot is in it, and nobody is mentioned. */
  readonly channel: Channel;
  /** Between our plugin and the gateway. */
  readonly signed: Tap;
  /** Between the probe and the receiver that stores nothing. */
  readonly unsigned: Tap;
  readonly rounds: number;
  /** Posts a round. */
  readonly count: number;
}

type Kind = "signed" | "unsigned";

/** Milliseconds after POST, by post. */
interface Round {
  readonly arrived: number[];
  readonly answered: number[];
  /** The unsigned path tells when its hook was called. */
  readonly hooked: number[];
  /** From the webhook to the store, within the adapter. */
  readonly inside: number[];
}

const PER_SECOND = 20;
const WARM_UP = { count: 10, perSecond: PER_SECOND };
const GOAL = 1.2;
/** About what an event has. */
const COMMIT_BYTES = 750;
const COMMIT_EVERY_MS = 10;

/** POST → stored by the adapter, against the same path unsigned and not stored, in turn. */
export async function measurePath(options: PathOptions): Promise<string> {
  const { stack, unsigned, rounds } = options;
  using disk = openDisk(stack.run.folder);
  const commits: number[] = [];
  await forwardTo(stack, unsigned.url);
  const passed = await watchPassed(stack);
  const seen: Record<Kind, Round[]> = { signed: [], unsigned: [] };
  for (let round = 0; round < rounds; round++) {
    const inTurn: Kind[] = round % 2 === 0 ? ["signed", "unsigned"] : ["unsigned", "signed"];
    for (const kind of inTurn) {
      await stack.run.progress.during(`path, round ${round + 1} of ${rounds}, ${kind}`, async () => {
        seen[kind].push(await oneRound(options, kind, passed));
      });
    }
    commits.push(...(await disk.commits({ count: options.count, everyMs: COMMIT_EVERY_MS, bytes: COMMIT_BYTES })));
  }
  await forwardTo(stack, "");
  return [
    table([...rowsOf(seen), { what: "one synced commit on this disk", samples: commits }]),
    "",
    footnote(seen, options),
  ].join("\n");
}

async function oneRound(options: PathOptions, kind: Kind, passed: () => Promise<Passed[]>): Promise<Round> {
  const { stack, user, channel, count } = options;
  await runOnly(stack, kind === "signed" ? "ours" : "probe");
  await postAtPace(user, channel.id, WARM_UP);
  await passed();
  const offset = sinceEpochToNow();
  const posts = await postAtPace(user, channel.id, { count, perSecond: PER_SECOND });
  const { passages } = options[kind];
  await stack.until(`${kind} deliveries of all posts`, () =>
    posts.every(({ id }) => passages.get(id)?.answeredAt !== undefined),
  );
  return { ...inRound(posts, passages, offset), inside: insideOf(await passed()) };
}

/** Deliveries come one after the other here. */
function insideOf(passed: readonly Passed[]): number[] {
  let received = Number.NaN;
  return passed.flatMap(({ station, at }) => {
    if (station === "received") received = at;
    return station === "stored" ? [at - received] : [];
  });
}

function inRound(
  posts: readonly TimedPost[],
  passages: ReadonlyMap<string, Passage>,
  offset: number,
): Omit<Round, "inside"> {
  const round = { arrived: [] as number[], answered: [] as number[], hooked: [] as number[] };
  for (const { id, startedAt } of posts) {
    const { arrivedAt, answeredAt, body } = passages.get(id) ?? { arrivedAt: NaN, body: "{}" };
    const { hook_at: hookAt } = JSON.parse(body) as { hook_at?: number };
    round.arrived.push(arrivedAt - startedAt);
    round.answered.push((answeredAt ?? NaN) - startedAt);
    if (hookAt !== undefined) round.hooked.push(hookAt + offset - startedAt);
  }
  return round;
}

function rowsOf({ signed, unsigned }: Record<Kind, Round[]>): Row[] {
  const pool = (rounds: readonly Round[], key: keyof Round): number[] => rounds.flatMap((round) => round[key]);
  const against = (key: keyof Round) => [{ to: "unsigned", value: ratioOf(pool(signed, key), pool(unsigned, key)) }];
  return [
    { what: "POST → hook (probe)", samples: pool(unsigned, "hooked") },
    { what: "POST → delivery arrives, unsigned", samples: pool(unsigned, "arrived") },
    { what: "POST → delivery arrives, signed", samples: pool(signed, "arrived"), ratios: against("arrived") },
    { what: "POST → answered, unsigned and not stored", samples: pool(unsigned, "answered") },
    { what: "POST → adapter stored", samples: pool(signed, "answered"), ratios: against("answered"), goal: GOAL },
    { what: "of that within the adapter: webhook → stored", samples: pool(signed, "inside") },
  ];
}

function footnote(seen: Record<Kind, Round[]>, { signed, unsigned, rounds }: PathOptions): string {
  const medians = (kind: Kind): number[] => seen[kind].map((round) => median(round.answered));
  const listed = (kind: Kind): string => medians(kind).map(inMs).join(" ");
  const byRounds = median(medians("signed")) / median(medians("unsigned"));
  const size = (tap: Tap): string => median([...tap.passages.values()].map(({ body }) => body.length)).toFixed(0);
  return [
    `${rounds} rounds each in turn, ${PER_SECOND} posts a second by one author; ratios of the p50s above. Medians of the rounds:`,
    `stored ${listed("signed")}; unsigned ${listed("unsigned")}; the ratio of their medians is ${byRounds.toFixed(2)}.`,
    `Bodies: ${size(signed)} and ${size(unsigned)} bytes.`,
  ].join("\n");
}
