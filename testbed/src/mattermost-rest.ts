import { TestbedError } from "./errors.ts";
import type { AppError } from "./mattermost-types.ts";

const REQUEST_TIMEOUT_MS = 30_000;

/** A refusal of Mattermost's API. */
export class MattermostRefusal extends TestbedError {
  readonly status: number;
  /** Mattermost's own id of the error, for example `api.context.permissions.app_error`. */
  readonly id: string;

  constructor(call: string, status: number, id: string, message: string) {
    super("http.refused", `${call}: ${status} ${id} ${message}`);
    this.status = status;
    this.id = id;
  }
}

/** Calls of one Mattermost server with one token. */
export interface MattermostRest {
  readonly url: string;
  readonly token: string;
  /** Path below the server's root, with a body as JSON or a form. Rejects with {@link MattermostRefusal}. */
  call<T>(method: string, path: string, body?: object): Promise<T>;
}

/** Makes the caller of one server; with an empty token, nobody is logged in. */
export function mattermostRest(url: string, token: string): MattermostRest {
  return {
    url,
    token,
    async call<T>(method: string, path: string, body?: object) {
      const response = await request(url, token, method, path, body);
      const text = await response.text();
      if (!response.ok) throw refusal(`${method} ${path}`, response.status, text);
      return (text ? JSON.parse(text) : undefined) as T;
    },
  };
}

/** Logs in and returns the caller of that user. */
export async function login(url: string, username: string, password: string): Promise<MattermostRest> {
  const body = { login_id: username, password };
  const response = await request(url, "", "POST", "/api/v4/users/login", body);
  const token = response.headers.get("token");
  if (!response.ok || !token) throw refusal(`login of ${username}`, response.status, await response.text());
  await response.arrayBuffer();
  return mattermostRest(url, token);
}

async function request(url: string, token: string, method: string, path: string, body?: object): Promise<Response> {
  const form = body instanceof FormData;
  const headers: Record<string, string> = { "X-Requested-With": "XMLHttpRequest" };
  if (token) headers["Authorization"] = `Bearer ${token}`;
  if (body && !form) headers["Content-Type"] = "application/json";
  return fetch(`${url}${path}`, {
    method,
    headers,
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    ...(body ? { body: form ? body : JSON.stringify(body) } : {}),
  });
}

function refusal(call: string, status: number, text: string): MattermostRefusal {
  const error = appError(text);
  return new MattermostRefusal(call, status, error.id ?? "", error.message ?? text.slice(0, 200));
}

function appError(text: string): Partial<AppError> {
  try {
    return JSON.parse(text) as Partial<AppError>;
  } catch {
    return {};
  }
}
