import { type Ground } from "./ground.ts";
import type { Ledger, TruthRow } from "./ledger.ts";

/** What a backlog should be stored at, on a machine that has nothing else to do. It is told, and fails nothing: machines differ. */
const GOAL_PER_SECOND = 3_000;

/** Waits until a backlog lies in the inbox, and says how fast it came. */
export async function drained({ stack, far }: Ground, ledger: Ledger, deadlineMs: number) {
  const truth: readonly TruthRow[] = await far.truth(ledger.prefix);
  const ids = new Set(truth.map((row) => `post.created:${row.id}`));
  await stack.until("the whole backlog in the inbox", () => far.storedAt(ids).length === ids.size, deadlineMs);
  const stored = far.storedAt(ids).sort((a, b) => a - b);
  const perSecond = (stored.length * 1000) / Math.max(1, (stored.at(-1) ?? 0) - (stored[0] ?? 0));
  const verdict = perSecond >= GOAL_PER_SECOND ? "met" : "misses";
  return { truth, note: `${perSecond.toFixed(0)} events/s stored (goal ≥ ${GOAL_PER_SECOND}: ${verdict})` };
}
