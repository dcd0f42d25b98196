import type { ChannelPlugin } from "openclaw/plugin-sdk/channel-core";
import type { Probe } from "./account.ts";
import { CHANNEL_ID, type MattermostAccount } from "./config/account-config.ts";
import type { Problem } from "./errors.ts";

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
  const found = probe?.problems.find((problem) => problem.severity === "error") ?? account.problems[0];
  const welcome = probe?.welcome;
  return {
    ...rest,
    accountId: account.accountId,
    ...(account.name ? { name: account.name } : {}),
    enabled: account.enabled,
    configured: account.configured,
    ...(account.baseUrl ? { baseUrl: account.baseUrl } : {}),
    botTokenSource: account.tokenSource,
    botTokenStatus: account.botToken ? "available" : "missing",
    dmPolicy: account.dmPolicy,
    ...(welcome
      ? {
          linked: welcome.link.state === "linked",
          connected: welcome.delivery.state === "ready",
          mode: welcome.delivery.transport,
          webhookUrl: welcome.delivery.url,
        }
      : {}),
    ...(probe ? { probe } : {}),
    lastError: found ? sentence(found) : probe?.ok ? null : (lastError ?? null),
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

const sentence = (problem: Problem): string => `${problem.message} ${problem.fix}`;

function kindOf(problem: Problem): Issue["kind"] {
  if (problem.code.startsWith("config.")) return "config";
  if (problem.code.startsWith("token.")) return "auth";
  if (problem.code.startsWith("link.")) return "permissions";
  return "runtime";
}
