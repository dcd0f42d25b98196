import { readdirSync, readFileSync } from "node:fs";
import type { Stack } from "./stack.ts";

/** The plugin's process below a stack's server. */
export function pluginOf(stack: Stack): number {
  const server = stack.mattermost.pid;
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${entry}/status`, "utf8"))?.[1];
      const command = readFileSync(`/proc/${entry}/cmdline`, "utf8");
      if (Number(parent) === server && command.includes(stack.pluginId)) return Number(entry);
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error(`server ${String(server)} has no plugin process`);
}

/** Resident memory of a process, in megabytes. Throws for one that does not run. */
export function residentMb(pid: number | undefined): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1];
  return Number(kb) / 1024;
}

export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  } catch {
    return false;
  }
}
