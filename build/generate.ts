/**
 * Writes the generated files anew. `generate.ts check` leaves the tree as it was and fails when one of them was out of date.
 */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fromRoot, sourceFiles } from "./repository.ts";
import { run } from "./run.ts";

/** Scripts, and the file or folder that each of them writes. */
const GENERATED = [
  { script: "contract/scripts/generate.ts", result: "contract/schema" },
  { script: "gateway-adapter/scripts/generate.ts", result: "gateway-adapter/openclaw.plugin.json" },
  { script: "gateway-adapter/scripts/docs.ts", result: "docs/configuration.md" },
];

type Contents = Map<string, Buffer>;

function contents(path: string): Contents {
  if (!existsSync(fromRoot(path))) return new Map();
  const files = statSync(fromRoot(path)).isDirectory() ? sourceFiles(path) : [path];
  return new Map(files.map((file) => [file, readFileSync(fromRoot(file))]));
}

function changed(before: Contents, after: Contents): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    return !old || !now || !old.equals(now);
  });
}

function restore(paths: readonly string[], before: Contents): void {
  for (const path of paths) {
    const content = before.get(path);
    if (content) writeFileSync(fromRoot(path), content);
    else rmSync(fromRoot(path));
  }
}

const checking = process.argv[2] === "check";
for (const { script, result } of GENERATED) {
  if (!existsSync(fromRoot(script))) continue;
  const before = contents(result);
  if ((await run(process.execPath, [script])) !== 0) process.exitCode = 1;
  const stale = changed(before, contents(result));
  if (checking) restore(stale, before);
  for (const path of stale) console.log(checking ? `${path} is out of date: make generate` : path);
  if (checking && stale.length > 0) process.exitCode = 1;
}
