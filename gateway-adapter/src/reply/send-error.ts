import { MattermostError } from "../errors.ts";

/** Whether Mattermost has certainly not taken a post, so that it may be sent again without asking. */
export function wasNotSent(error: unknown): boolean {
  if (!(error instanceof MattermostError)) return false;
  if (error.code === "address_refused" || error.status === 429) return true;
  return error.code === "network" && NEVER_CONNECTED.test(codesOf(error));
}
const NEVER_CONNECTED = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b/;

/** Whether nobody knows if Mattermost has taken a post: its answer is missing, or is that something went wrong. */
export function isUnsure(error: unknown): boolean {
  if (!(error instanceof MattermostError)) return true;
  return (error.status === 0 || error.status >= 500) && !wasNotSent(error);
}

/** Whether the same may succeed a little later. */
export function mayPass(error: unknown): boolean {
  return error instanceof MattermostError && error.code !== "address_refused" && (isUnsure(error) || wasNotSent(error));
}

/** The system's error codes along the chain of causes. */
function codesOf(error: unknown): string {
  const codes: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at) codes.push(String(at.code));
    if (at instanceof AggregateError) codes.push(...at.errors.map(codesOf));
  }
  return codes.join(" ");
}
