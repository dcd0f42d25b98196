import {
  fetchWithSsrFGuard,
  GuardedFetchRedirectError,
  SsrFBlockedError,
  ssrfPolicyFromPrivateNetworkOptIn,
} from "openclaw/plugin-sdk/ssrf-runtime";
import { MattermostError, messageOf } from "../errors.ts";

/** An answer, read whole. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: Buffer;
}
export interface HttpCall {
  url: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  timeoutMs: number;
  /** A longer answer is refused. */
  maxBytes: number;
  signal?: AbortSignal;
}
export type Http = (call: HttpCall) => Promise<HttpAnswer>;

async function readBounded(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes)
      throw new MattermostError("malformed", "The answer is larger than expected.", { status: response.status });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * HTTP through OpenClaw's guard against private addresses. Redirects are not followed: each would have to be judged anew, and would
 * take the bot's token along.
 */
export function createHttp(allowPrivateNetwork: boolean): Http {
  const policy = ssrfPolicyFromPrivateNetworkOptIn(allowPrivateNetwork);
  return async ({ url, method, headers, body, timeoutMs, maxBytes, signal }) => {
    let release: (() => Promise<void>) | undefined;
    try {
      const guarded = await fetchWithSsrFGuard({
        url,
        init: { method, headers, redirect: "manual", ...(body === undefined ? {} : { body }) },
        maxRedirects: 0,
        timeoutMs,
        auditContext: "mattermost",
        ...(policy ? { policy } : {}),
        ...(signal ? { signal } : {}),
      });
      release = guarded.release;
      return {
        status: guarded.response.status,
        headers: guarded.response.headers,
        body: await readBounded(guarded.response, maxBytes),
      };
    } catch (error) {
      throw asMattermostError(error);
    } finally {
      await release?.();
    }
  };
}

function asMattermostError(error: unknown): MattermostError {
  if (error instanceof MattermostError) return error;
  if (error instanceof SsrFBlockedError) {
    return new MattermostError(
      "address_refused",
      "The server has a private address. Set network.dangerouslyAllowPrivateNetwork to true to allow it.",
      { cause: error },
    );
  }
  if (error instanceof GuardedFetchRedirectError)
    return new MattermostError("redirected", "The server's address leads to another one.", {
      status: error.status,
      cause: error,
    });
  const name = error instanceof Error ? error.name : "";
  if (name === "TimeoutError" || name === "AbortError")
    return new MattermostError("timeout", "Mattermost did not answer in time.", { cause: error });
  return new MattermostError("network", `Mattermost cannot be reached: ${messageOf(error)}`, { cause: error });
}
