import { spawn } from "node:child_process";
import { TestbedError } from "./errors.ts";
import type { Keeper } from "./keeper.ts";

/** A short-lived command. */
export interface CommandSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly deadlineMs: number;
  /** Written to its standard input. */
  readonly input?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** What a command said. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const QUOTED_LINES = 40;

/** Runs a command to its end. A non-zero exit status is an answer, not an error; not ending in time is an error. */
export async function runCommand(spec: CommandSpec, keeper: Keeper): Promise<CommandResult> {
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    ...(spec.user ?? {}),
  });
  const release = child.pid === undefined ? () => undefined : keeper.keep({ kind: "group", pid: child.pid });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(spec.input);
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, spec.deadlineMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const result = { code: code ?? -1, stdout: text(stdout), stderr: text(stderr) };
    if (late.signal.aborted) {
      throw new TestbedError("command.timeout", `${inWords(spec)} did not end within ${spec.deadlineMs / 1000} s`, {
        tail: quote(result),
      });
    }
    return result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new TestbedError("tool.missing", `${spec.command} was not found`, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** The same for a command that must succeed. */
export async function mustRun(spec: CommandSpec, keeper: Keeper): Promise<CommandResult> {
  const result = await runCommand(spec, keeper);
  if (result.code === 0) return result;
  throw new TestbedError("command.failed", `${inWords(spec)} ended with status ${result.code}`, {
    tail: quote(result),
  });
}

function inWords(spec: CommandSpec): string {
  return [spec.command, ...spec.args].join(" ");
}

function quote(result: CommandResult): string {
  const lines = `${result.stdout}\n${result.stderr}`.split("\n").filter(Boolean).slice(-QUOTED_LINES);
  return ["--- it said", ...lines, "---"].join("\n");
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
