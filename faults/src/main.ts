/** `make faults`: breaks what can break, and counts what it cost. `LONG=1` takes its time; `ONLY=text` runs what has that in its name. */
import { type Ground, judged, lineOf, openGround, recovered, type Trial } from "./ground.ts";
import { measureSweep, sweepTable, verdictOf } from "./scale.ts";
import { BACKLOGS } from "./scenarios/backlog.ts";
import { CHECKER, FLOODS } from "./scenarios/floods.ts";
import { OUTAGES } from "./scenarios/outages.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { WIRES } from "./scenarios/wires.ts";
import { type Line, tableOf } from "./table.ts";

const LONG = process.env["LONG"] === "1";
const ONLY = process.env["ONLY"] ?? "";

const scenarios = [...FLOODS, ...OUTAGES, ...WIRES, ...BACKLOGS, CHECKER].filter(
  ({ fault, long }) => (LONG || !long) && fault.includes(ONLY),
);

const SWEEP = "cost of a sweep";

interface Tried {
  readonly scenario: Scenario;
  readonly trial: Trial;
  readonly recoveryMs: number | undefined;
}

async function tryIt(ground: Ground, scenario: Scenario): Promise<Tried | Line> {
  try {
    const trial = await scenario.run(ground);
    const recoveryMs = scenario.wantsLoss ? 0 : await recovered(ground, trial);
    return { scenario, trial, recoveryMs };
  } catch (error) {
    console.error(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${ground.stack.explain()}`,
    );
    const note = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    const nothing = { sent: 0, lost: 0, doubledAtAdapter: 0, doubledAtAgent: 0, outOfOrder: 0, recoveryMs: undefined };
    return { fault: scenario.fault, ...nothing, note, passed: false };
  }
}

async function lineFor(ground: Ground, tried: Tried | Line): Promise<Line> {
  if (!("trial" in tried)) return tried;
  const { scenario, trial, recoveryMs } = tried;
  return lineOf(scenario.fault, trial, await judged(ground, trial), recoveryMs, scenario.wantsLoss === true);
}

const SETTINGS = {
  // Pages of links are fetched from this machine, for the one that is slow.
  ServiceSettings: { EnableLinkPreviews: true, AllowedUntrustedInternalConnections: "127.0.0.1" },
};

await using ground = await openGround(SETTINGS);
const tried: (Tried | Line)[] = [];
for (const scenario of scenarios) {
  await ground.stack.run.progress.during(scenario.fault, async () => {
    tried.push(await tryIt(ground, scenario));
  });
  const last = tried.at(-1);
  if (last)
    console.error(
      tableOf([await lineFor(ground, last)])
        .split("\n")
        .at(-1),
    );
}
// What comes twice may come late: everything is counted again at the end.
const lines: Line[] = [];
for (const each of tried) lines.push(await lineFor(ground, each));
console.log(`\n${tableOf(lines)}\n`);
const verdicts = lines.map((line) => line.passed);
if (LONG && SWEEP.includes(ONLY)) {
  const costs = await ground.stack.run.progress.during(SWEEP, () => measureSweep(ground, [10_000, 100_000, 1_000_000]));
  const problems = verdictOf(costs);
  console.log(`${SWEEP}:\n\n${sweepTable(costs)}\n\n${problems.map((problem) => `FAILED: ${problem}\n`).join("")}`);
  verdicts.push(problems.length === 0);
}
const failed = verdicts.filter((passed) => !passed).length;
if (failed > 0) console.error(ground.stack.explain());
console.log(`${verdicts.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || verdicts.length === 0 ? 1 : 0;
