import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Absolute path of the repository. Every other path in `build/` is relative to it. */
export const ROOT = join(import.meta.dirname, "..");

/** Folders with a package.json of their own. */
export const WORKSPACES = [
  "contract",
  "gateway-adapter",
  "webapp",
  "testbed",
  "e2e",
  "bench",
  "faults",
  "attacks",
] as const;

/** The part of `plugin.json` that the build reads; the rest is Mattermost's. */
export interface Manifest {
  id: string;
  name: string;
  version: string;
  min_server_version: string;
  icon_path: string;
  server: { executables: Record<string, string> };
  webapp: { bundle_path: string };
}

export function fromRoot(...path: string[]): string {
  return join(ROOT, ...path);
}

export function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(fromRoot(...path), "utf8"));
}

/** `plugin.json`: the single source of the id, the version and the settings. */
export function readManifest(): Manifest {
  return readJson("plugin.json") as Manifest;
}

const FOREIGN = new Set(["node_modules", "dist", "coverage"]);

/** Our own files below a folder, without what is installed, built or hidden, as paths relative to the root. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(fromRoot(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || FOREIGN.has(entry.name)) return [];
    return entry.isDirectory() ? sourceFiles(path) : [path];
  });
}
