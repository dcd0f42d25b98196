import { refusalSchema } from "@openclaw-mattermost/contract";
import { z } from "zod";
import { MattermostError, messageOf } from "../errors.ts";

/** How the client reaches the server; `host/fetch.ts` has the guarded one. */
export type Http = (call: {
  url: string;
  method: Method;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  timeoutMs: number;
  maxBytes: number;
  signal?: AbortSignal;
}) => Promise<{ status: number; headers: Headers; body: Buffer }>;
export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface CallDeps {
  /** Without trailing slash. */
  baseUrl: string;
  botToken: string;
  http: Http;
  sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  content?: { bytes: Buffer; type: string };
  headers?: Record<string, string>;
  timeoutMs?: number;
  maxBytes?: number;
  signal?: AbortSignal;
  /** Waits where the server's rate limiter asks for it, and asks again. For whoever does not do so itself. */
  patient?: boolean;
}

const TIMEOUT_MS = 15_000;
const ANSWER_MAX_BYTES = 4 * 1024 * 1024;
/** Where a 429 does not say how long. */
const SLOW_DOWN_MS = 1_000;
/** In all, for one call. */
const PATIENCE_MS = 10_000;
const WORDS_MAX = 300;
/** Shorter ones are no secret and stand in every text. */
const TOKEN_MIN = 8;

/** Calls as one bot. Both reject with `MattermostError` and nothing else, which never holds the token. */
export function createCalls({ baseUrl, botToken, http, sleep }: CallDeps) {
  async function once(method: Method, path: string, options: CallOptions): ReturnType<Http> {
    const answer = await http({
      url: `${baseUrl}${path}`,
      method,
      headers: {
        authorization: `Bearer ${botToken}`,
        accept: "application/json",
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        ...(options.content ? { "content-type": options.content.type } : {}),
        ...options.headers,
      },
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      maxBytes: options.maxBytes ?? ANSWER_MAX_BYTES,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.content ? { body: new Uint8Array(options.content.bytes) } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (answer.status < 200 || answer.status > 299) throw refusal(answer.status, answer.headers, parse(answer.body));
    return answer;
  }

  async function send(method: Method, path: string, options: CallOptions): ReturnType<Http> {
    let left = options.patient ? PATIENCE_MS : 0;
    for (;;) {
      try {
        return await once(method, path, options);
      } catch (thrown) {
        const error = withoutToken(thrown, botToken);
        const waitMs = error.retryAfterMs ?? SLOW_DOWN_MS;
        if (error.status !== 429 || waitMs > left) throw error;
        left -= waitMs;
        await sleep(waitMs, options.signal);
      }
    }
  }

  async function call<T>(method: Method, path: string, schema: z.ZodType<T>, options: CallOptions = {}): Promise<T> {
    const answer = await send(method, path, options);
    const parsed = schema.safeParse(parse(answer.body));
    if (!parsed.success)
      throw new MattermostError("malformed", "The answer is not one of Mattermost's. Is the server address right?", {
        status: answer.status,
        cause: parsed.error,
      });
    return parsed.data;
  }
  return { send, call };
}
export type Call = ReturnType<typeof createCalls>["call"];

/** A path with each value in its place encoded; a value cannot lead to another path. */
export function at(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map(segment));
}

function segment(value: string | number): string {
  const text = String(value);
  if (/^\.{0,2}$/.test(text)) throw new MattermostError("malformed", `"${text}" is no name and no id.`);
  return encodeURIComponent(text);
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

const serverErrorSchema = z.object({
  id: z.string().default(""),
  message: z.string().default(""),
  request_id: z.string().default(""),
});

function refusal(status: number, headers: Headers, json: unknown): MattermostError {
  const ofPlugin = refusalSchema.safeParse(json);
  const ofServer = serverErrorSchema.safeParse(json);
  const retryAfterMs = retryAfterOf(headers.get("retry-after"));
  const serverId = ofPlugin.success ? ofPlugin.data.error.code : ofServer.success ? ofServer.data.id : "";
  const words = ofPlugin.success ? ofPlugin.data.error.message : ofServer.success ? ofServer.data.message : "";
  const said = words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX)}…` : words;
  return new MattermostError("http", `Mattermost answered ${String(status)}${said ? `: ${said}` : "."}`, {
    status,
    serverId,
    requestId:
      ofServer.success && ofServer.data.request_id ? ofServer.data.request_id : (headers.get("x-request-id") ?? ""),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Seconds, or a date. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = positive(header);
  if (seconds !== undefined) return seconds * 1_000;
  const ms = Date.parse(header) - Date.now();
  return /[a-z]/i.test(header) && ms > 0 ? ms : undefined;
}

export const positive = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
};

/** A proxy that echoes headers, or Node's own error for a token that is none, would tell it. */
function withoutToken(thrown: unknown, token: string): MattermostError {
  const error =
    thrown instanceof MattermostError
      ? thrown
      : new MattermostError("network", `Mattermost cannot be reached: ${messageOf(thrown)}`, { cause: thrown });
  if (token.length < TOKEN_MIN || !tells(error, token)) return error;
  const { status, retryAfterMs } = error;
  return new MattermostError(error.code, hide(error.message, token), {
    status,
    serverId: hide(error.serverId, token),
    requestId: hide(error.requestId, token),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

const hide = (text: string, token: string): string => text.replaceAll(token, "***");

function tells(error: MattermostError, token: string): boolean {
  const texts = [error.serverId, error.requestId];
  for (let at: unknown = error; at instanceof Error; at = at.cause) texts.push(at.message, at.stack ?? "");
  return texts.some((text) => text.includes(token));
}
