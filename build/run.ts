import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fromRoot, ROOT } from "./repository.ts";

export interface RunOptions {
  env?: Record<string, string>;
  /** Gets each line of standard output; without it the output goes to the terminal as it comes. */
  onLine?: (line: string) => void;
}

/** Runs a program in the root folder and gives its exit code; 127 when it could not be started. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  const { env, onLine } = options;
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", onLine ? "pipe" : "inherit", "inherit"],
  });
  if (onLine && child.stdout) createInterface(child.stdout).on("line", onLine);
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

/** Runs a program and gives its standard output; throws when it fails. */
export async function output(command: string, args: readonly string[], env?: Record<string, string>): Promise<string> {
  const lines: string[] = [];
  const code = await run(command, args, { onLine: (line) => lines.push(line), ...(env && { env }) });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${String(code)}`);
  return lines.join("\n");
}

/** Path of a program that an npm package brings, to be run by the pinned Node. */
export function npmProgram(path: string): string {
  return fromRoot("node_modules", path);
}
