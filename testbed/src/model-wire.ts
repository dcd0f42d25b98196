import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { ErrorAnswer, ModelAnswer, ToolAnswer } from "./model-answer.ts";

/** Enough for OpenClaw's accounting; no test counts tokens. */
const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

interface Turn {
  readonly id: string;
  readonly model: string;
  readonly streamed: boolean;
  readonly tools: readonly string[];
}

/** Sends an answer in the form of OpenAI's chat completions. Stops where it is when the asker hangs up. */
export async function sendAnswer(response: ServerResponse, turn: Turn, answer: ModelAnswer): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  try {
    if (answer.delayMs) await pause(answer.delayMs, undefined, { signal: gone.signal });
    if ("status" in answer) sendJson(response, answer.status, refusal(answer));
    else if (turn.streamed) await sendStream(response, turn, answer, gone.signal);
    else sendJson(response, 200, completion(turn, answer));
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

type Completed = Exclude<ModelAnswer, ErrorAnswer>;

async function sendStream(response: ServerResponse, turn: Turn, answer: Completed, gone: AbortSignal): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  const event = (more: object): void => {
    response.write(`data: ${JSON.stringify({ ...head(turn), object: "chat.completion.chunk", ...more })}\n\n`);
  };
  const delta = (content: object, finish: string | null = null): void => {
    event({ choices: [{ index: 0, delta: content, finish_reason: finish }] });
  };
  delta({ role: "assistant", content: "" });
  if ("chunks" in answer) {
    for (const chunk of answer.chunks) {
      delta({ content: chunk });
      await pause(answer.everyMs, undefined, { signal: gone });
    }
  } else if (answer.text) {
    delta({ content: answer.text });
  }
  const calls = "tool" in answer ? toolCalls(turn, answer) : [];
  if (calls.length > 0) delta({ tool_calls: calls });
  delta({}, calls.length > 0 ? "tool_calls" : "stop");
  event({ choices: [], usage: USAGE });
  response.end("data: [DONE]\n\n");
}

function completion(turn: Turn, answer: Completed): object {
  const calls = "tool" in answer ? toolCalls(turn, answer) : undefined;
  const content = "chunks" in answer ? answer.chunks.join("") : (answer.text ?? null);
  const message = { role: "assistant", content, ...(calls ? { tool_calls: calls } : {}) };
  const choice = { index: 0, finish_reason: calls ? "tool_calls" : "stop", message };
  return { ...head(turn), object: "chat.completion", choices: [choice], usage: USAGE };
}

/** OpenClaw keeps most tools behind one named `tool_call`: a tool that is not offered by name is called through it. */
function toolCalls(turn: Turn, answer: ToolAnswer): object[] {
  const { name, args } = answer.tool;
  const wrapped = !turn.tools.includes(name) && turn.tools.includes("tool_call");
  const call = wrapped ? { name: "tool_call", args: { id: name, args } } : { name, args };
  const described = { name: call.name, arguments: JSON.stringify(call.args) };
  return [{ index: 0, id: `call_${turn.id}`, type: "function", function: described }];
}

function head(turn: Turn): object {
  return { id: turn.id, created: Math.floor(Date.now() / 1000), model: turn.model };
}

function refusal(answer: ErrorAnswer): object {
  const message = answer.message ?? `The stub model was told to answer ${answer.status}.`;
  return { error: { message, type: "stub_error", code: String(answer.status) } };
}
