import { PULL_WAIT_MAX_S, type Answer, type PullAck } from "@openclaw-mattermost/contract";
import { MattermostError, type Problem } from "../errors.ts";
import type { MattermostClient, PulledDelivery } from "../mattermost/client.ts";
import { checkToken, take, type Receiver, type Refusal } from "./accept.ts";
import { problemOfFailure } from "./hello.ts";

/** While events go by webhook, or the link is not made yet. A welcome ends it sooner. */
const LOOK_AGAIN_MS = 15_000;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;
const JITTER_SHARE = 0.2;
/** A plugin that has nothing to say and does not wait either is not asked more often than this. */
const SHORTEST_MS = 1_000;
/** One broken connection is nothing that a person should look at. */
const TELL_FROM_FAILURES = 2;

export interface PullDeps {
  client: Pick<MattermostClient, "pull">;
  receiver: Receiver;
  /** Did the last welcome say so? */
  isLinked: () => boolean;
  now: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Resolves after the time, or early when `signal` aborts or a welcome came. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Pulling has begun or ended: what the last welcome said of deliveries is not true any more. */
  onTurn: () => void;
  onProblems: (problems: readonly Problem[]) => void;
}

interface State {
  /** What the inbox holds of the delivery before, until the plugin has heard it. */
  ack: PullAck | undefined;
  pulling: boolean;
  failures: number;
}

/** Asks the plugin for events for as long as it lets us, until the signal aborts. Never throws. */
export async function keepPulling(deps: PullDeps, signal: AbortSignal): Promise<void> {
  const stopped = (): boolean => signal.aborted;
  const state: State = { ack: undefined, pulling: false, failures: 0 };
  while (!stopped()) {
    const serverId = deps.receiver.serverId();
    const linked = serverId !== undefined && deps.receiver.keys.hasKeys() && deps.isLinked();
    const pauseMs = linked ? await pullOnce(deps, state, serverId, signal) : LOOK_AGAIN_MS;
    if (pauseMs > 0 && !stopped()) await deps.sleep(pauseMs, signal);
  }
}

/** One request; resolves with the pause before the next. */
async function pullOnce(deps: PullDeps, state: State, serverId: string, signal: AbortSignal): Promise<number> {
  const askedAt = deps.now();
  let pulled: PulledDelivery | undefined;
  try {
    const { gatewayId } = deps.receiver;
    pulled = await deps.client.pull({ gatewayId, waitS: PULL_WAIT_MAX_S, ack: state.ack, signal });
  } catch (error) {
    return signal.aborted ? 0 : afterFailure(deps, state, error);
  }
  state.ack = undefined;
  turn(deps, state, true);
  if (pulled) {
    const verdict = await accept(deps, serverId, pulled);
    if ("code" in verdict) return afterRefusal(deps, state, verdict);
    state.ack = verdict;
  }
  state.failures = 0;
  deps.onProblems([]);
  return pulled || deps.now() - askedAt >= SHORTEST_MS ? 0 : SHORTEST_MS;
}

/** The same checks, in the same order, as for a delivery that was pushed. */
async function accept(deps: PullDeps, serverId: string, pulled: PulledDelivery): Promise<PullAck | Refusal> {
  const token = await checkToken(deps.receiver, serverId, "GET", pulled.token, deps);
  if ("code" in token) return token;
  const verdict: Answer | Refusal = take(deps.receiver, token, pulled.body);
  return "code" in verdict ? verdict : { delivery: token.jti, ...verdict };
}

function turn(deps: PullDeps, state: State, pulling: boolean): void {
  if (state.pulling === pulling) return;
  state.pulling = pulling;
  deps.onTurn();
}

/** Not acknowledged, so it comes again. */
function afterRefusal(deps: PullDeps, state: State, { code, message, retryAfterS }: Refusal): number {
  deps.receiver.log("A pulled delivery was refused.", { account: deps.receiver.accountId, code });
  deps.onProblems([
    { code: `pull.${code}`, severity: "error", message: `A pulled delivery was refused. ${message}`, fix: fixOf(code) },
  ]);
  return Math.max(pause(deps, state), (retryAfterS ?? 0) * 1_000);
}

function fixOf(code: Refusal["code"]): string {
  if (code === "inbox.unavailable") return "Is the gateway's disk full? Nothing is lost; it is tried again.";
  if (code === "token.expired" || code === "token.not_yet") return "Set the clocks of both by NTP.";
  if (code.startsWith("token.")) return "Does baseUrl lead to this Mattermost server? A restart reads its keys anew.";
  return "Nothing is lost; it is tried again. Are the plugin and the adapter of matching versions?";
}

function afterFailure(deps: PullDeps, state: State, error: unknown): number {
  const code = error instanceof MattermostError ? error.serverId : "";
  if (code === "transport.webhook") {
    // The plugin reads the receipt before it refuses.
    Object.assign(state, { ack: undefined, failures: 0 });
    deps.onProblems([]);
    turn(deps, state, false);
    return LOOK_AGAIN_MS;
  }
  const known = LINK_PROBLEMS[code];
  if (known) {
    deps.onProblems([{ code, severity: "error", ...known }]);
    turn(deps, state, false);
    return LOOK_AGAIN_MS;
  }
  // A receipt that is not understood would never be: without it the events come again.
  if (code === "body.schema" || code === "body.json") state.ack = undefined;
  const asked = error instanceof MattermostError ? (error.retryAfterMs ?? 0) : 0;
  const pauseMs = Math.max(pause(deps, state), asked);
  if (state.failures >= TELL_FROM_FAILURES) deps.onProblems([problemOfFailure(error)]);
  return pauseMs;
}

const CONFIRM = "Open System Console, Plugins, OpenClaw: it says what is missing.";
/** Refusals that only the next hello, or an admin, can end. */
const LINK_PROBLEMS: Readonly<Record<string, Pick<Problem, "message" | "fix">>> = {
  "link.pending": { message: "Mattermost's admin has to confirm the bot.", fix: CONFIRM },
  "link.refused": { message: "Mattermost does not let the bot link.", fix: CONFIRM },
  "link.unknown": { message: "Mattermost's admin has ended the link.", fix: "The next hello makes it anew." },
  "gateway.other": {
    message: "Another gateway uses the token of this bot and gets its events.",
    fix: "Give each gateway a bot of its own, or stop the other one.",
  },
};

function pause(deps: PullDeps, state: State): number {
  const ms = RETRY_MS[Math.min(state.failures, RETRY_MS.length - 1)] ?? 0;
  state.failures += 1;
  return Math.round(ms * (1 - JITTER_SHARE + 2 * JITTER_SHARE * deps.random()));
}
