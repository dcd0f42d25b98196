import type { ChannelPlugin } from "openclaw/plugin-sdk/channel-core";
import type { AccountFacts, Probe } from "./account/facts.ts";
import { CHANNEL_ID, type MattermostAccount } from "./config/account-config.ts";
import type { Problem } from "./errors.ts";
import { READY } from "./host/status.ts";

type StatusAdapter = NonNullable<ChannelPlugin<MattermostAccount, Probe>["status"]>;
type Snapshot = Awaited<ReturnType<NonNullable<StatusAdapter["buildAccountSnapshot"]>>>;
type Issue = ReturnType<NonNullable<StatusAdapter["collectStatusIssues"]>>[number];

/** One line of `openclaw channels status`: configured, linked, how events arrive, and what is wrong. */
export function accountSnapshot(
  account: MattermostAccount,
  runtime: Snapshot | undefined,
  probe: Probe | undefined,
): Snapshot {
  const { lastError, ...rest } = runtime ?? { accountId: account.accountId };
  const found = [...(probe?.problems ?? []), ...account.problems].find((problem) => problem.severity === "error");
  const welcome = probe?.welcome;
  return {
    ...rest,
    accountId: account.accountId,
    ...(account.name ? { name: account.name } : {}),
    enabled: account.enabled,
    configured: account.configured,
    ...(account.baseUrl ? { baseUrl: account.baseUrl } : {}),
    botTokenSource: account.tokenSource,
    botTokenStatus: tokenStatus(account),
    dmPolicy: account.dmPolicy,
    ...(probe?.transport ? { mode: probe.transport } : {}),
    ...(probe?.transport === "websocket" ? { connected: probe.ok } : {}),
    ...(welcome
      ? {
          linked: welcome.link.state === "linked",
          connected: welcome.delivery.state === "ready",
          webhookUrl: welcome.delivery.url,
        }
      : {}),
    ...(probe ? { probe } : {}),
    lastError: found ? sentence(found) : probe?.ok ? null : (lastError ?? null),
  };
}

/** What only Mattermost's admin can mend: OpenClaw starts an account anew that is not connected, which would help nothing. */
const FOR_THE_ADMIN = new Set(["link.pending", "link.refused"]);

/**
 * What OpenClaw is told of a running account. `linked` stays away: OpenClaw would not start an account again that once said
 * false.
 */
export function runtimePatch(facts: AccountFacts): Partial<Snapshot> {
  const broken = facts.problems.find((problem) => problem.severity === "error");
  const connected = facts.connected && (!broken || FOR_THE_ADMIN.has(broken.code));
  return {
    ...(broken && !connected ? { running: true } : READY),
    connected,
    lastError: broken ? sentence(broken) : null,
    ...(facts.transport ? { mode: facts.transport } : {}),
    ...(facts.connectedAt === undefined ? {} : { lastConnectedAt: facts.connectedAt }),
    ...(facts.lastEventAt === undefined ? {} : { lastEventAt: facts.lastEventAt, lastInboundAt: facts.lastEventAt }),
  };
}

/**
 * Tells `runtimePatch` of each change, and since when there is no connection: OpenClaw lets an account find its connection again
 * for two minutes before it starts it anew, and a start gives back what was being handed over.
 */
export function createStatusTeller(tell: (patch: Partial<Snapshot>) => void, now: () => number) {
  let lostAt: number | undefined;
  return (facts: AccountFacts): void => {
    const patch = runtimePatch(facts);
    lostAt = patch.connected === false ? (lostAt ?? now()) : undefined;
    tell({ ...patch, ...(lostAt === undefined ? {} : { lastDisconnect: { at: lostAt } }) });
  };
}

/** Everything that a person should look at, each with what to do. */
export function statusIssues(accounts: readonly Snapshot[]): Issue[] {
  return accounts.flatMap((account): Issue[] => {
    if (account.enabled === false) return [];
    const problems = (account.probe as Probe | undefined)?.problems ?? [];
    if (problems.length > 0) {
      return problems.map((problem) => ({
        channel: CHANNEL_ID,
        accountId: account.accountId,
        kind: kindOf(problem),
        message: problem.message,
        fix: problem.fix,
      }));
    }
    return account.lastError
      ? [{ channel: CHANNEL_ID, accountId: account.accountId, kind: "runtime", message: account.lastError }]
      : [];
  });
}

/** In OpenClaw's words: a secret that is set and cannot be read is not missing. */
export function tokenStatus({ botToken, tokenSource }: MattermostAccount): string {
  if (botToken) return "available";
  return tokenSource === "config" ? "configured_unavailable" : "missing";
}

const sentence = (problem: Problem): string => `${problem.message} ${problem.fix}`;

function kindOf(problem: Problem): Issue["kind"] {
  if (problem.code.startsWith("config.")) return "config";
  if (problem.code.startsWith("token.")) return "auth";
  if (problem.code.startsWith("link.")) return "permissions";
  return "runtime";
}
