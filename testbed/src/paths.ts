import { existsSync, mkdtempSync, readFileSync, chmodSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TestbedError } from "./errors.ts";

/** The root of the repository, without a slash at the end. */
export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** What may outlive a run because it only saves time: executables and caches. Safe to delete. */
export const KEPT = join(REPOSITORY, ".testbed");

/** The runner of the Node that the repository pins. */
export const PINNED_NODE = join(REPOSITORY, "build", "node");

export const OPENCLAW_PACKAGE = join(REPOSITORY, "node_modules", "openclaw");

/** The plugin's id on the Mattermost side, and the only version that the artefacts may have. */
export function readManifest(): { id: string; version: string } {
  const manifest = JSON.parse(readFileSync(join(REPOSITORY, "plugin.json"), "utf8")) as { id: string; version: string };
  return { id: manifest.id, version: manifest.version };
}

/** The bundle for Mattermost: the newer one of `make dist` (all platforms) and `make dist-host` (this machine's only). */
export function builtBundle(): string {
  const { id, version } = readManifest();
  const name = `${id}-${version}.tar.gz`;
  const built = [join(REPOSITORY, "dist", "host", name), join(REPOSITORY, "dist", name)].filter(existsSync);
  const [newest] = built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return newest ?? requireArtefact(join(REPOSITORY, "dist", name));
}

/** Where `make dist` puts the packed adapter for OpenClaw. */
export function builtAdapter(): string {
  return requireArtefact(join(REPOSITORY, "dist", `openclaw-mattermost-adapter-${readManifest().version}.tgz`));
}

function requireArtefact(path: string): string {
  if (existsSync(path)) return path;
  throw new TestbedError("artefact.missing", `${path} does not exist. Run 'make dist' first.`);
}

/** A new folder for one run; other users (PostgreSQL does not run as root) may pass through it. */
export function makeRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "oc-testbed-"));
  chmodSync(folder, 0o711);
  return folder;
}
