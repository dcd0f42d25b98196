import { describe, expect, it } from "@jest/globals";
import type { PendingApprovalView, ResolvedApprovalView } from "../host/approvals.ts";
import {
  approvalControls,
  approvalText,
  deciderId,
  fenced,
  pendingHint,
  recordedLine,
  resolvedLine,
} from "./approval-text.ts";

const ALICE = "a".repeat(26);
const command = "echo '```' && rm -rf /tmp/x\n# and more";
const view: PendingApprovalView = {
  approvalId: "approval-1",
  approvalKind: "exec",
  phase: "pending",
  title: "Exec",
  metadata: [{ label: "Host", value: "gateway" }],
  commandText: command,
  commandPreview: "echo …",
  expiresAtMs: 1_800_000,
  actions: [
    { decision: "allow-once", label: "Allow Once", style: "success", command: "/approve approval-1 allow-once" },
    { decision: "deny", label: "Deny", style: "danger", command: "/approve approval-1 deny" },
  ],
};

describe("N8 how an approval is shown", () => {
  it("N8 the whole command is shown, whatever fences it has itself", () => {
    expect(fenced("a")).toBe("```\na\n```");
    expect(approvalText(view)).toContain(`\`\`\`\`\n${command}\n\`\`\`\``);
    expect(approvalText(view)).toContain("- Host: gateway");
  });

  it("N8 it says who may decide, until when, and how by typing", () => {
    const hint = pendingHint(view, 0, "/oc_approve");
    expect(hint).toContain("within 30 min");
    expect(hint).toContain("`/oc_approve approval-1` and one of `allow-once`, `deny`");
    expect(pendingHint(view, 0, "@bot /approve")).toContain("`@bot /approve approval-1` and one of");
  });

  it("N8 a command that OpenClaw has shortened is not called whole", () => {
    const warning = "too long to be shown whole";
    expect(approvalText(view)).not.toContain(warning);
    const shortened = [
      `echo ${"x".repeat(16_384)}…[truncated]`,
      "[exec approval command exceeds display size limit; full text suppressed]",
    ];
    for (const commandText of shortened) expect(approvalText({ ...view, commandText })).toContain(warning);
  });

  it("N8 what OpenClaw has kept of a decision can be said, too", () => {
    const record = (facts: object) => recordedLine(facts as never);
    expect(record({ status: "allowed", decision: "allow-always" })).toBe("✓ **Allowed always**");
    expect(record({ status: "denied", reason: "user" })).toBe("✗ **Denied**");
    expect(record({ status: "cancelled", reason: "gateway-restart" })).toContain("Ask again");
    expect(record({ status: "cancelled", reason: "run-aborted" })).toContain("Cancelled");
  });

  it("N8 each decision has a button that carries it", () => {
    expect(approvalControls(view)[0]).toEqual([
      {
        type: "button",
        label: "Allow Once",
        style: "success",
        means: { kind: "approval", approval_id: "approval-1", approval_kind: "exec", decision: "allow-once" },
      },
      {
        type: "button",
        label: "Deny",
        style: "danger",
        means: { kind: "approval", approval_id: "approval-1", approval_kind: "exec", decision: "deny" },
      },
    ]);
  });

  it("N8 the line in place of the buttons says what was decided, and by whom if it was decided here", () => {
    const resolved = { ...view, phase: "resolved", decision: "deny" } as ResolvedApprovalView;
    expect(resolvedLine(resolved, "Denied", "alice")).toBe("✗ **Denied** by @alice");
    expect(resolvedLine({ ...resolved, decision: "allow-once" }, "Allowed once", undefined)).toBe("✓ **Allowed once**");
    expect(resolvedLine(resolved, "Denied", "")).toBe("✗ **Denied** by an approver");
    expect(deciderId(`mattermost:${ALICE}`)).toBe(ALICE);
    expect(deciderId(`Mattermost approval (${ALICE})`)).toBe(ALICE);
    expect(deciderId("Control UI")).toBeUndefined();
    expect(deciderId(null)).toBeUndefined();
  });
});
