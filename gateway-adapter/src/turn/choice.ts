import type { ChoiceEvent, PostEvent } from "@openclaw-mattermost/contract";
import { readContext, type ReadContext } from "../interactions/context.ts";
import type { Approval } from "../interactions/control.ts";
import type { IngressLifecycle } from "./adoption.ts";
import { offerPairing, type TurnDeps } from "./agent-turn.ts";
import { whyNotApprove, type ApproveDeps } from "./approve-command.ts";
import { asPostOf, NO_ACCESS, NOT_PAIRED, runAsPost } from "./as-post.ts";
import { chatKind } from "./conversation.ts";
import { passGates, type Admitted } from "./gates.ts";
import type { Runs } from "./runs.ts";

/** A choice, whichever event it came with. */
export interface Choice {
  id: string;
  post_id: string;
  action_id: string;
  label: string;
  selected_option: string;
  text: string;
  context: Record<string, unknown>;
}

/** What a question or an approval made of a choice: a line in place of the buttons where it came too late. */
export type Settled = { line: string } | undefined;

export interface JudgeDeps extends Pick<TurnDeps, "runtime" | "account" | "bot" | "send" | "awaitApproval"> {
  /** Whether this gateway made the button, for this channel. */
  isOurs: (context: Record<string, unknown>, channelId: string) => boolean;
  /** Why this user may not decide approvals; undefined if they may. */
  mayApprove: ApproveDeps["mayApprove"];
}

export interface ChoiceDeps extends TurnDeps, JudgeDeps {
  runs: Runs;
  /** Says whether the choice is allowed, and learns whether it counts; rejects if it must be tried again. */
  verdict: (event: ChoiceEvent, verdict: { allowed: boolean; text?: string }) => Promise<boolean>;
  /** Answers a question of OpenClaw's; rejects if it must be tried again. */
  answerQuestion: (question: { id: string; option?: string }, senderId: string) => Promise<Settled>;
  /** Decides an approval of OpenClaw's; rejects if it must be tried again. */
  approve: (approval: Approval, senderId: string) => Promise<Settled>;
  /** Replaces what stands in place of a post's buttons; the line that counts. */
  conclude: (postId: string, line: string, which: "any" | "unless_known") => Promise<string>;
  /** Tells whoever chose, and nobody else, what was decided before. Never rejects. */
  tellTooLate: (event: ChoiceEvent, line: string) => Promise<void>;
}

export type ChoiceVerdict =
  | { kind: "refused"; reason: string; text: string }
  | { kind: "approver"; choice: Choice; approval: Approval }
  | { kind: "admitted"; choice: Choice; context: ReadContext; asPost: PostEvent; gates: Admitted };

/** Who may choose: of an approval its approvers, of anything else who passes the same gates as a post that names the bot. */
export async function judgeChoice(deps: JudgeDeps, event: ChoiceEvent): Promise<ChoiceVerdict> {
  const choice = choiceOf(event);
  const refused = (reason: string, text: string): ChoiceVerdict => ({ kind: "refused", reason, text });
  if (!deps.isOurs(choice.context, event.channel.id))
    return refused("not_ours", "This button was not made by this assistant, so it does nothing.");
  const context = readContext(choice.context);
  if (context.means?.kind === "approval") {
    const no = await whyNotApprove(deps, event.actor);
    return no === undefined ? { kind: "approver", choice, approval: context.means } : refused("no_approver", no);
  }
  // Choices are for people.
  const account = { ...deps.account(), allowBots: false };
  // A thread under the post with the buttons, where answers start threads.
  const starts = account.replyToMode[chatKind(event.channel)] !== "off";
  const threadRoot = event.thread_root || (starts ? choice.post_id : "");
  const asPost = asPostOf(event, deps.bot, { id: choice.id, text: wordsOf(event, choice, context), threadRoot });
  const gates = await passGates({ runtime: deps.runtime, account, bot: deps.bot, isCommand: true }, asPost);
  if (gates.kind === "pairing") {
    await offerPairing(deps, account, asPost);
    return refused("pairing", NOT_PAIRED);
  }
  if (gates.kind === "dropped") return refused(gates.reason, NO_ACCESS);
  return { kind: "admitted", choice, context, asPost, gates };
}

/**
 * Works off a choice: whether it is allowed, then whether it counts, then what it means happens. A choice is told to the agent in
 * the session of its conversation. Repeated after a restart it leads to the same.
 */
export async function runChoice(deps: ChoiceDeps, event: ChoiceEvent, lifecycle: IngressLifecycle): Promise<string> {
  const judged = await judgeChoice(deps, event);
  if (judged.kind === "refused") {
    await deps.verdict(event, { allowed: false, text: judged.text });
    return judged.reason;
  }
  if (!(await deps.verdict(event, { allowed: true }))) return "too_late";
  const settled =
    judged.kind === "approver"
      ? await deps.approve(judged.approval, event.actor.id)
      : await settle(deps, event, judged.context);
  // Who decided before stays there for all to see.
  if (settled) await deps.tellTooLate(event, await deps.conclude(judged.choice.post_id, settled.line, "unless_known"));
  else if (judged.kind === "admitted" && isForAgent(judged.context))
    await runAsPost(deps, judged.asPost, judged.gates, lifecycle);
  return "done";
}

/** Questions are OpenClaw's own. */
async function settle(deps: ChoiceDeps, event: ChoiceEvent, { means }: ReadContext): Promise<Settled> {
  if (means?.kind === "question")
    return deps.answerQuestion({ id: means.question_id, option: means.option }, event.actor.id);
  if (means?.kind === "question_text") return deps.answerQuestion({ id: means.question_id }, event.actor.id);
  return undefined;
}

/** Everything but the option of a question. An own answer to one is told, too: OpenClaw takes the next text of this conversation for it. */
const isForAgent = ({ means }: ReadContext): boolean => means?.kind !== "question";

function choiceOf(event: ChoiceEvent): Choice {
  return event.type === "action.clicked" ? { ...event.click, text: "" } : { ...event.dialog, selected_option: "" };
}

/** What the agent reads. A command is run by OpenClaw as if it had been typed. */
function wordsOf(event: ChoiceEvent, choice: Choice, { means, custom }: ReadContext): string {
  const who = `user @${event.actor.username}`;
  switch (means?.kind) {
    case "command":
      return means.command;
    case "question_text":
      return choice.text;
    case "text":
      return `[Dialog: ${who} answered "${choice.label}"]\n${choice.text}`;
    case "select":
      return means.commands?.includes(choice.selected_option)
        ? choice.selected_option
        : `[Select: ${who} selected "${choice.label}" (value: ${choice.selected_option})]`;
    case "value":
      return `[Button click: ${who} selected "${choice.label}" (value: ${means.value})]`;
    default:
      return `[Button click: ${who} selected "${choice.label}"${custom ? ` ${custom}` : ""}]`;
  }
}
