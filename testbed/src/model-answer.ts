import type { JsonObject } from "./json.ts";

/** What the stub model answers. All of them may wait first: `delayMs`. */
export type ModelAnswer = TextAnswer | StreamAnswer | ToolAnswer | ErrorAnswer;

interface Delayed {
  readonly delayMs?: number;
}

/** The whole text at once. */
export interface TextAnswer extends Delayed {
  readonly text: string;
}

/** The text piece by piece, with a pause after each. */
export interface StreamAnswer extends Delayed {
  readonly chunks: readonly string[];
  readonly everyMs: number;
}

/** A call of one of the agent's tools; the model is asked again with the result. */
export interface ToolAnswer extends Delayed {
  readonly tool: { readonly name: string; readonly args: JsonObject };
  /** Said before the call. */
  readonly text?: string;
}

/** A refusal, such as 429 or 500. */
export interface ErrorAnswer extends Delayed {
  readonly status: number;
  readonly message?: string;
}

/** One request to the model, as tests look at it. */
export interface ModelRequest {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the user wrote in this turn, without what OpenClaw wraps around it. */
  readonly user: string;
  /** The last user message as OpenClaw sent it. */
  readonly rawUser: string;
  /** Earlier texts of users that this request is the first to answer, oldest first. */
  readonly steered: readonly string[];
  /** How many answers of the model came before this one in the same turn: 0, then 1 after the first tool call, … */
  readonly step: number;
  /** What the last tool call of this turn returned. */
  readonly toolResult: string | undefined;
  /** Everything that was sent. */
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly string[];
  readonly streamed: boolean;
}

/** A message in OpenAI's chat format. */
export interface ModelMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly type?: string; readonly text?: string }[] | null;
}

/** The text of a message, whatever its form. */
export function textOf(message: ModelMessage | undefined): string {
  const content = message?.content;
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("\n");
}
