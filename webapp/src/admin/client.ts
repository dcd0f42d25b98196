import type { AdminStatus, TestResult } from "./status.ts";

/** The plugin refused a request, or did not answer. `code` is stable, `message` is for people. */
export class RequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface ClientDeps {
  fetch: typeof fetch;
  /** The plugin's routes, with the path that Mattermost is served below: `/chat/plugins/<id>/api/v1`. */
  base: string;
  /** Mattermost's token against forged writes; read anew for each request. */
  csrfToken: () => string;
}

/** The System Console's calls. Each throws a RequestError when it fails. */
export interface AdminClient {
  status: (signal?: AbortSignal) => Promise<AdminStatus>;
  /** Allows the bot to be linked and, with a URL, uses that as the gateway's address. */
  confirm: (botId: string, url?: string) => Promise<void>;
  remove: (botId: string) => Promise<void>;
  test: (botId: string) => Promise<TestResult>;
  /** Makes an access token for the plugin's own bot. It is shown by this answer only. */
  createToken: () => Promise<string>;
  rotateKeys: () => Promise<void>;
}

/** Value of the cookie that Mattermost's own client sends back with writes. */
export function csrfTokenFrom(cookies: string): string {
  return /(?:^|;\s*)MMCSRF=([^;]*)/.exec(cookies)?.[1] ?? "";
}

async function refusal(response: Response): Promise<RequestError> {
  const body = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
  const { code = `http.${String(response.status)}`, message = response.statusText } = body.error ?? {};
  return new RequestError(code, message);
}

export function createAdminClient({ fetch, base, csrfToken }: ClientDeps): AdminClient {
  async function request(path: string, init: RequestInit, headers: Record<string, string> = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${base}${path}`, {
        credentials: "same-origin",
        ...init,
        headers: { "X-Requested-With": "XMLHttpRequest", ...headers },
      });
    } catch (cause) {
      throw new RequestError("server.unreachable", "", { cause });
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async function read(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch (cause) {
      throw new RequestError("answer.malformed", "", { cause });
    }
  }

  const post = (path: string, body: object = {}) =>
    request(
      path,
      { method: "POST", body: JSON.stringify(body) },
      { "Content-Type": "application/json", "X-CSRF-Token": csrfToken() },
    );
  const link = (botId: string, action: string) => `/admin/links/${encodeURIComponent(botId)}/${action}`;

  return {
    status: async (signal) => (await read(await request("/admin/status", signal ? { signal } : {}))) as AdminStatus,
    confirm: async (botId, url) => {
      await post(link(botId, "confirm"), url ? { url } : {});
    },
    remove: async (botId) => {
      await post(link(botId, "remove"));
    },
    test: async (botId) => (await read(await post(link(botId, "test")))) as TestResult,
    createToken: async () => ((await read(await post("/admin/token"))) as { token: string }).token,
    rotateKeys: async () => {
      await post("/keys/rotate");
    },
  };
}
