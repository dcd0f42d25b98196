import type { IncomingMessage } from "node:http";
import { createHash } from "node:crypto";
import express, { type Express, type Request, type Response } from "express";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { actionsOf, confirmation, findAction, withoutButtons } from "./confirm.ts";
import { INTERACTIONS_PATH } from "./callback-url.ts";
import { canonicalJson, isSigned, type ButtonContext } from "./token.ts";

type Log = (sentence: string, fields: Record<string, string | number>) => void;

/** A click as Mattermost sends it to a button's address. */
const requestSchema = z.object({
  user_id: z.string().min(1),
  user_name: z.string().default(""),
  channel_id: z.string().min(1),
  post_id: z.string().min(1),
  context: z.record(z.string(), z.unknown()).optional(),
});
type ClickRequest = z.infer<typeof requestSchema>;

/** A checked click. */
export interface HttpClick {
  /** The same for every click on the same buttons, unless they are reusable. */
  id: string;
  userId: string;
  postId: string;
  channelId: string;
  threadRoot: string;
  actionId: string;
  label: string;
  option: string;
  context: ButtonContext;
}

/** A running account, as far as it takes clicks without the plugin. */
export interface ClickTaker {
  accountId: string;
  /** Key of the buttons' tokens. */
  secret: () => string;
  /** Whether a click may come from where this request came from. */
  allowsSource: (req: IncomingMessage) => boolean;
  post: (
    id: string,
  ) => Promise<{ channel_id: string; root_id: string; message: string; props: Record<string, unknown> }>;
  /** Why this user may not choose; undefined if they may. */
  refusal: (click: HttpClick) => Promise<string | undefined>;
  /** Stores a click; false if one on the same buttons was stored before. Throws if it cannot be made durable. */
  store: (click: HttpClick) => Promise<boolean>;
  log: Log;
}

export interface InteractionsDeps {
  find: (accountId: string) => ClickTaker | "stopped" | undefined;
  /** The whole body, or nothing in time. */
  readBody: (
    req: IncomingMessage,
    limits: { maxBytes: number; timeoutMs: number },
  ) => Promise<{ kind: "whole"; body: Buffer } | { kind: "too_large" | "timeout" | "aborted" }>;
  limiter: { waitS: (peer: string) => number; failed: (peer: string) => void };
  random: () => string;
}

const BODY_MAX_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 10_000;

interface Answer {
  status: number;
  body: object;
}
const refuse = (status: number, error: string): Answer => ({ status, body: { error } });

/** The express app behind `POST /mattermost/interactions/<account id>`: buttons of servers without the plugin, and of scripts. */
export function createInteractionsApp(deps: InteractionsDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.all(`${INTERACTIONS_PATH}/:account`, async (req: Request, res: Response) => {
    const { account } = req.params;
    const answer = await receive(deps, typeof account === "string" ? account : "", req);
    if (answer.status === 405) res.setHeader("Allow", "POST");
    res.status(answer.status).json(answer.body);
  });
  app.use((_req: Request, res: Response) => {
    res.status(404).json({ error: "There is nothing at this address." });
  });
  return app;
}

async function receive(deps: InteractionsDeps, accountId: string, req: IncomingMessage): Promise<Answer> {
  const account = deps.find(accountId);
  if (account === undefined) return refuse(404, "This gateway has no such Mattermost account.");
  if (req.method !== "POST") return refuse(405, "Method Not Allowed");
  if (account === "stopped") return refuse(503, "The account is starting.");
  const peer = req.socket.remoteAddress ?? "";
  if (deps.limiter.waitS(peer) > 0) return refuse(429, "Too many failed attempts from this address.");
  const answer = account.allowsSource(req) ? await take(deps, account, req) : rejectSource(account, peer);
  if (answer.status >= 400 && answer.status < 500) deps.limiter.failed(peer);
  return answer;
}

function rejectSource(account: ClickTaker, peer: string): Answer {
  account.log(
    "A click was refused: rejected callback source. Add Mattermost's address to interactions.allowedSourceIps, and a proxy's to gateway.trustedProxies.",
    { account: account.accountId, remote: peer },
  );
  return refuse(403, "Forbidden origin");
}

