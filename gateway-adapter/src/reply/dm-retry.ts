import { setTimeout as sleep } from "node:timers/promises";
import { MattermostError } from "../errors.ts";

/** `dmChannelRetry` of the config, with its defaults in place. */
export interface DmRetryPolicy {
  /** Further attempts after the first. */
  maxRetries: number;
  initialDelayMs: number;
  maxDelayMs: number;
  /** For each attempt. */
  timeoutMs: number;
}

export interface DmRetryDeps {
  policy: () => DmRetryPolicy;
  sleep: (ms: number) => Promise<unknown>;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** The policy with the real clock. */
export const dmRetryBy = (policy: () => DmRetryPolicy): DmRetryDeps => ({ policy, sleep, random: Math.random });

/**
 * Makes a direct channel, and again where that may help: after 429, 5xx, no answer and time-outs, each time twice as long
 * later, up to `maxDelayMs`, with up to a quarter more or less. Any other refusal is final.
 */
export async function withDmRetry<T>(deps: DmRetryDeps, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const policy = deps.policy();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(AbortSignal.timeout(policy.timeoutMs));
    } catch (error) {
      if (attempt >= policy.maxRetries || !mayHelp(error)) throw error;
      const asked = error instanceof MattermostError ? (error.retryAfterMs ?? 0) : 0;
      const backoff = policy.initialDelayMs * 2 ** attempt * (0.75 + deps.random() / 2);
      await deps.sleep(Math.min(policy.maxDelayMs, Math.max(asked, backoff)));
    }
  }
}

function mayHelp(error: unknown): boolean {
  if (!(error instanceof MattermostError)) return false;
  if (error.code === "network" || error.code === "timeout") return true;
  return error.code === "http" && (error.status === 429 || error.status >= 500);
}
