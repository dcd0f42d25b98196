import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TestbedError } from "./errors.ts";
import { KEPT, OPENCLAW_PACKAGE } from "./paths.ts";
import { type OpenClawHome, openClawHome, runOpenClaw } from "./openclaw.ts";
import { removeOpenClawLocks } from "./openclaw-locks.ts";
import type { Run } from "./run.ts";
import { until } from "./wait.ts";

const CACHE = join(KEPT, "cache");
const PREFIX = "gateway-";
const INSTALL_DEADLINE_MS = 180_000;
const UNUSED_DAYS = 2;

/**
 * Gives a home the adapter. The real `openclaw plugins install` runs once per packed file, into a template; each home
 * gets a copy of that, in which OpenClaw's records name the home's own folder, as if it had been installed there.
 */
export async function seedFromTemplate(run: Run, home: OpenClawHome, adapter: string): Promise<void> {
  const folder = templateFolder(adapter);
  const complete = join(folder, "complete");
  if (!existsSync(complete)) await makeTemplate(run, folder, adapter, complete);
  const template = openClawHome(folder);
  utimesSync(complete, new Date(), new Date());
  cpSync(template.stateDir, home.stateDir, { recursive: true, verbatimSymlinks: true });
  cpSync(template.configFile, home.configFile);
  moveRecords(join(home.stateDir, "state", "openclaw.sqlite"), template.folder, home.folder);
}

/** `openclaw plugins install` as the documentation has it: of a packed file, or of a name in npm's registry. */
export async function installAdapter(run: Run, home: OpenClawHome, adapter: string): Promise<void> {
  if (!existsSync(home.configFile)) {
    const logging = { file: join(home.folder, "openclaw.jsonl") };
    writeFileSync(home.configFile, JSON.stringify({ gateway: { mode: "local", bind: "loopback" }, logging }));
  }
  const source = isFile(adapter) ? `npm-pack:${adapter}` : adapter;
  const args = ["plugins", "install", source, "--force", "--accept-capabilities"];
  const result = await runOpenClaw(home, args, run.keeper);
  if (result.code === 0) return;
  throw new TestbedError("command.failed", `openclaw ${args.join(" ")} ended with status ${result.code}`, {
    tail: `${result.stdout}\n${result.stderr}`,
  });
}

/** Nobody else touches the folder before it is complete. */
async function makeTemplate(run: Run, folder: string, adapter: string, complete: string): Promise<void> {
  const lock = `${folder}.lock`;
  const unlock = await takeLock(run, lock);
  try {
    if (existsSync(complete)) return;
    removeUnused(folder);
    rmSync(folder, { recursive: true, force: true });
    const fresh = openClawHome(folder);
    await run.progress.during("installing the adapter into OpenClaw (once per build)", () =>
      installAdapter(run, fresh, adapter),
    );
    removeOpenClawLocks(fresh.folder);
    writeFileSync(complete, `${adapter}\n`);
  } finally {
    unlock();
  }
}

/** Two runs that need the same template: one makes it, the other waits. A run that dies lets go. */
async function takeLock(run: Run, lock: string): Promise<() => void> {
  mkdirSync(dirname(lock), { recursive: true });
  await until(() => tryMakeFolder(lock), { what: `taking ${lock}`, deadlineMs: INSTALL_DEADLINE_MS });
  const release = run.keeper.keep({ kind: "folder", path: lock });
  return () => {
    rmSync(lock, { recursive: true, force: true });
    release();
  };
}

function tryMakeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function templateFolder(adapter: string): string {
  const openclaw = readFileSync(join(OPENCLAW_PACKAGE, "package.json"));
  const identity = isFile(adapter) ? readFileSync(adapter) : adapter;
  const hash = createHash("sha256").update(openclaw).update(identity).digest("hex");
  return join(CACHE, `${PREFIX}${hash.slice(0, 16)}`);
}

/** Replaces a folder's path in every text of OpenClaw's database. */
function moveRecords(database: string, from: string, to: string): void {
  using db = new DatabaseSync(database);
  const columns = db
    .prepare(
      `SELECT tables.name AS tbl, columns.name AS col FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
       WHERE tables.type = 'table' AND columns.type = 'TEXT'`,
    )
    .all() as { tbl: string; col: string }[];
  for (const { tbl, col } of columns) {
    db.prepare(`UPDATE "${tbl}" SET "${col}" = replace("${col}", ?, ?) WHERE instr("${col}", ?) > 0`).run(
      from,
      to,
      from,
    );
  }
}

function isFile(adapter: string): boolean {
  return isAbsolute(adapter);
}

/** Templates of builds that nobody runs any more. */
function removeUnused(except: string): void {
  const limit = Date.now() - UNUSED_DAYS * 24 * 3_600_000;
  for (const name of readdirSync(CACHE)) {
    const folder = join(CACHE, name);
    const complete = join(folder, "complete");
    if (!name.startsWith(PREFIX) || folder === except || !existsSync(complete)) continue;
    if (statSync(complete).mtimeMs < limit) rmSync(folder, { recursive: true, force: true });
  }
}
