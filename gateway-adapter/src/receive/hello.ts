import {
  CLOCK_TOLERANCE_S,
  PANEL_CAPABILITY,
  PROTOCOL_VERSION,
  type Hello,
  type Transport,
  type Welcome,
} from "@openclaw-mattermost/contract";
import { MattermostError, messageOf, type Problem } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";

/** Between two hellos of a link that is well. */
const HELLO_EVERY_MS = 5 * 60_000;
/** Between two hellos while something is missing, so that a mended fault is noticed soon. */
const UNSETTLED_EVERY_MS = 15_000;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

export interface HelloDeps {
  client: Pick<MattermostClient, "hello">;
  hello: Omit<Hello, "protocols" | "sent_at" | "capabilities" | "catalogue" | "seen_mark">;
  /** The mark of the last welcome, over restarts; 0 if there was none. */
  mark: () => number;
  /** The commands that are served, as they are now. Never rejects. */
  catalogue: () => Promise<Hello["catalogue"]>;
  now: () => number;
  /** Resolves after the time, or early when `signal` aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  onWelcome: (welcome: Welcome) => void;
  onProblems: (problems: readonly Problem[]) => void;
}

/** Says hello at once, again every few minutes, and sooner after a failure, until the signal aborts. Never throws. */
export async function keepSayingHello(deps: HelloDeps, signal: AbortSignal): Promise<void> {
  const stopped = (): boolean => signal.aborted;
  let failures = 0;
  while (!stopped()) {
    let pauseMs = HELLO_EVERY_MS;
    try {
      const catalogue = await deps.catalogue();
      const sentAt = deps.now();
      const welcome = await deps.client.hello({
        ...deps.hello,
        protocols: [PROTOCOL_VERSION],
        capabilities: [PANEL_CAPABILITY],
        catalogue,
        seen_mark: deps.mark(),
        sent_at: sentAt,
      });
      if (stopped()) return;
      failures = 0;
      deps.onWelcome(welcome);
      deps.onProblems(problemsOf(welcome, deps.now() - (deps.now() - sentAt) / 2, deps.hello.transport));
      if (welcome.link.state !== "linked" || welcome.delivery.state !== "ready") pauseMs = UNSETTLED_EVERY_MS;
    } catch (error) {
      if (stopped()) return;
      deps.onProblems([problemOfFailure(error)]);
      pauseMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? HELLO_EVERY_MS;
      failures += 1;
    }
    await deps.sleep(pauseMs, signal);
  }
}

/** What the plugin's answer says is wrong, in words for the person who runs the gateway. */
export function problemsOf(welcome: Welcome, nowMs: number, transport: Transport): Problem[] {
  const problems: Problem[] = [];
  const skewS = Math.round((nowMs - welcome.server_time) / 1_000);
  if (Math.abs(skewS) > CLOCK_TOLERANCE_S) {
    problems.push({
      code: "link.clock",
      severity: "warning",
      message: `This gateway's clock is ${String(Math.abs(skewS))} s ${skewS > 0 ? "ahead of" : "behind"} Mattermost's.`,
      fix: "Set both clocks by NTP; signatures live for a minute.",
    });
  }
  if (welcome.link.state === "pending") {
    problems.push({
      code: "link.pending",
      severity: "error",
      message: `Mattermost's admin has to confirm the bot @${welcome.bot.username}.`,
      fix: "Open System Console, Plugins, OpenClaw, and press Confirm.",
    });
  } else if (welcome.link.state === "refused") {
    problems.push({
      code: "link.refused",
      severity: "error",
      message: `Mattermost does not let the bot @${welcome.bot.username} link. ${welcome.link.message}`.trim(),
      fix: "Use the token of the plugin's own bot, or change 'Who may link' in System Console.",
    });
  } else {
    problems.push(...deliveryProblems(welcome.delivery, transport));
  }
  return problems;
}

/** Whoever can pull needs no URL: a broken one is worth a word, a missing one is not. */
function deliveryProblems(delivery: Welcome["delivery"], transport: Transport): Problem[] {
  if (transport === "webhook") return webhookProblems(delivery);
  if (transport === "pull" || delivery.state === "unset") return [];
  return webhookProblems(delivery).map((problem) => ({
    ...problem,
    severity: "warning",
    fix: `${problem.fix} Meanwhile the adapter pulls.`,
  }));
}

function webhookProblems({ state, url, last_error: lastError }: Welcome["delivery"]): Problem[] {
  const because = lastError ? ` ${lastError.message}` : "";
  switch (state) {
    case "ready":
      return [];
    case "unset":
      return [
        {
          code: "delivery.unset",
          severity: "error",
          message: "Mattermost has no gateway URL yet.",
          fix: "Open System Console, Plugins, OpenClaw, and enter or confirm the gateway URL.",
        },
      ];
    case "unverified":
      return [
        {
          code: "delivery.unverified",
          severity: "error",
          message: `Mattermost has not reached this gateway at ${url} yet.${because}`,
          fix: "Check that the address leads to this gateway and that Mattermost may reach it.",
        },
      ];
    case "retrying":
      return [
        {
          code: "delivery.retrying",
          severity: "warning",
          message: `Mattermost cannot deliver to ${url} at the moment and keeps trying.${because}`,
          fix: "Nothing is lost. Check the network between the two if it lasts.",
        },
      ];
    case "paused":
      return [
        {
          code: "delivery.paused",
          severity: "error",
          message: `Deliveries to ${url} are paused.${because}`,
          fix: "Look at the link card in System Console; it resumes by itself when mended.",
        },
      ];
  }
}

/** Why hello failed, in words for the person who runs the gateway. */
export function problemOfFailure(error: unknown): Problem {
  const fail = (code: string, message: string, fix: string): Problem => ({ code, severity: "error", message, fix });
  if (!(error instanceof MattermostError))
    return fail(
      "hello.failed",
      `Saying hello to Mattermost failed: ${messageOf(error)}`,
      "Please report this with the gateway's log.",
    );
  if (error.code === "address_refused")
    return fail(
      "network.private",
      error.message,
      "Set channels.mattermost.network.dangerouslyAllowPrivateNetwork to true if this server is yours.",
    );
  if (error.code === "redirected")
    return fail(
      "server.redirects",
      error.message,
      "Set baseUrl to the address that the browser shows in the end, with https if it says so.",
    );
  if (error.code === "network" || error.code === "timeout")
    return fail(
      "server.unreachable",
      error.message,
      "Check baseUrl and that Mattermost runs; the adapter keeps trying.",
    );
  if (error.status === 401)
    return fail(
      "token.refused",
      "Mattermost does not accept the bot token.",
      "Make a new token in System Console, Plugins, OpenClaw, and set botToken.",
    );
  if (error.status === 403)
    return fail("token.not_a_bot", "The token belongs to a person, not to a bot.", "Use the token of a bot account.");
  if (error.status === 404 || error.status === 501)
    return fail(
      "plugin.missing",
      "The OpenClaw plugin is not active on this Mattermost server.",
      "Upload the bundle in System Console, Plugin Management, and enable it.",
    );
  if (error.status === 409)
    return fail(
      "protocol.unsupported",
      `The plugin and the adapter speak different versions. ${error.message}`,
      "Update whichever is older.",
    );
  if (error.code === "malformed")
    return fail(
      "server.not_mattermost",
      error.message,
      "Set baseUrl to the address that people open in their browser.",
    );
  return fail("hello.refused", error.message, "Look at Mattermost's log; the adapter keeps trying.");
}
