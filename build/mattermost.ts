/** The Mattermost server that `make deploy` and `make logs` talk to, as in Mattermost's plugin starter template. */
const VARIABLES = `Set
  MM_SERVICESETTINGS_SITEURL   the server, for example http://localhost:8065
  MM_ADMIN_TOKEN               a personal access token of a system admin, or
  MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD`;

/** Something for the person at the terminal to mend; its message is all they need. */
export class DeployError extends Error {}

/** The server answered, and said no. */
export class RefusedError extends DeployError {}

export interface Server {
  url: string;
  call: (method: string, path: string, body?: FormData) => Promise<unknown>;
}

async function answer(response: Response, what: string): Promise<unknown> {
  const body = (await response.json().catch(() => ({}))) as { message?: string; detailed_error?: string };
  if (response.ok) return body;
  const reason = [body.message, body.detailed_error].filter(Boolean).join(" ") || response.statusText;
  throw new RefusedError(`${what}: ${String(response.status)} ${reason}`);
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new DeployError(`${new URL(url).origin} does not answer. Is the server running there?`, { cause });
  }
}

async function logIn(api: string, username: string, password: string): Promise<string> {
  const response = await reach(`${api}/users/login`, {
    method: "POST",
    body: JSON.stringify({ login_id: username, password }),
  });
  await answer(response.clone(), `Login as ${username}`);
  return response.headers.get("Token") ?? "";
}

/** Reads the environment and logs in. Throws a DeployError that says what is missing. */
export async function connect(env: NodeJS.ProcessEnv): Promise<Server> {
  const { MM_SERVICESETTINGS_SITEURL: site, MM_ADMIN_TOKEN, MM_ADMIN_USERNAME, MM_ADMIN_PASSWORD } = env;
  if (!site || !(MM_ADMIN_TOKEN || (MM_ADMIN_USERNAME && MM_ADMIN_PASSWORD))) throw new DeployError(VARIABLES);
  const api = `${site.replace(/\/+$/, "")}/api/v4`;
  const token = MM_ADMIN_TOKEN ?? (await logIn(api, MM_ADMIN_USERNAME ?? "", MM_ADMIN_PASSWORD ?? ""));
  return {
    url: site,
    async call(method, path, body) {
      const init: RequestInit = { method, headers: { Authorization: `Bearer ${token}` } };
      if (body) init.body = body;
      return answer(await reach(`${api}${path}`, init), `${method} ${path}`);
    },
  };
}

/** Runs a command of this folder; what the person can mend is said without a stack. */
export async function orSayWhy(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
