import { type ModelMessage, type ModelRequest, textOf } from "./model-answer.ts";

/** The body of POST /v1/chat/completions, as far as it is read. */
export interface ChatBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly ModelMessage[];
  readonly tools?: readonly { readonly function?: { readonly name?: string } }[];
}

/** OpenClaw adds a user message that no user wrote, with context of its own. */
const INTERNAL_CONTEXT = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>";

/** Reads a request: who wrote what, and how far this turn is. */
export function readRequest(body: ChatBody, at: number): ModelRequest {
  const messages = body.messages ?? [];
  const lastUser = messages.findLastIndex((message) => message.role === "user" && !isInternal(message));
  const rawUser = textOf(messages[lastUser]);
  const sinceThen = messages.slice(lastUser + 1);
  const toolResults = sinceThen.filter((message) => message.role === "tool");
  return {
    at,
    user: userText(rawUser),
    rawUser,
    step: sinceThen.filter((message) => message.role === "assistant").length,
    toolResult: toolResults.length > 0 ? textOf(toolResults.at(-1)) : undefined,
    messages,
    tools: (body.tools ?? []).flatMap((tool) => tool.function?.name ?? []),
    streamed: body.stream === true,
  };
}

function isInternal(message: ModelMessage): boolean {
  return textOf(message).trimStart().startsWith(INTERNAL_CONTEXT);
}

/** What the user wrote, without the lines and blocks of metadata that OpenClaw puts before and after it. */
export function userText(raw: string): string {
  return raw.trim();
}
