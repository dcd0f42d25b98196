import type { Actor } from "@openclaw-mattermost/contract";
import type { Approval } from "../interactions/control.ts";
import { notAPerson } from "./access.ts";
import { NO_ACCESS } from "./as-post.ts";

/** What somebody typed to decide an approval. */
export interface TypedDecision {
  /** As it stands in the question, or the beginning of it. */
  id: string;
  decision: Approval["decision"];
}

export interface ApproveDeps {
  bot: { id: string; username: string };
  /** Why this user may not decide approvals; undefined if they may. */
  mayApprove: (senderId: string) => Promise<string | undefined>;
  /** Decides as this user; what they are told. */
  approveTyped: (typed: TypedDecision, senderId: string) => Promise<string>;
}

const DECISIONS: Readonly<Record<string, Approval["decision"]>> = {
  "allow-once": "allow-once",
  once: "allow-once",
  allow: "allow-once",
  approve: "allow-once",
  "allow-always": "allow-always",
  always: "allow-always",
  deny: "deny",
  reject: "deny",
};

export const APPROVE_USAGE =
  "Write `/oc_approve <id> allow-once`, `allow-always` or `deny`. The id stands in the question that is to be decided.";

/** `<id> <decision>`, in either order; undefined for anything else. */
export function readTyped(text: string): TypedDecision | undefined {
  const [first = "", second = "", ...more] = text.trim().split(/\s+/);
  if (second === "" || more.length > 0) return undefined;
  const last = DECISIONS[second.toLowerCase()];
  if (last) return { id: first, decision: last };
  const before = DECISIONS[first.toLowerCase()];
  return before ? { id: second, decision: before } : undefined;
}

/**
 * Why somebody may not decide an approval. Approvers are named one by one, so no list of those who may talk to the agent counts
 * beside that.
 */
export async function whyNotApprove(
  deps: Omit<ApproveDeps, "approveTyped">,
  actor: Actor,
): Promise<string | undefined> {
  return notAPerson(actor, deps.bot.id) ? NO_ACCESS : deps.mayApprove(actor.id);
}

/** What whoever typed `/oc_approve` is told. */
export async function approveByCommand(
  deps: ApproveDeps,
  actor: Actor,
  text: string,
): Promise<{ outcome: "done" | "no_approver"; text: string }> {
  const refusal = await whyNotApprove(deps, actor);
  if (refusal !== undefined) return { outcome: "no_approver", text: refusal };
  const typed = readTyped(text);
  return { outcome: "done", text: typed ? await deps.approveTyped(typed, actor.id) : APPROVE_USAGE };
}
