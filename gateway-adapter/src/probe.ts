import { tryWebSocket, USES_WEBSOCKET } from "./account/websocket.ts";
import { PLUGIN_MISSING } from "./account/plugin-link.ts";
import { clientOf } from "./account/client.ts";
import type { Probe } from "./account/facts.ts";
import type { MattermostAccount } from "./config/account-config.ts";
import type { Problem } from "./errors.ts";
import { problemOfFailure, problemsOf } from "./receive/hello.ts";
import { socketProblemOf } from "./receive/socket/keep-socket.ts";

const NO_TEAM: Problem = {
  code: "bot.no_team",
  severity: "warning",
  message: "The bot is in no team, so it hears direct messages only.",
  fix: "Add it to the teams and channels in which it shall listen.",
};

type Found = Omit<Probe, "elapsedMs" | "ok" | "problems"> & { problems: readonly Problem[] };

/** Asks Mattermost, hop by hop: the address, the token, the plugin and the link, or the WebSocket. Never throws. */
export async function probeAccount(account: MattermostAccount, timeoutMs: number): Promise<Probe> {
  const started = Date.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const found: Found = account.configured ? await ask(account, signal) : { problems: account.problems };
  // What the config says of itself stands behind what was found just now.
  if (account.configured)
    found.problems = [...found.problems, ...(await inNoTeam(account, found, signal)), ...account.problems];
  const ok = account.configured && !found.problems.some((problem) => problem.severity === "error");
  return { ok, ...found, elapsedMs: Date.now() - started };
}

async function ask(account: MattermostAccount, signal: AbortSignal): Promise<Found> {
  const { transport } = account;
  const client = clientOf(account);
  let found: Found = { problems: [] };
  try {
    const { id, username } = await within(signal, client.me());
    found = { ...found, bot: { id, username } };
    if (transport === "websocket") return { ...found, ...(await askSocket(account, signal, [])) };
    const welcome = await within(signal, client.pluginStatus());
    const problems = problemsOf(welcome, Date.now(), transport);
    return { ...found, welcome, transport: welcome.delivery.transport, problems };
  } catch (error) {
    const problem = problemOfFailure(error);
    const missing = found.bot !== undefined && problem.code === PLUGIN_MISSING;
    if (missing && transport === "auto") return { ...found, ...(await askSocket(account, signal, [USES_WEBSOCKET])) };
    return { ...found, problems: [problem] };
  }
}

/** A bot that nobody has invited hears nothing in channels, and nothing else would say why. */
async function inNoTeam(account: MattermostAccount, { bot }: Found, signal: AbortSignal): Promise<Problem[]> {
  if (!bot) return [];
  const teams = await within(signal, clientOf(account).teams()).catch(() => undefined);
  return teams?.length === 0 ? [NO_TEAM] : [];
}

/** `why` it is the socket. */
async function askSocket(
  account: MattermostAccount,
  signal: AbortSignal,
  why: readonly Problem[],
): Promise<Pick<Found, "transport" | "problems">> {
  try {
    await tryWebSocket(account, signal);
    return { transport: "websocket", problems: why };
  } catch (error) {
    return { transport: "websocket", problems: [socketProblemOf(error, "connecting"), ...why] };
  }
}

function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => late.reject(new Error("The probe took too long.")), { once: true });
  return Promise.race([promise, late.promise]);
}
