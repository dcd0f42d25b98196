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

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Processor time that the whole machine has used since its start, in seconds. */
export function busySeconds(): number {
  const [user = 0, nice = 0, system = 0] = readFileSync("/proc/stat", "utf8").split(/\s+/).slice(1, 4).map(Number);
  return (user + nice + system) / TICKS_PER_SECOND;
}

/** Processor time that a process has used so far, in seconds, those of its children that run still not included. */
export function processorSeconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  // Behind the name, which is in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
