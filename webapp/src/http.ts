/** The server refused a request, or did not answer. `code` is stable, `message` is for people. */
export class RequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface HttpDeps {
  fetch: typeof fetch;
  /** What each path is below, with the path that Mattermost is served at: `/chat/plugins/<id>/api/v1`. */
  base: string;
  /** Mattermost's token against forged writes; read anew for each request. */
  csrfToken: () => string;
}

/** Calls with the user's session. Each throws a RequestError when it fails. */
export interface Http {
  /** Reads an answer as JSON. */
  get: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  /** Writes, and reads the answer as JSON; undefined if it has no body. */
  post: <T = void>(path: string, body?: object) => Promise<T>;
}

/** Value of the cookie that Mattermost's own client sends back with writes. */
export function csrfTokenFrom(cookies: string): string {
  return /(?:^|;\s*)MMCSRF=([^;]*)/.exec(cookies)?.[1] ?? "";
}

/** The plugin's refusals are `{error: {code, message}}`, Mattermost's own `{id, message}`. */
async function refusal(response: Response): Promise<RequestError> {
  const body = (await response.json().catch(() => ({}))) as {
    error?: { code?: string; message?: string };
    id?: string;
    message?: string;
  };
  const { code = body.id, message = body.message } = body.error ?? {};
  return new RequestError(code ?? `http.${String(response.status)}`, message ?? response.statusText);
}

export function createHttp({ fetch, base, csrfToken }: HttpDeps): Http {
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

  async function read<T>(response: Response): Promise<T> {
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch (cause) {
      throw new RequestError("answer.malformed", "", { cause });
    }
  }

  return {
    get: async (path, signal) => read(await request(path, signal ? { signal } : {})),
    post: async (path, body = {}) =>
      read(
        await request(
          path,
          { method: "POST", body: JSON.stringify(body) },
          { "Content-Type": "application/json", "X-CSRF-Token": csrfToken() },
        ),
      ),
  };
}
