import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type CommandResult, runCommand } from "./command.ts";
import type { Keeper } from "./keeper.ts";
import { KEPT, OPENCLAW_PACKAGE, PINNED_NODE } from "./paths.ts";

/** Where one OpenClaw installation keeps everything: nothing of the user's own OpenClaw is read or written. */
export interface OpenClawHome {
  readonly folder: string;
  readonly stateDir: string;
  readonly configFile: string;
}

const CLI_DEADLINE_MS = 120_000;
const NETWORK_VARIABLES = /^((https?|all|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|NODE_USE_ENV_PROXY)$/i;

/** A home in `folder`, which need not exist. */
export function openClawHome(folder: string): OpenClawHome {
  const stateDir = join(folder, "state");
  for (const name of [stateDir, join(folder, "home"), join(folder, "tmp"), join(folder, "workspace")]) {
    mkdirSync(name, { recursive: true });
  }
  return { folder, stateDir, configFile: join(folder, "openclaw.json") };
}

/** The command line of `openclaw …` on the pinned Node. */
export function openClawCommand(...args: string[]): { command: string; args: string[] } {
  return { command: PINNED_NODE, args: [join(OPENCLAW_PACKAGE, "openclaw.mjs"), ...args] };
}

/** The environment that isolates a home. `more` is added last: keys of providers, switches of a test. */
export function openClawEnvironment(home: OpenClawHome, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { PATH, LANG } = process.env;
  return {
    PATH,
    LANG,
    HOME: join(home.folder, "home"),
    TMPDIR: join(home.folder, "tmp"),
    OPENCLAW_HOME: join(home.folder, "home"),
    OPENCLAW_STATE_DIR: home.stateDir,
    OPENCLAW_CONFIG_PATH: home.configFile,
    OPENCLAW_NO_RESPAWN: "1",
    OPENCLAW_DISABLE_BONJOUR: "1",
    NO_COLOR: "1",
    // The launcher would start itself again with exactly these two; so there is one process, and it starts sooner.
    NODE_COMPILE_CACHE: compileCache(),
    OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED: "1",
    ...npmEnvironment(),
    ...more,
  };
}

/** What a process needs to reach the internet from here. A gateway with the stub model gets none of it. */
export function networkEnvironment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => NETWORK_VARIABLES.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Runs the OpenClaw command line to its end. Each call costs seconds. */
export function runOpenClaw(
  home: OpenClawHome,
  args: readonly string[],
  keeper: Keeper,
  more: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return runCommand(
    {
      ...openClawCommand(...args),
      cwd: home.folder,
      env: openClawEnvironment(home, { ...networkEnvironment(), ...more }),
      deadlineMs: CLI_DEADLINE_MS,
    },
    keeper,
  );
}

/** OpenClaw's version and the moment it was installed: caches of another one are of no use. */
function compileCache(): string {
  const manifest = join(OPENCLAW_PACKAGE, "package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const installed = statSync(manifest);
  return join(KEPT, "cache", "compile", "openclaw", version, `${Math.trunc(installed.mtimeMs)}-${installed.size}`);
}

/** npm's cache and registry stay the user's, although the home folder is not. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const settings = process.env["NPM_CONFIG_USERCONFIG"] ?? join(homedir(), ".npmrc");
  return {
    npm_config_cache: process.env["npm_config_cache"] ?? join(homedir(), ".npm"),
    ...(existsSync(settings) ? { NPM_CONFIG_USERCONFIG: settings } : {}),
  };
}
