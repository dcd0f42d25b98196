import type { ExpiredApprovalView, PendingApprovalView, ResolvedApprovalView } from "../host/approvals.ts";
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

/** What is asked for, whole: nobody has to decide about what they cannot see. */
export function approvalText(view: View): string {
  const facts = view.metadata.map(({ label, value }) => `- ${label}: ${value}`);
  return [
    `**${HEADINGS[view.approvalKind]}**`,
    ...("commandText" in view ? [fenced(view.commandText)] : [view.title]),
    ...(view.description ? [view.description] : []),
    ...("operationSummary" in view ? [view.operationSummary] : []),
    ...("warningText" in view && view.warningText ? [`:warning: ${view.warningText}`] : []),
    ...(facts.length > 0 ? [facts.join("\n")] : []),
  ].join("\n\n");
}

/** How it is decided, for those who type. */
export function pendingHint(view: PendingApprovalView, nowMs: number): string {
  const minutes = Math.max(1, Math.round((view.expiresAtMs - nowMs) / 60_000));
  const typed = view.actions.map(({ decision }) => `\`${decision}\``).join(", ");
  return `Only approvers may decide, within ${String(minutes)} min. Or type \`/oc_approve ${view.approvalId}\` and one of ${typed}.`;
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

/** The line in place of the buttons. */
export function resolvedLine(view: ResolvedApprovalView, label: string, username: string | undefined): string {
  const mark = view.decision === "deny" ? "✗" : "✓";
  return `${mark} **${label}**${username ? ` by @${username}` : ""}`;
}

export const EXPIRED_LINE = "⌛ **Expired**: nobody decided in time, so it was not done.";
