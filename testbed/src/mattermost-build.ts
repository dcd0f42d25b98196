import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "./command.ts";
import type { Keeper } from "./keeper.ts";
import { KEPT, REPOSITORY } from "./paths.ts";
import type { Progress } from "./progress.ts";

const SOURCE = join(REPOSITORY, "testbed", "mattermost");
const BINARY = join(KEPT, "bin", "mattermost");
/** A cold build compiles all of Mattermost. */
const BUILD_DEADLINE_MS = 30 * 60_000;

/** Compiles the Mattermost server of the test bed, unless it is there already, and returns its path. */
export async function buildMattermost(keeper: Keeper, progress: Progress): Promise<string> {
  const stampFile = `${BINARY}.stamp`;
  const stamp = hashOfSource();
  if (existsSync(BINARY) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return BINARY;
  mkdirSync(join(KEPT, "bin"), { recursive: true });
  // Built aside and renamed, so that two test runs at once do not see half a file.
  const aside = `${BINARY}.${process.pid}`;
  await progress.during("building Mattermost (minutes the first time, then seconds)", () =>
    mustRun(
      {
        command: "go",
        args: ["build", "-buildvcs=false", "-o", aside, "."],
        cwd: SOURCE,
        // Not part of any workspace: this server needs other versions than the plugin.
        env: { ...process.env, GOWORK: "off", GOFLAGS: "" },
        deadlineMs: BUILD_DEADLINE_MS,
      },
      keeper,
    ),
  );
  renameSync(aside, BINARY);
  writeFileSync(stampFile, stamp);
  return BINARY;
}

function hashOfSource(): string {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const name of readdirSync(SOURCE).sort()) {
    if (/\.go$|^go\.(mod|sum)$/.test(name)) hash.update(name).update(readFileSync(join(SOURCE, name)));
  }
  return hash.digest("hex");
}