/** Body, token, action id, post and action, in this order: the first check that fails decides. */
async function take(deps: InteractionsDeps, account: ClickTaker, req: IncomingMessage): Promise<Answer> {
  const log = (sentence: string, fields: Record<string, string> = {}): void =>
    account.log(sentence, { account: account.accountId, ...fields });
  const read = await deps.readBody(req, { maxBytes: BODY_MAX_BYTES, timeoutMs: BODY_TIMEOUT_MS });
  if (read.kind === "too_large") return refuse(413, "Payload too large");
  if (read.kind !== "whole") return refuse(408, "Request body timeout");
  const request = requestOf(read.body);
  if (!request) {
    log("A click was refused: the body is none of Mattermost's.");
    return refuse(400, "Invalid request body");
  }
  const { context } = request;
  if (!context) return refuse(400, "Missing context");
  if (typeof context._token !== "string") {
    log("A click was refused: missing _token in context. Put it into the button's integration.context.");
    return refuse(403, "Missing token");
  }
  // Mattermost adds the choice of a select itself; it is checked against the post.
  const { selected_option: option, ...withoutOption } = context;
  const signed = [withoutOption, context].find((each) => isSigned(account.secret(), each));
  if (!signed) {
    log(
      "A click was refused: invalid _token. Sign all fields of the context but _token, with sorted keys and no spaces.",
    );
    return refuse(403, "Invalid token");
  }
  const actionId = context.action_id;
  if (typeof actionId !== "string" || actionId === "") {
    log("A click was refused: missing action_id in context.");
    return refuse(400, "Missing action_id in context");
  }
  return choose(deps, account, request, {
    actionId,
    option: typeof option === "string" ? option : "",
    context: signed,
  });
}

async function choose(
  deps: InteractionsDeps,
  account: ClickTaker,
  request: ClickRequest,
  chosen: { actionId: string; option: string; context: ButtonContext },
): Promise<Answer> {
  const { post_id: postId, channel_id: channelId, user_id: userId } = request;
  const { actionId, option, context } = chosen;
  const fields = { account: account.accountId, post: postId, action: actionId };
  const told = (text: string): Answer => ({ status: 200, body: { ephemeral_text: text } });
  try {
    const post = await account.post(postId);
    const signedChannel = context.channel_id ?? channelId;
    if (post.channel_id !== channelId || signedChannel !== channelId) {
      account.log("A click was refused: the button belongs to another channel.", fields);
      return refuse(403, "Channel mismatch");
    }
    const action = findAction(post.props, actionId);
    const picked = action?.type === "select" ? action.options?.find(({ value }) => value === option) : undefined;
    if (!action || (action.type === "select" && !picked)) {
      account.log("A click was refused: its action_id is no action of the post. Give both the same id.", fields);
      return refuse(403, "Unknown action");
    }
    const label = picked?.text ?? action.name;
    const reusable = context.reusable === true;
    const id = reusable ? deps.random() : setId(postId, post.props);
    const click = { id, userId, postId, channelId, threadRoot: post.root_id, actionId, label, option, context };
    const refusal = await account.refusal(click);
    if (refusal !== undefined) return told(refusal);
    if (!(await account.store(click))) return told("This was answered already.");
    if (reusable) return { status: 200, body: {} };
    const props = withoutButtons(post.props, confirmation(label, request.user_name));
    return { status: 200, body: { update: { message: post.message, props } } };
  } catch (error) {
    account.log("A click could not be taken.", { ...fields, reason: messageOf(error) });
    return told("This could not be taken at the moment, so it does not count. Try again.");
  }
}

function requestOf(body: Buffer): ClickRequest | undefined {
  try {
    const read = requestSchema.safeParse(JSON.parse(body.toString("utf8")));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** Names the buttons that a post has now. Of a button only what stays the same from one reading to the next. */
function setId(postId: string, props: Readonly<Record<string, unknown>>): string {
  const digest = createHash("sha256").update(`${postId} ${canonicalJson(actionsOf(props))}`);
  return digest.digest("hex").slice(0, 26);
}
