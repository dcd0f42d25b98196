/** A refusal of Mattermost, in its own words. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Calls the server with the session's cookie, as Mattermost's client does. */
export async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const csrf = /(?:^|;\s*)MMCSRF=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const response = await fetch(path, {
    method,
    headers: { "X-Requested-With": "XMLHttpRequest", ...(method === "GET" ? {} : { "X-CSRF-Token": csrf }) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  const answer = (text ? JSON.parse(text) : undefined) as T & { message?: string };
  if (!response.ok) throw new Refused(response.status, answer.message ?? response.statusText);
  return answer;
}
