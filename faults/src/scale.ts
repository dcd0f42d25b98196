import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "@openclaw-mattermost/testbed";
import type { Ground } from "./ground.ts";
import { seedOthers } from "./seed.ts";

/** A step of a plan, as EXPLAIN writes it in JSON. */
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}
interface Explained {
  readonly Plan: PlanNode;
  readonly "Execution Time": number;
}

/** What one sweep costs in a table of a size. */
export interface SweepCost {
  readonly posts: number;
  readonly newRows: number;
  /** Milliseconds in PostgreSQL, the middle of several. */
  readonly ms: number;
  readonly buffers: number;
  readonly indexes: readonly string[];
  /** Tables that are read as a whole, of those that grow with use. */
  readonly scannedWhole: readonly string[];
}

const RUNS = 9;
const PAGE = 1_000;
const GROWING = ["posts", "reactions", "channelmembers", "channelmemberhistory"];

/** Runs the plugin's own statement on tables of growing size, where nothing is new and where a whole page is. */
export async function measureSweep(ground: Ground, sizes: readonly number[]): Promise<SweepCost[]> {
  const costs: SweepCost[] = [];
  const now = Date.now() - 3_600_000;
  let posts = 0;
  for (const size of sizes) {
    await seedOthers(ground, size - posts, now - posts * 10);
    posts = size;
    for (const newRows of [0, PAGE])
      costs.push({ posts, newRows, ...(await sweepOnce(ground, now - newRows * 10, now)) });
  }
  return costs;
}

async function sweepOnce({ far, stack }: Ground, from: number, to: number) {
  const scan = readFileSync(join(REPOSITORY, "server", "journal", "scan.sql"), "utf8");
  const bot = stack.bot.id;
  const values = `${from}, 'z', ${from}, 'z', ${to}, ${PAGE}, ${from}, '${bot}'`;
  const plans: Explained[] = [];
  await far.query("DEALLOCATE ALL");
  await far.query(`PREPARE scan (bigint, text, bigint, text, bigint, int, bigint, text) AS ${scan}`);
  for (let run = 0; run < RUNS; run++) {
    const [row] = await far.query<{ "QUERY PLAN": Explained[] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE scan (${values})`,
    );
    plans.push(...(row?.["QUERY PLAN"] ?? []));
  }
  plans.sort((a, b) => a["Execution Time"] - b["Execution Time"]);
  const middle = plans[Math.floor(RUNS / 2)];
  if (!middle) throw new Error("PostgreSQL explained nothing.");
  const nodes = flat(middle.Plan);
  return {
    ms: middle["Execution Time"],
    buffers: middle.Plan["Shared Hit Blocks"] + middle.Plan["Shared Read Blocks"],
    indexes: [...new Set(nodes.flatMap((node) => node["Index Name"] ?? []))].sort(),
    scannedWhole: nodes
      .filter((node) => node["Node Type"] === "Seq Scan" && GROWING.includes(node["Relation Name"] ?? ""))
      .map((node) => node["Relation Name"] ?? ""),
  };
}

const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];

/** Flat: the same page costs no more than twice as much in the largest table as in the smallest, and only indexes are used. */
export function verdictOf(costs: readonly SweepCost[]): string[] {
  const problems = costs
    .filter((cost) => cost.scannedWhole.length > 0)
    .map((cost) => `${cost.scannedWhole.join()} read as a whole`);
  for (const newRows of new Set(costs.map((cost) => cost.newRows))) {
    const [small, ...rest] = costs.filter((cost) => cost.newRows === newRows);
    const large = rest.at(-1);
    if (small && large && large.buffers > 2 * small.buffers) problems.push(`not flat with ${newRows} new rows`);
  }
  return problems;
}

export function sweepTable(costs: readonly SweepCost[]): string {
  const lines = costs.map(({ posts, newRows, ms, buffers, indexes }) =>
    [posts, newRows, ms.toFixed(2), buffers, indexes.join(", ")].join(" | "),
  );
  return [
    "| posts | new rows | ms | buffers | indexes |",
    "|--:|--:|--:|--:|---|",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}
