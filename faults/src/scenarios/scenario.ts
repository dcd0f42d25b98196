import { setTimeout as pause } from "node:timers/promises";
import { type Ground, newLedger, type Trial } from "../ground.ts";
import { startTraffic } from "../traffic.ts";

/** A fault, and how it is made. */
export interface Scenario {
  readonly fault: string;
  /** Takes too long for every run. */
  readonly long?: boolean;
  /** Something that must go wrong, or the ledger would show nothing. */
  readonly wantsLoss?: boolean;
  readonly run: (ground: Ground) => Promise<Trial>;
}

export interface UnderTraffic {
  readonly channels: number;
  readonly authors: number;
  readonly pauseMs: number;
  readonly mentionEvery: number;
}

const USUAL: UnderTraffic = { channels: 4, authors: 4, pauseMs: 80, mentionEvery: 20 };
const BEFORE_MS = 800;
const AFTER_MS = 800;

/** People post before, while and after something is broken. `breaks` resolves when nothing is broken any more. */
export async function underTraffic(
  ground: Ground,
  breaks: () => Promise<string | undefined>,
  over: Partial<UnderTraffic> = {},
): Promise<Trial> {
  const { channels, authors, ...pace } = { ...USUAL, ...over };
  const ledger = newLedger();
  const traffic = startTraffic({
    ledger,
    authors: ground.authors.slice(0, authors),
    channels: await ground.channels(channels),
    bot: ground.stack.bot.username,
    ...pace,
  });
  let note: string | undefined;
  let healedAt: number;
  try {
    await pause(BEFORE_MS);
    note = await breaks();
    healedAt = performance.now();
    await pause(AFTER_MS);
  } finally {
    await traffic.stop();
  }
  const refused = traffic.refused() > 0 ? `${traffic.refused()} posts got no answer` : undefined;
  return { ledger, healedAt, note: [note, refused].filter(Boolean).join(", ") };
}
