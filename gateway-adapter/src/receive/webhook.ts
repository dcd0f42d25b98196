import type { IncomingMessage, ServerResponse } from "node:http";
import {
  BODY_MAX_BYTES,
  BODY_TIMEOUT_MS,
  REFUSALS,
  SIGNATURE_HEADER,
  type Answer,
  type TokenClaims,
} from "@openclaw-mattermost/contract";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { messageOf } from "../errors.ts";
import { checkToken, RETRY_AFTER_S, take, type Receiver, type Refusal } from "./accept.ts";
import { readBody } from "./body.ts";
import type { FailureLimiter } from "./failure-limiter.ts";
import { peerOf } from "./peer.ts";
import { pass } from "../stations.ts";

export type { Receiver } from "./accept.ts";

/** Deliveries that one account works on at a time. */
const IN_FLIGHT_MAX = 16;

export interface WebhookDeps {
  /** The account, `stopped` if it is configured but not running. */
  find: (accountId: string) => Receiver | "stopped" | undefined;
  limiter: FailureLimiter;
  now: () => number;
}

/** The express app that OpenClaw's HTTP server mounts: `POST /mattermost/v1/{account}/events`. */
export function createWebhookApp(deps: WebhookDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.all("/mattermost/v1/:account/events", async (req: Request, res: Response) => {
    const account = req.params.account;
    const verdict = await receiveOrTell(deps, typeof account === "string" ? account : "", req);
    if ("code" in verdict) refuse(res, verdict);
    else res.status(200).json(verdict);
  });
  app.use((_req: Request, res: Response) => {
    refuse(res, UNKNOWN_ROUTE);
  });
  // Express would tell the stack of the error to whoever called, and to the gateway's log.
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) next(error);
    else refuse(res, error instanceof URIError ? UNKNOWN_ROUTE : UNEXPECTED);
  });
  return app;
}

const UNKNOWN_ROUTE: Refusal = { code: "route.unknown", message: "There is nothing at this address." };
const UNEXPECTED: Refusal = {
  code: "inbox.unavailable",
  message: "The delivery could not be taken at the moment.",
  retryAfterS: RETRY_AFTER_S,
};

/** What nobody expected is told to the gateway's log, and to the caller only that it happened. */
async function receiveOrTell(deps: WebhookDeps, accountId: string, req: IncomingMessage): Promise<Answer | Refusal> {
  try {
    return await receive(deps, accountId, req);
  } catch (error) {
    const receiver = deps.find(accountId);
    if (typeof receiver === "object")
      receiver.log("A delivery met an unexpected error.", { account: accountId, reason: messageOf(error) });
    return UNEXPECTED;
  }
}

/** The checks of `contract/README.md`, in its order: the first that fails decides. */
async function receive(deps: WebhookDeps, accountId: string, req: IncomingMessage): Promise<Answer | Refusal> {
  pass("received");
  // 1 route, account, key
  const receiver = deps.find(accountId);
  if (receiver === undefined)
    return { code: "account.unknown", message: "This gateway has no such Mattermost account." };
  const serverId = receiver === "stopped" ? undefined : receiver.serverId();
  if (receiver === "stopped" || serverId === undefined || !receiver.keys.hasKeys()) {
    return {
      code: "keys.unavailable",
      message: "The account is starting and has no keys yet.",
      retryAfterS: RETRY_AFTER_S,
    };
  }
  // 2 to 4 method, content type, declared length
  if (req.method !== "POST") return { code: "method.not_allowed", message: "Only POST is served here." };
  if (!/^application\/json\s*(;|$)/i.test(req.headers["content-type"] ?? ""))
    return { code: "content_type.unsupported", message: "The body has to be application/json." };
  if (Number(req.headers["content-length"] ?? 0) > BODY_MAX_BYTES)
    return { code: "body.too_large", message: "The body is larger than 512 KiB." };
  // 5 limiter: counts failures only
  const peer = peerOf(req.socket.remoteAddress);
  const waitS = deps.limiter.waitS(peer);
  // 6 token: at an address that fails too often nobody is waited for, but who signs is never locked out
  const header = req.headers[SIGNATURE_HEADER.toLowerCase()];
  const signature = typeof header === "string" ? header : undefined;
  const options = { now: deps.now, knownKeysOnly: waitS > 0 };
  const token = await checkToken(receiver, serverId, "POST", signature, options);
  if ("code" in token && waitS > 0)
    return { code: "failures.too_many", message: "Too many failed attempts from this address.", retryAfterS: waitS };
  const verdict = "code" in token ? token : await receiveBody(receiver, token, req);
  if ("code" in verdict && REFUSALS[verdict.code] >= 400 && REFUSALS[verdict.code] < 500) {
    deps.limiter.failed(peer);
    receiver.log("A delivery was refused.", { account: receiver.accountId, code: verdict.code });
  }
  return verdict;
}

async function receiveBody(receiver: Receiver, token: TokenClaims, req: IncomingMessage): Promise<Answer | Refusal> {
  // 7 in flight: only what is signed takes a place
  if (receiver.inFlight.count >= IN_FLIGHT_MAX)
    return { code: "busy", message: "Too many deliveries at once.", retryAfterS: RETRY_AFTER_S };
  receiver.inFlight.count += 1;
  try {
    // 8 body
    const read = await readBody(req, { maxBytes: BODY_MAX_BYTES, timeoutMs: BODY_TIMEOUT_MS });
    if (read.kind === "too_large") return { code: "body.too_large", message: "The body is larger than 512 KiB." };
    if (read.kind !== "whole") return { code: "body.timeout", message: "The body did not arrive in time." };
    // 9 to 14 hash, replay, JSON, schema, inbox, answer
    return take(receiver, token, read.body);
  } finally {
    receiver.inFlight.count -= 1;
  }
}

function refuse(res: ServerResponse, refusal: Refusal): void {
  const status = REFUSALS[refusal.code];
  if (status === 405) res.setHeader("Allow", "POST");
  if (refusal.retryAfterS !== undefined) res.setHeader("Retry-After", String(refusal.retryAfterS));
  // The body may not have been read: do not let the connection be used again.
  if (status !== 503) res.setHeader("Connection", "close");
  res.statusCode = status;
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.end(JSON.stringify({ error: { code: refusal.code, message: refusal.message } }));
}
