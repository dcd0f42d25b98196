/** `make check-style`: runs every check, tells all that is wrong, and fails if anything is. */
import { existsSync } from "node:fs";
import { fromRoot, sourceFiles, WORKSPACES } from "./repository.ts";
import { npmProgram, run } from "./run.ts";

interface Check {
  name: string;
  run: () => Promise<boolean>;
}

const node = async (...args: string[]) => (await run(process.execPath, args)) === 0;
const go = async (...args: string[]) => (await run("go", args)) === 0;
const goTool = (...args: string[]) => go("tool", "-modfile=build/tools/go.mod", ...args);

/** gofumpt succeeds whatever it finds; it lists the files that it would change. */
async function gofumpt(): Promise<boolean> {
  const listed: string[] = [];
  const folders = ["server", "testbed"].filter((folder) => existsSync(fromRoot(folder)));
  const code = await run("go", ["tool", "-modfile=build/tools/go.mod", "gofumpt", "-l", ...folders], {
    onLine: (line) => listed.push(line),
  });
  for (const path of listed)
    console.error(`${path} is not formatted: go tool -modfile=build/tools/go.mod gofumpt -w ${path}`);
  return code === 0 && listed.length === 0;
}

const typed = [...WORKSPACES, "testbed/client", "build"].filter((folder) =>
  sourceFiles(folder).some((path) => /\.tsx?$/.test(path)),
);
const goFiles = sourceFiles("server").some((path) => path.endsWith(".go"));

const CHECKS: Check[] = [
  { name: "manifest", run: () => node("build/manifest.ts", "check") },
  { name: "texts of the web app", run: () => node("build/texts.ts") },
  { name: "generated files", run: () => node("build/generate.ts", "check") },
  { name: "prettier", run: () => node(npmProgram("prettier/bin/prettier.cjs"), "--check", "--log-level=warn", ".") },
  ...typed.map((folder) => ({
    name: `tsc ${folder}`,
    run: () => node(npmProgram("typescript/bin/tsc"), "--project", folder),
  })),
  { name: "eslint", run: () => node(npmProgram("eslint/bin/eslint.js"), "--max-warnings=0", ".") },
  ...(goFiles
    ? [
        { name: "gofumpt", run: gofumpt },
        { name: "go vet", run: () => go("vet", "./server/...") },
        { name: "staticcheck", run: () => goTool("staticcheck", "./server/...") },
      ]
    : []),
];

const failed: string[] = [];
for (const check of CHECKS) {
  const started = performance.now();
  const passed = await check.run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${passed ? "ok    " : "FAILED"} ${check.name} (${seconds} s)`);
  if (!passed) failed.push(check.name);
}
if (failed.length > 0) console.error(`\nTo mend: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
