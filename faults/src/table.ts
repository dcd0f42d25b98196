/** A line of the table. */
export interface Line {
  readonly fault: string;
  readonly sent: number;
  readonly lost: number;
  readonly doubledAtAdapter: number;
  readonly doubledAtAgent: number;
  readonly outOfOrder: number;
  /** From the end of the fault until nothing was missing. */
  readonly recoveryMs: number | undefined;
  /** What else was measured, or what is wrong. */
  readonly note: string;
  readonly passed: boolean;
}

const HEAD = [
  "fault",
  "sent",
  "lost",
  "doubled at the adapter",
  "doubled at the agent",
  "out of order",
  "recovery",
  "",
  "note",
];

/** The lines as a Markdown table. */
export function tableOf(lines: readonly Line[]): string {
  const rule = HEAD.map((_, column) => (column > 0 && column < 7 ? "--:" : "---"));
  const body = lines.map((line) => [
    line.fault,
    line.sent,
    line.lost,
    line.doubledAtAdapter,
    line.doubledAtAgent,
    line.outOfOrder,
    line.recoveryMs === undefined ? "never" : `${(line.recoveryMs / 1000).toFixed(1)} s`,
    line.passed ? "ok" : "FAILED",
    line.note,
  ]);
  return [HEAD, rule, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
