/**
 * `make reproducible`: builds what is shipped in two copies of the tree, each in a folder of its own, and fails if a byte
 * differs, or if anything that is shipped would run a script when it is installed.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { fromRoot } from "./repository.ts";
import { output, run } from "./run.ts";

/** What npm and OpenClaw would run by themselves. */
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall", "prepare", "prepublish"];

async function copyTree(folder: string): Promise<void> {
  const files = (
    await output("git", ["-C", fromRoot(), "ls-files", "--cached", "--others", "--exclude-standard"])
  ).trim();
  for (const file of files.split("\n")) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(fromRoot(file), join(folder, file), { verbatimSymlinks: true });
  }
  symlinkSync(fromRoot("node_modules"), join(folder, "node_modules"));
  const own = fromRoot("gateway-adapter", "node_modules");
  symlinkSync(own, join(folder, "gateway-adapter", "node_modules"));
}

/** Builds in a copy and gives the artefacts by their names. */
async function buildIn(folder: string): Promise<Map<string, Buffer>> {
  await copyTree(folder);
  const code = await run("make", ["--no-print-directory", "-C", folder, "dist-host"], { onLine: () => undefined });
  if (code !== 0) throw new Error(`the copy in ${folder} cannot be built`);
  const found = ["dist", "dist/host"].flatMap((place) =>
    readdirSync(join(folder, place))
      .filter((name) => name.endsWith("gz"))
      .map((name) => [name, readFileSync(join(folder, place, name))] as const),
  );
  return new Map(found);
}

/** The scripts of a package that would run at its installation. */
async function scriptsIn(archive: Buffer): Promise<string[]> {
  const found: string[] = [];
  const reader = extract();
  reader.end(gunzipSync(archive));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (!entry.header.name.endsWith("package.json")) continue;
    const { scripts = {} } = JSON.parse(Buffer.concat(chunks).toString()) as { scripts?: Record<string, string> };
    found.push(...INSTALL_SCRIPTS.filter((name) => name in scripts).map((name) => `${entry.header.name}: ${name}`));
  }
  return found;
}

const folder = mkdtempSync(join(tmpdir(), "openclaw-mattermost-"));
const problems: string[] = [];
try {
  const first = await buildIn(join(folder, "one"));
  const second = await buildIn(join(folder, "another-place"));
  for (const [name, bytes] of first) {
    const hash = createHash("sha256").update(bytes).digest("hex");
    const same = second.get(name)?.equals(bytes) === true;
    console.log(`${name}  sha256 ${hash}  ${same ? "the same twice" : "DIFFERS"}`);
    if (!same) problems.push(`${name} differs`);
    problems.push(...(await scriptsIn(bytes)));
  }
  if (first.size !== 2) problems.push(`${first.size} artefacts instead of two`);
} finally {
  rmSync(folder, { recursive: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
