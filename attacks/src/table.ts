/** A line of the table: what somebody tried, and what came of it. */
export interface Line {
  /** Who, and by which way. */
  readonly attacker: string;
  readonly defence: string;
  readonly tried: number;
  /** How often it had the effect that it must not have. */
  readonly accepted: number;
  /** Answers that say the server broke; a 503 of the contract is none. */
  readonly faults: number;
  /** What was measured, or what is wrong. */
  readonly note: string;
  readonly passed: boolean;
}

export type Outcome = Omit<Line, "attacker" | "defence">;

const HEAD = ["attacker and path", "defence", "tried", "accepted", "5xx", "verdict", "figures"];

/** An attack that was tried at all, never got through, and broke nothing. */
export const outcome = (tried: number, accepted: number, faults: number, note = ""): Outcome => ({
  tried,
  accepted,
  faults,
  note,
  passed: tried > 0 && accepted === 0 && faults === 0,
});

/** The lines as a Markdown table. */
export function tableOf(lines: readonly Line[]): string {
  const rule = HEAD.map((_, column) => (column > 1 && column < 5 ? "--:" : "---"));
  const body = lines.map((line) => [
    line.attacker,
    line.defence,
    line.tried,
    line.accepted,
    line.faults,
    line.passed ? "held" : "FAILED",
    line.note,
  ]);
  return [HEAD, rule, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
