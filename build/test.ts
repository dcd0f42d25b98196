/** `test.ts [go] [unit] [e2e] [faults] [attacks] [web]`: runs suites, by default all (`web` is in `e2e`), ends with `N passed, N failed`. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import {
  countJest,
  type Counts,
  failureInTable,
  failuresOfJest,
  inWords,
  type JestResult,
  NOTHING,
  readCounts,
  sum,
} from "./counts.ts";
import { goTestReader } from "./go-test.ts";
import { fromRoot } from "./repository.ts";
import { run } from "./run.ts";

/** An e2e suite has a gateway and a server of its own, and mostly waits for them. More than two starve each other. */
const E2E_AT_ONCE = Math.min(2, availableParallelism());
const FAILED: Counts = { ...NOTHING, failed: 1 };
/** What failed, a line each, to be said once more where a reader looks first: at the end. */
const failures: string[] = [];

/** The race detector needs a C compiler; without one the tests still run. */
async function raceFlags(): Promise<string[]> {
  const found = (await run("sh", ["-c", 'command -v "$(go env CC)" >/dev/null'])) === 0;
  if (!found) console.log("No C compiler: the Go tests run without the race detector.");
  return found ? ["-race"] : [];
}

async function runGo(): Promise<Counts> {
  const flags = await raceFlags();
  const reader = goTestReader((text) => process.stdout.write(text));
  const code = await run("go", ["test", ...flags, "-json", "./server/..."], {
    env: { CGO_ENABLED: flags.length > 0 ? "1" : "0" },
    onLine: reader.line,
  });
  const counts = reader.counts();
  failures.push(...reader.failures());
  return code !== 0 && counts.failed === 0 ? sum([counts, FAILED]) : counts;
}

async function runJest(project: "unit" | "e2e", ...files: string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-mattermost-"));
  const file = join(folder, "result.json");
  try {
    const args = [`--selectProjects=${project}`, "--json", `--outputFile=${file}`];
    if (project === "e2e") args.push(`--maxWorkers=${E2E_AT_ONCE}`);
    args.push(...files);
    const code = await run(fromRoot("build/jest"), args, { onLine: () => undefined });
    const result = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as JestResult) : undefined;
    const counts = result ? countJest(result) : NOTHING;
    if (result) failures.push(...failuresOfJest(result));
    return code !== 0 && counts.failed === 0 ? sum([counts, FAILED]) : counts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A suite that is a program counts by itself; its table stays in sight. */
async function runProgram(file: string): Promise<Counts> {
  let counts = NOTHING;
  const code = await run(process.execPath, [file], {
    onLine: (line) => {
      counts = readCounts(line) ?? counts;
      const failure = failureInTable(line);
      if (failure) failures.push(failure);
      console.log(line);
    },
  });
  return code !== 0 && counts.failed === 0 ? sum([counts, FAILED]) : counts;
}

const SUITES: Record<string, () => Promise<Counts>> = {
  go: runGo,
  unit: () => runJest("unit"),
  e2e: () => runJest("e2e"),
  web: () => runJest("e2e", "e2e/web"),
  faults: () => runProgram("faults/src/main.ts"),
  attacks: () => runProgram("attacks/src/main.ts"),
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : ["go", "unit", "e2e", "faults", "attacks"];
const results: Counts[] = [];
for (const name of wanted) {
  const suite = SUITES[name];
  if (!suite) throw new Error(`There is no suite ${name}: ${Object.keys(SUITES).join(", ")}`);
  console.log(`\n== ${name}`);
  let counts = await suite();
  if (counts.passed + counts.failed === 0) {
    console.error("No test ran.");
    counts = FAILED;
  }
  console.log(`== ${name}: ${inWords(counts)}`);
  results.push(counts);
}
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `- ${failure}`).join("\n")}`);
const total = sum(results);
console.log(`\n${inWords(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
