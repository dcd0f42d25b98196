import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { questionGatewayRuntime } from "openclaw/plugin-sdk/question-gateway-runtime";

const CLOSED = "This question was closed before the answer arrived.";

/**
 * Answers a question that the agent waits for, by one of its options, or announces an answer of the user's own (no option): the
 * next text of the conversation. A line for the reader where it was closed already.
 */
export async function answerQuestion(
  cfg: OpenClawConfig,
  accountId: string,
  { id: questionId, option }: { id: string; option?: string },
  senderId: string,
): Promise<{ line: string } | undefined> {
  const common = { cfg, questionId, senderId, clientDisplayName: `Mattermost (${accountId})` };
  const result = await questionGatewayRuntime.resolveOption(
    option === undefined ? { ...common, customInput: true } : { ...common, optionValue: option },
  );
  return result.status === "already-terminal" ? { line: CLOSED } : undefined;
}

export type AskingPayload = Parameters<typeof questionGatewayRuntime.readAskUserQuestionId>[0];

/** The question that a sent payload asks, if it asks one. */
export const questionOf = (payload: AskingPayload): string | undefined =>
  questionGatewayRuntime.readAskUserQuestionId(payload);

/** Tells what became of a question that was posted: answered elsewhere, expired, cancelled. */
export function onQuestionEnded(questionId: string, postId: string, finalize: (status: string) => Promise<void>): void {
  questionGatewayRuntime.registerChannelDelivery({ questionId, deliveryId: postId, finalize });
}
