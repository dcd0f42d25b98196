import type { IncomingMessage, ServerResponse } from "node:http";
import { BODY_TIMEOUT_MS } from "@openclaw-mattermost/contract";
import { readBody } from "../body.ts";
import type { FailureLimiter } from "../failure-limiter.ts";
import { readForm, type CommandForm } from "./form.ts";

/** A form is no longer than a post and what stands around it. */
const FORM_MAX_BYTES = 128 * 1024;
const UNAUTHORIZED = "Unauthorized: invalid command token.";

/** What becomes of a command: stored and to be answered later, answered now, or none of this account's. */
export type Taken = { kind: "kept" | "told"; text: string } | { kind: "unknown" | "unavailable" };

export interface CallbackDeps {
  /** The accounts whose commands arrive at a path. Each says whether a command is one of its own. */
  takersAt: (path: string) => readonly ((form: CommandForm) => Promise<Taken>)[];
  limiter: FailureLimiter;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/**
 * Takes slash commands that were registered by REST. The first check that fails decides: method, limiter, body, form,
 * token. What is acknowledged is stored.
 */
export function createCommandCallback(deps: CallbackDeps) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { status, body, headers } = await answerTo(deps, req);
    res.writeHead(status, { ...headers, "Content-Type": "application/json; charset=utf-8" });
    res.end(JSON.stringify(body));
  };
}

interface Reply {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

async function answerTo(deps: CallbackDeps, req: IncomingMessage): Promise<Reply> {
  if (req.method !== "POST")
    return { status: 405, body: { text: "Only POST is served here." }, headers: { Allow: "POST" } };
  const peer = req.socket.remoteAddress ?? "";
  const waitS = deps.limiter.waitS(peer);
  if (waitS > 0)
    return { status: 429, body: { text: "Too many failed attempts." }, headers: { "Retry-After": String(waitS) } };
  const read = await readBody(req, { maxBytes: FORM_MAX_BYTES, timeoutMs: BODY_TIMEOUT_MS });
  if (read.kind === "too_large") return { status: 413, body: { text: "The body is too large." } };
  if (read.kind !== "whole") return { status: 408, body: { text: "The body did not arrive in time." } };
  const form = readForm(read.body.toString("utf8"), req.headers.authorization);
  if (!form) {
    deps.limiter.failed(peer);
    return { status: 400, body: { text: "This is no slash command." } };
  }
  const path = new URL(req.url ?? "/", "http://gateway").pathname;
  const taken = await firstTaken(deps.takersAt(path), form);
  if (taken.kind === "kept" || taken.kind === "told")
    return { status: 200, body: { response_type: "ephemeral", text: taken.text } };
  if (taken.kind === "unavailable")
    return { status: 503, body: { text: "The command cannot be checked just now. Try again in a moment." } };
  deps.limiter.failed(peer);
  deps.log("mattermost: rejected slash command callback: invalid command token", { path });
  return { status: 401, body: { text: UNAUTHORIZED } };
}

/** A token belongs to one account at most. */
async function firstTaken(takers: ReturnType<CallbackDeps["takersAt"]>, form: CommandForm): Promise<Taken> {
  let last: Taken = { kind: "unknown" };
  for (const take of takers) {
    const taken = await take(form);
    if (taken.kind === "kept" || taken.kind === "told") return taken;
    if (taken.kind === "unavailable") last = taken;
  }
  return last;
}
