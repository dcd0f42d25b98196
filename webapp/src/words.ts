import type { TextKey, Translate } from "./translate.ts";
import { RequestError } from "./http.ts";
import type { Link } from "./admin/status.ts";

/** How something stands; shown by colour, icon and words together. */
export type Tone = "good" | "attention" | "bad";

export interface StateInWords {
  tone: Tone;
  title: TextKey;
  /** What it means, and what to do. */
  advice: TextKey;
}

const LINK_STATES = {
  pending: { tone: "attention", title: "state.pending", advice: "state.pending.advice" },
  refused: { tone: "bad", title: "state.refused", advice: "state.refused.advice" },
} satisfies Record<string, StateInWords>;

const DELIVERY_STATES = {
  unset: { tone: "attention", title: "state.unset", advice: "state.unset.advice" },
  unverified: { tone: "attention", title: "state.unverified", advice: "state.unverified.advice" },
  ready: { tone: "good", title: "state.ready", advice: "state.ready.advice" },
  retrying: { tone: "bad", title: "state.retrying", advice: "state.retrying.advice" },
  paused: { tone: "bad", title: "state.paused", advice: "state.paused.advice" },
} satisfies Record<string, StateInWords>;

/** Has no gateway ever said hello for this bot? */
export function isSilent({ gateway_id: gateway }: Pick<Link, "gateway_id">): boolean {
  return gateway === "";
}

/** The state of a link as a whole: whether it may, then whether it does deliver. */
export function stateInWords({ link, delivery }: Pick<Link, "link" | "delivery">): StateInWords {
  return link.state === "linked" ? DELIVERY_STATES[delivery.state] : LINK_STATES[link.state];
}

/** Codes of the wire, of the plugin and of this client that have words of their own. */
const REASONS: Record<string, TextKey> = {
  "token.expired": "reason.clock",
  "token.not_yet": "reason.clock",
  "token.audience": "reason.otherGateway",
  "token.subject": "reason.otherGateway",
  "token.issuer": "reason.otherGateway",
  "account.unknown": "reason.account",
  "route.unknown": "reason.route",
  "keys.unavailable": "reason.keys",
  busy: "reason.busy",
  "failures.too_many": "reason.busy",
  "inbox.unavailable": "reason.inbox",
  "body.json": "reason.schema",
  "body.schema": "reason.schema",
  "event.schema": "reason.schema",
  "body.too_large": "reason.tooLarge",
  "event.dead": "reason.event",
  "link.ended": "reason.linkEnded",
  "link.unknown": "reason.linkUnknown",
  "answer.html": "reason.html",
  "gateway.public_address": "reason.publicAddress",
  "gateway.certificate": "reason.certificate",
  "gateway.refused": "reason.refused",
  "gateway.unknown_host": "reason.host",
  "gateway.timeout": "reason.timeout",
  "gateway.unreachable": "reason.gateway",
  "login.required": "reason.login",
  "admin.required": "reason.admin",
  "keys.rotated_too_often": "reason.rotated",
  expired: "reason.expired",
  "gateway.away": "reason.away",
  "pairing.unknown": "reason.itemGone",
  "item.unknown": "reason.itemGone",
  "item.not_dead": "reason.itemGone",
  "channel.not_member": "reason.notMember",
  "channel.manage_required": "reason.manager",
  "server.unreachable": "reason.server",
  "answer.malformed": "reason.answer",
};

function reasonKey(code: string): TextKey | undefined {
  return REASONS[code] ?? (code.startsWith("token.") ? "reason.signature" : undefined);
}

/** Why something failed: our words where the code has some, else those that came with it. */
export function reasonInWords(reason: { code: string; message: string }, t: Translate): string {
  const key = reasonKey(reason.code);
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

const HOPS: Record<string, TextKey> = {
  address: "hop.address",
  delivery: "hop.delivery",
  challenge: "hop.challenge",
};

/** Name of a step of the self-test. */
export function hopInWords(name: string, t: Translate): string {
  const key = HOPS[name];
  return key ? t(key) : name;
}
