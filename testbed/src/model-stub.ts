import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ModelAnswer, ModelRequest } from "./model-answer.ts";
import { type ChatBody, readRequest } from "./model-request.ts";
import { readBody, sendAnswer, sendJson } from "./model-wire.ts";
import { until } from "./wait.ts";

/** Which user texts a script answers: those that contain a string, match a pattern, or please a function. */
export type Match = string | RegExp | ((request: ModelRequest) => boolean);

/** One answer; a list, one for each step of the turn (after a tool call comes the next); or a function. */
export type Answers = ModelAnswer | readonly ModelAnswer[] | ((request: ModelRequest) => ModelAnswer);

/** A request and what became of it. */
export interface SeenRequest extends ModelRequest {
  /** Milliseconds since 1970; unset while it is being answered. */
  endedAt?: number;
  /** The asker hung up before the answer was complete. */
  aborted?: boolean;
}

interface Script {
  readonly match: Match;
  readonly answers: Answers;
  left: number;
  /** The turn that it answered last, so that it also answers the steps after. */
  turn?: string;
}

export const MODEL_ID = "echo-1";
const UNTIL_DEADLINE_MS = 60_000;

/**
 * An OpenAI-compatible language model that says what a test tells it to, and otherwise `echo: <what the user wrote>`.
 * It serves chat completions, streamed and not.
 */
export class ModelStub implements AsyncDisposable {
  /** Every request so far, oldest first. */
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #ledger: number | undefined;
  #scripts: Script[] = [];

  private constructor(server: Server, ledger: number | undefined) {
    this.#server = server;
    this.#ledger = ledger;
  }

  /** `ledgerFile`: each user text is appended and synced to it, as a line of JSON, before it is answered. */
  static async start(options: { readonly ledgerFile?: string } = {}): Promise<ModelStub> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const stub = new ModelStub(server, options.ledgerFile ? openSync(options.ledgerFile, "a") : undefined);
    server.on("request", (request, response) => {
      stub.#serve(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
    return stub;
  }

  /** The base URL of its API, as a provider's `baseUrl`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** What the users wrote, oldest first, once for each turn. */
  get texts(): string[] {
    return this.requests.filter((request) => request.step === 0).map((request) => request.user);
  }

  /** What the agent was asked, once for each run: its text, below those that OpenClaw took into it when it had just begun. */
  get asked(): string[] {
    return this.requests.filter(({ step }) => step === 0).map(({ user, steered }) => [...steered, user].join("\n"));
  }

  /** Answers matching texts so from now on, or `times` times. The script added last is asked first. */
  script(match: Match, answers: Answers, times = Number.POSITIVE_INFINITY): void {
    this.#scripts.unshift({ match, answers, left: times });
  }

  /** Forgets scripts and requests. */
  reset(): void {
    this.#scripts = [];
    this.requests.length = 0;
  }

  /** Waits for a request, among those so far and those to come. */
  async seen(match: Match, deadlineMs = UNTIL_DEADLINE_MS): Promise<SeenRequest> {
    return until(() => this.requests.find((request) => matches(match, request)), {
      what: `a request to the model with ${String(match)}`,
      deadlineMs,
      tail: () => `--- the model was asked: ${JSON.stringify(this.texts)}`,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    if (this.#ledger !== undefined) closeSync(this.#ledger);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://stub");
    const text = await readBody(request);
    if (request.method === "GET" && pathname === "/v1/models") {
      sendJson(response, 200, { object: "list", data: [{ id: MODEL_ID, object: "model" }] });
      return;
    }
    if (request.method !== "POST" || pathname !== "/v1/chat/completions") {
      sendJson(response, 404, { error: { message: `The stub model does not serve ${pathname}.` } });
      return;
    }
    const body = JSON.parse(text) as ChatBody;
    const seen: SeenRequest = readRequest(body, Date.now());
    this.requests.push(seen);
    this.#record(seen);
    response.once("close", () => {
      seen.endedAt = Date.now();
      seen.aborted = !response.writableFinished;
    });
    const id = `stub${this.requests.length}x${seen.at}`;
    const turn = { id, model: body.model ?? MODEL_ID, streamed: seen.streamed, tools: seen.tools };
    await sendAnswer(response, turn, this.#answerTo(seen));
  }

  #answerTo(request: ModelRequest): ModelAnswer {
    const answers = this.#scriptFor(request)?.answers;
    if (typeof answers === "function") return answers(request);
    const list: readonly ModelAnswer[] = answers === undefined ? [] : isList(answers) ? answers : [answers];
    return list[request.step] ?? byDefault(request);
  }

  #scriptFor(request: ModelRequest): Script | undefined {
    if (request.step > 0) return this.#scripts.find((each) => each.turn === request.rawUser);
    const script = this.#scripts.find((each) => each.left > 0 && matches(each.match, request));
    if (script) {
      script.left -= 1;
      script.turn = request.rawUser;
    }
    return script;
  }

  #record(request: ModelRequest): void {
    if (this.#ledger === undefined) return;
    const { at, step, user, steered } = request;
    writeSync(this.#ledger, `${JSON.stringify({ at, step, user, steered })}\n`);
    fsyncSync(this.#ledger);
  }
}

function byDefault(request: ModelRequest): ModelAnswer {
  if (request.toolResult !== undefined) return { text: `tool said: ${request.toolResult}` };
  return { text: `echo: ${request.user}` };
}

function isList(answers: ModelAnswer | readonly ModelAnswer[]): answers is readonly ModelAnswer[] {
  return Array.isArray(answers);
}

function matches(match: Match, request: ModelRequest): boolean {
  if (typeof match === "function") return match(request);
  if (typeof match === "string") return request.user.includes(match);
  return new RegExp(match.source, match.flags.replace(/[gy]/g, "")).test(request.user);
}
