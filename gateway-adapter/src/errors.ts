/** What can go wrong outside this process, with the stable part of each error in `code`. */
export type MattermostErrorCode =
  /** Mattermost answered with a refusal. */
  | "http"
  /** No answer: refused, reset, or the name is unknown. */
  | "network"
  /** No answer in time. */
  | "timeout"
  /** The address is private and `network.dangerouslyAllowPrivateNetwork` is off. */
  | "address_refused"
  /** The address leads to another one. It is not followed: the token is meant for this one. */
  | "redirected"
  /** An answer that is not what Mattermost sends. */
  | "malformed";

/** A call to Mattermost that failed. Never carries a token or a post's text. */
export class MattermostError extends Error {
  override readonly name = "MattermostError";
  readonly code: MattermostErrorCode;
  /** HTTP status, 0 where there was no answer. */
  readonly status: number;
  /** Mattermost's own error id, as `api.context.session_expired.app_error`. */
  readonly serverId: string;
  /** Mattermost's request id, to find the call in its log. */
  readonly requestId: string;
  /** Milliseconds that the server asked to wait, from `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: MattermostErrorCode,
    message: string,
    facts: { status?: number; serverId?: string; requestId?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: facts.cause });
    this.code = code;
    this.status = facts.status ?? 0;
    this.serverId = facts.serverId ?? "";
    this.requestId = facts.requestId ?? "";
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A problem that a person can mend, shared by status, probe and log. */
export interface Problem {
  code: string;
  severity: "error" | "warning";
  message: string;
  /** What to do, as a sentence. */
  fix: string;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
