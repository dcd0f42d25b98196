import type { TextKey, Translate } from "../translate.ts";
import { RequestError } from "./client.ts";
import type { Link } from "./status.ts";

/** How something stands; shown by colour, icon and words together. */
export type Tone = "good" | "waiting" | "bad";

export interface StateInWords {
  tone: Tone;
  title: TextKey;
  /** What it means, and what to do. */
  advice: TextKey;
}

const LINK_STATES = {
  pending: { tone: "waiting", title: "state.pending", advice: "state.pending.advice" },
  refused: { tone: "bad", title: "state.refused", advice: "state.refused.advice" },
} satisfies Record<string, StateInWords>;

const DELIVERY_STATES = {
  unset: { tone: "waiting", title: "state.unset", advice: "state.unset.advice" },
  unverified: { tone: "waiting", title: "state.unverified", advice: "state.unverified.advice" },
  ready: { tone: "good", title: "state.ready", advice: "state.ready.advice" },
  retrying: { tone: "bad", title: "state.retrying", advice: "state.retrying.advice" },
  paused: { tone: "bad", title: "state.paused", advice: "state.paused.advice" },
} satisfies Record<string, StateInWords>;

/** The state of a link as a whole: whether it may, then whether it does deliver. */
export function stateInWords({ link, delivery }: Pick<Link, "link" | "delivery">): StateInWords {
  return link.state === "linked" ? DELIVERY_STATES[delivery.state] : LINK_STATES[link.state];
}

/** Codes of the wire that have words of their own, by their first part. */
const REASONS: Record<string, TextKey> = {
  token: "reason.token",
  account: "reason.account",
  route: "reason.route",
  keys: "reason.keys",
  busy: "reason.busy",
  failures: "reason.busy",
  inbox: "reason.inbox",
  body: "reason.body",
  link: "reason.link",
  login: "reason.login",
  unreachable: "reason.unreachable",
  answer: "reason.answer",
};

/** Why something failed: our words where the code has some, else those that came with it. */
export function reasonInWords(reason: { code: string; message: string }, t: Translate): string {
  const key = REASONS[reason.code.split(".")[0] ?? ""];
  if (key) return t(key);
  return reason.message || t("reason.unknown", { code: reason.code });
}

export function failureInWords(error: unknown, t: Translate): string {
  return error instanceof RequestError ? reasonInWords(error, t) : t("reason.unknown", { code: String(error) });
}

/** Deliveries are refused from 30 s on (the contract's clock tolerance); this warns in time. */
const CLOCK_WARNING_MS = 10_000;

/** How far the clocks differ, in whole seconds, when that should worry; else 0. */
export function clockWarningSeconds(skewMs: number): number {
  return Math.abs(skewMs) >= CLOCK_WARNING_MS ? Math.round(skewMs / 1_000) : 0;
}
