/**
 * `make soak`: mixed traffic for MINUTES (60), with a fault every few minutes. Prints what was lost, doubled or out of order, and
 * how memory, open files, timers, goroutines and databases went.
 */
import { setTimeout as pause } from "node:timers/promises";
import { builtBundle, INSPECTABLE, pluginOf } from "@openclaw-mattermost/testbed";
import { type Ground, judged, lineOf, newLedger, openGround, recovered, type Trial } from "./ground.ts";
import { type Sample, takeSample } from "./soak/sample.ts";
import { type Course, courses, courseTable } from "./soak/slope.ts";
import { tableOf } from "./table.ts";
import { startTraffic } from "./traffic.ts";

const MINUTES = Number(process.env["MINUTES"] ?? 60);
if (!(MINUTES > 0)) throw new RangeError("MINUTES is how long it runs: a number above 0, such as 2");
const DURATION_MS = MINUTES * 60_000;
/** Every few minutes, but some of them also in a short run. */
const FAULT_EVERY_MS = Math.min(180_000, DURATION_MS / 4);
const SAMPLE_EVERY_MS = Math.min(10_000, DURATION_MS / 12);
const BROKEN_MS = 5_000;
const MENTION_EVERY = 60;
/** In an hour; only a run that is long enough can tell growth from warming up. */
const GROWTH_MB = 50;
/**
 * What a turn leaves in OpenClaw's caches, at most; \`make bench\` prints it of the official channel's gateway beside ours. Nothing
 * else of a gateway may grow. Its resident memory is printed and not judged: most of it is not the heap of its main thread.
 */
const TURN_MB = 0.1;
const GROWTH_COUNT = 100;
const JUDGED_FROM_MINUTES = 30;

type Fault = readonly [name: string, make: (ground: Ground) => Promise<void>];

const admin = async (ground: Ground, path: string): Promise<void> =>
  ground.stack.adminUser.plugin(ground.stack.pluginId, "POST", path, {});

const wire = (name: "gateway" | "mattermost" | "database"): Fault => [
  `black hole, ${name}`,
  async ({ stack }) => {
    stack.wires[name].set({ kind: "black hole" });
    await pause(BROKEN_MS);
    stack.wires[name].set({ kind: "none" });
  },
];

const FAULTS: readonly Fault[] = [
  [
    "kill -9 of the gateway",
    async ({ stack }) => {
      await stack.gateway.crash();
      stack.gateway.forgetCrashes();
      await stack.gateway.start();
    },
  ],
  ["keys rotated", (ground) => admin(ground, "/api/v1/keys/rotate")],
  wire("gateway"),
  ["kill -9 of the plugin", async ({ stack }) => void process.kill(pluginOf(stack), "SIGKILL")],
  ["keys revoked", (ground) => admin(ground, "/api/v1/keys/revoke")],
  wire("mattermost"),
  [
    "the plugin disabled and enabled",
    async ({ stack }) => {
      await stack.admin.disablePlugin(stack.pluginId);
      await pause(BROKEN_MS);
      await stack.admin.enablePlugin(stack.pluginId);
    },
  ],
  [
    "the bundle upgraded in place",
    async ({ stack }) => {
      await stack.admin.uploadPlugin(builtBundle());
      await stack.admin.enablePlugin(stack.pluginId);
    },
  ],
  ["Mattermost restarted", ({ stack }) => stack.mattermost.restart()],
  wire("database"),
];

/** Growth that a process would not survive for weeks. */
function problemsOf(all: readonly Course[], turns: number): string[] {
  if (MINUTES < JUDGED_FROM_MINUTES) return [];
  const limitOf = (measure: string): number => {
    if (measure === "gateway heap MB") return GROWTH_MB + (turns * TURN_MB * 60) / MINUTES;
    if (/^database|^inbox|^gateway MB/.test(measure)) return Number.POSITIVE_INFINITY;
    return measure.endsWith("MB") ? GROWTH_MB : GROWTH_COUNT;
  };
  return all
    .filter(({ measure, perHour }) => perHour > limitOf(measure))
    .map(({ measure, perHour }) => `${measure}: ${perHour.toFixed(0)} more an hour`);
}

async function run(ground: Ground): Promise<{ trial: Trial; samples: Sample[]; faults: string[] }> {
  const ledger = newLedger();
  const traffic = startTraffic({
    ledger,
    authors: ground.authors,
    channels: await ground.channels(8),
    bot: ground.stack.bot.username,
    mentionEvery: MENTION_EVERY,
    pauseMs: 400,
  });
  const began = performance.now();
  const samples: Sample[] = [];
  const faults: string[] = [];
  const over = (): boolean => performance.now() - began >= DURATION_MS;
  const sampling = (async () => {
    while (!over()) {
      samples.push(await takeSample(ground, (performance.now() - began) / 1_000));
      await pause(SAMPLE_EVERY_MS);
    }
  })();
  for (let next = FAULT_EVERY_MS; next < DURATION_MS; next += FAULT_EVERY_MS) {
    await pause(Math.max(0, began + next - performance.now()));
    const [name, make] = FAULTS[faults.length % FAULTS.length] ?? [];
    if (!name || !make) break;
    faults.push(name);
    // What a fault makes impossible, such as to revoke keys while the plugin starts, is tried again with the next round.
    await make(ground).catch((error: unknown) => console.error(`${name}:`, error));
  }
  await pause(Math.max(0, began + DURATION_MS - performance.now()));
  await traffic.stop();
  await sampling;
  return { trial: { ledger, healedAt: performance.now() }, samples, faults };
}

await using ground = await openGround({}, INSPECTABLE);
const { trial, samples, faults } = await ground.stack.run.progress.during(`soak of ${String(MINUTES)} min`, () =>
  run(ground),
);
const recoveryMs = await recovered(ground, trial);
const all = courses(samples);
const judgement = await judged(ground, trial);
const problems = problemsOf(all, judgement.sent / MENTION_EVERY);
const title = `${String(MINUTES)} min, ${String(faults.length)} faults`;
const line = lineOf(title, { ...trial, problems, note: faults.join(", ") }, judgement, recoveryMs, false);
console.log(
  `\n${tableOf([line])}\n\n${courseTable(all)}\n\n${line.passed ? "1 passed, 0 failed" : "0 passed, 1 failed"}`,
);
if (!line.passed) console.error(ground.stack.explain());
process.exitCode = line.passed ? 0 : 1;
