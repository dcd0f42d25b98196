import { AsyncLocalStorage } from "node:async_hooks";

/** Five minutes in all. */
const FIRST_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000, 60_000, 60_000];
const THEN_MS = 60_000;
/** With the turn that waits: an hour in all. Nobody else waits for it, other conversations have their own. */
const TURN_ATTEMPTS = FIRST_MS.length + 55;

const turns = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Does the work of a turn: answers that are sent from within wait long. What the work leaves behind when it is done does not. */
export async function withinTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = { isOpen: true };
  try {
    return await turns.run(turn, work);
  } finally {
    turn.isOpen = false;
  }
}

/**
 * How long to wait after a failed attempt to send an answer, in ms; undefined to give up. The first attempt is 0. OpenClaw's
 * outbox gives an answer up that still waits when the next turn of its session is through; while the turn that made it waits
 * with it, no next turn begins.
 */
export function pauseAfter(attempt: number): number | undefined {
  const first = FIRST_MS[attempt];
  if (first !== undefined) return first;
  return turns.getStore()?.isOpen === true && attempt < TURN_ATTEMPTS ? THEN_MS : undefined;
}
