import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { REPOSITORY } from "@openclaw-mattermost/testbed";
import { pack } from "tar-stream";

const SOURCE = fileURLToPath(new URL("../probe", import.meta.url));
/** Where the test bed keeps what only saves time. */
const KEPT = join(REPOSITORY, ".testbed", "bench");

export const PROBE_ID = "com.example.probe";

/** Builds and packs the probe plugin for this machine, unless that was done before, and returns the bundle's path. */
export async function buildProbe(): Promise<string> {
  const bundle = join(KEPT, `probe-${hashOfSource()}.tar.gz`);
  if (existsSync(bundle)) return bundle;
  mkdirSync(KEPT, { recursive: true });
  // Built aside and renamed, so that two runs at once do not see half a file.
  const aside = join(KEPT, `probe.${process.pid}`);
  await promisify(execFile)("go", ["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", aside, "."], {
    cwd: SOURCE,
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" },
  });
  const archive = pack();
  archive.entry({ name: `${PROBE_ID}/plugin.json` }, readFileSync(join(SOURCE, "plugin.json")));
  archive.entry({ name: `${PROBE_ID}/server/probe`, mode: 0o755 }, readFileSync(aside));
  archive.finalize();
  writeFileSync(aside, gzipSync(await buffer(archive)));
  renameSync(aside, bundle);
  return bundle;
}

function hashOfSource(): string {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const name of globSync("*.{go,mod,sum,json}", { cwd: SOURCE }).sort()) {
    hash.update(name).update(readFileSync(join(SOURCE, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
