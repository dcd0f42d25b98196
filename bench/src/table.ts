import { type Percentiles, percentiles } from "./percentiles.ts";

/** One measured thing. */
export interface Row {
  readonly what: string;
  /** Milliseconds. */
  readonly samples: readonly number[];
  /** Its medians against those of other rows; `to` says which. The first one is what the goal is about. */
  readonly ratios?: readonly { readonly to: string; readonly value: number }[];
  /** The largest ratio that is good enough. */
  readonly goal?: number;
  /** The largest median that is good enough, in milliseconds; instead of `goal`. */
  readonly limitMs?: number;
}

const HEAD = ["what", "n", "p50", "p90", "p99", "ratio", "goal", "verdict"];
/** Columns of numbers stand to the right. */
const TO_THE_RIGHT = [false, true, true, true, true, false, false, false];

/** Markdown's rule below the head needs a few characters. */
const WIDTH_MIN = 3;

/** Rows as a Markdown table that can also be read as it is. */
export function table(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(WIDTH_MIN, ...cells.map((row) => (row[column] ?? "").length)));
  const pad = (text: string, column: number): string =>
    TO_THE_RIGHT[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  const line = (row: readonly string[]): string => `| ${row.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) => (TO_THE_RIGHT[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  const [head = [], ...body] = cells;
  return [line(head), `| ${rule.join(" | ")} |`, ...body.map(line)].join("\n");
}

function cellsOf({ what, samples, ratios = [], goal, limitMs }: Row): string[] {
  const { n, p50, p90, p99 }: Percentiles = percentiles(samples);
  const ratio = ratios.map(({ to, value }) => `${value.toFixed(2)} × ${to}`).join(", ");
  const judged = limitMs === undefined ? verdict(ratios[0]?.value, goal) : verdict(p50, limitMs, " ms");
  return [what, String(n), inMs(p50), inMs(p90), inMs(p99), ratio, ...judged];
}

function verdict(value: number | undefined, goal: number | undefined, unit = ""): [goal: string, is: string] {
  if (goal === undefined || value === undefined) return ["", ""];
  return [`≤ ${goal}${unit}`, value <= goal ? "met" : "misses"];
}

/** Three digits are more than a run can promise. */
export function inMs(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
