import { setTimeout as pause } from "node:timers/promises";
import {
  busySeconds,
  type Channel,
  linkStatus,
  type MattermostClient,
  pluginOf,
  processorSeconds,
  residentMb,
  type Stack,
  storedEvents,
} from "@openclaw-mattermost/testbed";
import { percentiles } from "./percentiles.ts";
import { inMs } from "./table.ts";

export interface LoadOptions {
  readonly stack: Stack;
  /** They post in turn. */
  readonly users: readonly MattermostClient[];
  /** The bot and all users are in them, and nobody is mentioned. */
  readonly channels: readonly Channel[];
  /** How long posts come steadily. */
  readonly seconds: number;
  /** How many posts wait for the gateway. */
  readonly backlog: number;
}

const PER_SECOND = 300;
const IDLE_MB = 28;
const WAITING_MB = 40;
const DRAINED_PER_SECOND = 5_000;
/** Requests at once while a backlog is made. */
const WIDTH = 16;
const SETTLE_MS = 5_000;
const LOOK_EVERY_MS = 500;
/** Channels and people are looked up for the first time, and code runs for the first time. */
const COLD_MS = 3_000;
const DRAIN_MS = 240_000;

type Cells = readonly [what: string, measured: string, goal: string, verdict: string];

/** Posts that come steadily, posts that wait, and what the plugin needs for them. Our plugin has to run. */
export async function measureLoad(options: LoadOptions): Promise<string> {
  const { stack, seconds, backlog } = options;
  const { progress } = stack.run;
  const plugin = pluginOf(stack);
  await pause(SETTLE_MS);
  const rows: Cells[] = [
    ["what", "measured", "goal", "verdict"],
    ["---", "--:", "---", "---"],
    most("plugin, resident, idle", residentMb(plugin), "MB", IDLE_MB),
  ];
  rows.push(
    ...(await progress.during(`${String(PER_SECOND)} posts a second for ${String(seconds)} s`, () =>
      steadily(options, plugin),
    )),
  );
  rows.push(
    ...(await progress.during(`${String(backlog)} posts while the gateway is away`, () => backlogged(options, plugin))),
  );
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

async function steadily(options: LoadOptions, plugin: number): Promise<Cells[]> {
  const { stack, seconds } = options;
  const count = PER_SECOND * seconds;
  const waiting: { at: number; count: number }[] = [];
  const watch = watched(async () => waiting.push({ at: performance.now(), count: await pendingOf(stack) }));
  const posting: Promise<Made>[] = [];
  const used = processorShares({
    Mattermost: stack.mattermost.pid,
    plugin,
    gateway: stack.gateway.pid,
    "the bench": process.pid,
  });
  const begin = performance.now();
  for (let index = 0; index < count; index++) {
    await pause(Math.max(0, begin + (index * 1000) / PER_SECOND - performance.now()));
    posting.push(postOf(options, index));
  }
  const made = await Promise.all(posting);
  const perSecond = (count * 1000) / (performance.now() - begin);
  const shares = used();
  await watch.end();
  const atEnd = await pendingOf(stack);
  const mostWaiting = (of: (at: number) => boolean): number =>
    Math.max(...waiting.filter(({ at }) => of(at - begin)).map(({ count }) => count));
  const received = await arrivals(stack, made);
  const lag = percentiles(made.map(({ id, sentAt }) => (received.get(id) ?? NaN) - sentAt));
  return [
    least("posts that Mattermost took", perSecond, "a second", PER_SECOND, 0.98),
    [
      `events that wait within the first ${String(COLD_MS / 1_000)} s, at most`,
      String(mostWaiting((at) => at < COLD_MS)),
      "",
      "",
    ],
    // What is on its way at a moment is no more than came within the last second.
    most(
      `events that wait after that, at most (at its end ${String(atEnd)})`,
      mostWaiting((at) => at >= COLD_MS),
      "",
      PER_SECOND,
    ),
    ["POST → stored meanwhile, p50 / p99", `${inMs(lag.p50)} / ${inMs(lag.p99)} ms`, "", ""],
    ["processors meanwhile, in % of one", shares, "", ""],
  ];
}

async function backlogged(options: LoadOptions, plugin: number): Promise<Cells[]> {
  const { stack, backlog } = options;
  await stack.gateway.stop();
  let index = 0;
  const made: Made[] = [];
  let peakMb = 0;
  const watch = watched(() => {
    peakMb = Math.max(peakMb, residentMb(plugin));
  });
  const one = async (): Promise<void> => {
    while (index < backlog) made.push(await postOf(options, index++));
  };
  await Promise.all(Array.from({ length: WIDTH }, one));
  await pause(SETTLE_MS);
  await watch.end();
  await stack.gateway.start();
  const received = [...(await arrivals(stack, made)).values()];
  const perSecond = (backlog * 1000) / Math.max(1, Math.max(...received) - Math.min(...received));
  return [
    most(`plugin, resident, while ${String(backlog)} posts wait`, peakMb, "MB", WAITING_MB),
    least(`a backlog of ${String(backlog)}, stored`, perSecond, "a second", DRAINED_PER_SECOND),
  ];
}

interface Made {
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly sentAt: number;
}

async function postOf({ users, channels }: LoadOptions, index: number): Promise<Made> {
  const user = users[index % users.length];
  const channel = channels[index % channels.length];
  if (!user || !channel) throw new RangeError("Nobody posts, or nowhere.");
  const sentAt = Date.now();
  return { id: (await user.post(channel.id, `for the record, number ${String(index)}`)).id, sentAt };
}

/** When posts were stored by the adapter, in milliseconds since 1970, by post. */
async function arrivals(stack: Stack, made: readonly Made[]): Promise<ReadonlyMap<string, number>> {
  const wanted = new Map(made.map(({ id }) => [`post.created:${id}`, id]));
  const stored = new Map<string, number>();
  await stack.until(
    `${String(made.length)} posts in the inbox`,
    () => {
      for (const { id, received } of storedEvents(stack)) {
        const post = wanted.get(id);
        if (post !== undefined) stored.set(post, received);
      }
      return stored.size === made.length;
    },
    DRAIN_MS,
  );
  return stored;
}

async function pendingOf(stack: Stack): Promise<number> {
  const { links } = await linkStatus(stack.adminUser, stack.pluginId);
  return links.find((link) => link.bot.user_id === stack.bot.id)?.delivery.pending ?? NaN;
}

/** Begins to measure; the result says how much of a processor each has used until then. */
function processorShares(processes: Readonly<Record<string, number | undefined>>): () => string {
  const seconds = (): number[] => {
    const each = Object.values(processes).map(processorSeconds);
    return [...each, busySeconds() - each.reduce((sum, one) => sum + one, 0)];
  };
  const [before, begin] = [seconds(), performance.now()];
  return () => {
    const [after, passed] = [seconds(), (performance.now() - begin) / 1_000];
    return [...Object.keys(processes), "PostgreSQL and all else"]
      .map((name, index) => `${name} ${((100 * ((after[index] ?? 0) - (before[index] ?? 0))) / passed).toFixed(0)}`)
      .join(", ");
  };
}

/** Looks again and again until `end`. */
function watched(look: () => unknown): { end: () => Promise<void> } {
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      await look();
      await pause(LOOK_EVERY_MS);
    }
  })();
  return {
    end: () => {
      over.abort();
      return looking;
    },
  };
}

const shown = (value: number, unit: string): string => `${inMs(value)} ${unit}`.trim();

const most = (what: string, value: number, unit: string, goal: number): Cells => [
  what,
  shown(value, unit),
  `≤ ${String(goal)} ${unit}`.trim(),
  value <= goal ? "met" : "misses",
];

/** `slack`: the part of the goal that is enough, for what is measured with an end that is not sharp. */
const least = (what: string, value: number, unit: string, goal: number, slack = 1): Cells => [
  what,
  shown(value, unit),
  `≥ ${String(goal)} ${unit}`.trim(),
  value >= goal * slack ? "met" : "misses",
];
