import type {
  ApprovalRecord,
  ExpiredApprovalView,
  PendingApprovalView,
  ResolvedApprovalView,
} from "../host/approvals.ts";
import type { Button, Controls } from "./control.ts";

type View = PendingApprovalView | ResolvedApprovalView | ExpiredApprovalView;

const HEADINGS = {
  exec: "The assistant asks to run a command.",
  plugin: "The assistant asks for permission.",
  "system-agent": "The assistant asks to change OpenClaw.",
} as const;

/** A block of code around any text, whatever fences it has itself. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** What OpenClaw puts in the place of what it does not show of a command. */
const SHORTENED = /…\[truncated\]$|^\[exec approval command exceeds display size limit; full text suppressed\]$/;
const SHORTENED_LINE =
  ":warning: **This command is too long to be shown whole**, so what it does cannot be seen here. If in doubt, deny it and ask for shorter steps.";

/** What is asked for, whole, or with a warning that it is not: nobody has to decide about what they cannot see. */
export function approvalText(view: View): string {
  const facts = view.metadata.map(({ label, value }) => `- ${label}: ${value}`);
  return [
    `**${HEADINGS[view.approvalKind]}**`,
    ...("commandText" in view ? [fenced(view.commandText)] : [view.title]),
    ...("commandText" in view && SHORTENED.test(view.commandText) ? [SHORTENED_LINE] : []),
    ...(view.description ? [view.description] : []),
    ...("operationSummary" in view ? [view.operationSummary] : []),
    ...("warningText" in view && view.warningText ? [`:warning: ${view.warningText}`] : []),
    ...(facts.length > 0 ? [facts.join("\n")] : []),
  ].join("\n\n");
}

/** How it is decided, for those who type; `command` stands before the id. */
export function pendingHint(view: PendingApprovalView, nowMs: number, command: string): string {
  const minutes = Math.max(1, Math.round((view.expiresAtMs - nowMs) / 60_000));
  const decisions = view.actions.map(({ decision }) => `\`${decision}\``).join(", ");
  return `Only approvers may decide, within ${String(minutes)} min. Or type \`${command} ${view.approvalId}\` and one of ${decisions}.`;
}

const STYLES = { primary: "primary", secondary: "default", success: "success", danger: "danger" } as const;

export function approvalControls(view: PendingApprovalView): Controls {
  const row = view.actions.map(({ decision, label, style }): Button => ({
    type: "button",
    label,
    style: STYLES[style],
    means: { kind: "approval", approval_id: view.approvalId, approval_kind: view.approvalKind, decision },
  }));
  return [row];
}

const USER_ID = /(?:^|[^a-z0-9])([a-z0-9]{26})(?![a-z0-9])/;

/** The user id in OpenClaw's word for who decided; undefined if it was decided elsewhere. */
export function deciderId(resolvedBy: string | null | undefined): string | undefined {
  return USER_ID.exec(resolvedBy ?? "")?.[1];
}

/** The line in place of the buttons. `by`: a username; empty where it cannot be looked up, undefined where it was decided elsewhere. */
export function resolvedLine(view: ResolvedApprovalView, label: string, by: string | undefined): string {
  const mark = view.decision === "deny" ? "✗" : "✓";
  const who = by === "" ? " by an approver" : ` by @${by ?? ""}`;
  return `${mark} **${label}**${by === undefined ? "" : who}`;
}

export const EXPIRED_LINE = "⌛ **Expired**: nobody decided in time, so it was not done.";
export const LATE_LINE = "⌛ **Over**: this was decided or has expired before.";
/** OpenClaw keeps no approval over a restart. */
export const LOST_LINE = "⌛ **Void**: the gateway restarted before this was decided, so it was not done. Ask again.";

/** The line for what OpenClaw has kept of an approval; it does not keep which person decided. */
export function recordedLine(record: ApprovalRecord): string {
  switch (record.status) {
    case "allowed":
      return record.decision === "allow-always" ? "✓ **Allowed always**" : "✓ **Allowed once**";
    case "denied":
      return "✗ **Denied**";
    case "expired":
      return EXPIRED_LINE;
    case "cancelled":
      return record.reason === "gateway-restart"
        ? LOST_LINE
        : "⌛ **Cancelled**: the run has ended, so it was not done.";
  }
}
