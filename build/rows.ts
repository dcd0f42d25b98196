/** Lists the promises of docs/features.md that no test names. A test names rows at the start of its title: `S10 retries …`. */
import { readFileSync } from "node:fs";
import { readPromises, rowsNamed } from "./promises.ts";
import { fromRoot, sourceFiles } from "./repository.ts";

const FOLDERS = [
  "contract",
  "gateway-adapter",
  "server",
  "webapp",
  "testbed",
  "e2e",
  "bench",
  "faults",
  "attacks",
  "build",
];
const TEST_FILE = /(\.test\.tsx?|_test\.go)$/;

const read = (path: string) => readFileSync(fromRoot(path), "utf8");
const promises = readPromises(read("docs/features.md"));
const tested = new Set(
  FOLDERS.flatMap(sourceFiles)
    .filter((path) => TEST_FILE.test(path))
    .flatMap((path) => rowsNamed(read(path))),
);

const untested = promises.filter(({ row }) => !tested.has(row));
for (const { row, text } of untested)
  console.log(`${row.padEnd(4)} ${text.length > 110 ? `${text.slice(0, 109)}…` : text}`);
for (const row of tested) {
  if (!promises.some((promise) => promise.row === row))
    console.log(`${row.padEnd(4)} is named by a test, but is no row`);
}
console.log(`${String(promises.length - untested.length)} of ${String(promises.length)} rows are named by a test.`);
