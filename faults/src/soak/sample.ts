import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { heldBy, pluginOf, residentMb, type Stack } from "@openclaw-mattermost/testbed";
import { type Ground } from "../ground.ts";

/** What is measured; each is a number that must not climb for ever. */
export const MEASURES = [
  "gateway MB",
  "gateway heap MB",
  "gateway files",
  "gateway timers",
  "plugin MB",
  "plugin files",
  "plugin goroutines",
  "Mattermost MB",
  "database MB",
  "inbox MB",
] as const;
export type Measure = (typeof MEASURES)[number];

/** Undefined where a part is away at the moment. `lives`: by the first word of a measure, whose process was looked at; none is one that lasts. */
export type Sample = Readonly<Partial<Record<Measure, number>>> & {
  readonly atS: number;
  readonly lives: Readonly<Record<string, number | undefined>>;
};

const MB = 1024 * 1024;

export async function takeSample({ stack, far }: Ground, atS: number): Promise<Sample> {
  const [gateway, server, plugin] = [stack.gateway.pid, stack.mattermost.pid, attempt(() => pluginOf(stack))];
  const held = await heldBy(stack.gateway.logFile).catch(() => undefined);
  const values: [Measure, number | undefined][] = [
    ["gateway MB", attempt(() => residentMb(gateway ?? 0))],
    ["gateway heap MB", held && held.heapBytes / MB],
    ["gateway files", attempt(() => openFiles(gateway))],
    ["gateway timers", held?.timers],
    ["plugin MB", attempt(() => residentMb(plugin ?? 0))],
    ["plugin files", attempt(() => openFiles(plugin))],
    ["plugin goroutines", await goroutines(stack).catch(() => undefined)],
    ["Mattermost MB", attempt(() => residentMb(server ?? 0))],
    ["database MB", await databaseMb(far).catch(() => undefined)],
    ["inbox MB", attempt(() => inboxBytes(stack) / MB)],
  ];
  const known = values.filter(([, value]) => value !== undefined && Number.isFinite(value));
  // A process that was started anew begins anew.
  return { atS, lives: { gateway, plugin, Mattermost: server }, ...Object.fromEntries(known) };
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

const openFiles = (pid: number | undefined): number => readdirSync(`/proc/${String(pid)}/fd`).length;

async function goroutines(stack: Stack): Promise<number> {
  const answer = await fetch(`${stack.mattermost.url}/plugins/${stack.pluginId}/api/v1/metrics`, {
    headers: { Authorization: `Bearer ${stack.adminUser.token}` },
    signal: AbortSignal.timeout(3_000),
  });
  return Number(/^openclaw_goroutines (\d+)$/m.exec(await answer.text())?.[1]);
}

async function databaseMb(far: Ground["far"]): Promise<number> {
  const [row] = await far.query<{ bytes: string }>("SELECT pg_database_size(current_database()) AS bytes");
  return Number(row?.bytes) / MB;
}

function inboxBytes(stack: Stack): number {
  const folder = join(stack.gateway.home.folder, "state", "mattermost");
  const names = readdirSync(folder).filter((name) => name.startsWith("inbox-"));
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
