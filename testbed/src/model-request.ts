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
/** Ends the header line of each block of context that OpenClaw puts before the user's text. */
const CONTEXT_MARKER = "⟦openclaw:ctx⟧";
/** From this line on there is nothing of the user. */
const CHANNEL_CONTEXT = `Context: ${CONTEXT_MARKER}`;
const TIMESTAMP = /^\[[A-Z][a-z]{2} \d{4}-\d{2}-\d{2} \d{2}:\d{2}[^\]]*\] */;
const RUNTIME_TRAILER = /\n\nRuntime: agent=[^\n]*\s*$/;
/** How a turn that failed is tried again. */
const QUEUED =
  /^\[Queued user message from a previous active turn[^\]]*\]\n(?<text>[^]*?)\n\nContinue the current task from/;

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
    steered: steeredInto(messages.slice(0, Math.max(0, lastUser))),
    step: sinceThen.filter((message) => message.role === "assistant").length,
    toolResult: toolResults.length > 0 ? textOf(toolResults.at(-1)) : undefined,
    messages,
    tools: (body.tools ?? []).flatMap((tool) => tool.function?.name ?? []),
    streamed: body.stream === true,
  };
}

/** What users wrote after the last answer and before the latest text: OpenClaw puts a text that comes early into the run that begins. */
function steeredInto(before: readonly ModelMessage[]): string[] {
  const answered = before.findLastIndex((message) => message.role === "assistant");
  return before
    .slice(answered + 1)
    .filter((message) => message.role === "user" && !isInternal(message))
    .map((message) => userText(textOf(message)));
}

function isInternal(message: ModelMessage): boolean {
  return textOf(message).trimStart().startsWith(INTERNAL_CONTEXT);
}

/** What the user wrote, without the lines and blocks of context that OpenClaw puts around it. */
export function userText(raw: string): string {
  const queued = QUEUED.exec(raw.replace(TIMESTAMP, ""));
  const lines = (queued?.groups?.["text"] ?? raw).replace(TIMESTAMP, "").replace(RUNTIME_TRAILER, "").split("\n");
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim() === CHANNEL_CONTEXT) break;
    if (line.trim().endsWith(CONTEXT_MARKER)) index = endOfBlock(lines, index + 1);
    else kept.push(line);
  }
  return kept.join("\n").trim();
}

/** The index of a context block's last line: a fenced one ends with its fence, any other with an empty line. */
function endOfBlock(lines: readonly string[], start: number): number {
  const last = lines[start]?.trim() === "```json" ? "```" : "";
  const end = lines.findIndex((line, index) => index > start && line.trim() === last);
  return end === -1 ? lines.length : end;
}
