import type { MattermostAccount } from "./config/account-config.ts";
import { clientOf, type Probe } from "./account.ts";
import { problemOfFailure, problemsOf } from "./receive/hello.ts";

/** Asks Mattermost, hop by hop: the address, the token, the plugin, the link. Never throws. */
export async function probeAccount(account: MattermostAccount, timeoutMs: number): Promise<Probe> {
  const started = Date.now();
  const done = (probe: Omit<Probe, "elapsedMs">): Probe => ({ ...probe, elapsedMs: Date.now() - started });
  if (!account.configured) return done({ ok: false, problems: account.problems });
  const client = clientOf(account);
  const deadline = new Promise<never>((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error("The probe took too long."));
    }, timeoutMs).unref();
  });
  let bot: { id: string; username: string } | undefined;
  try {
    bot = await Promise.race([client.me(), deadline]);
    const welcome = await Promise.race([client.pluginStatus(), deadline]);
    const problems = problemsOf(welcome, Date.now(), account.transport);
    return done({
      ok: !problems.some((problem) => problem.severity === "error"),
      bot: { id: bot.id, username: bot.username },
      welcome,
      problems,
    });
  } catch (error) {
    return done({
      ok: false,
      ...(bot ? { bot: { id: bot.id, username: bot.username } } : {}),
      problems: [problemOfFailure(error)],
    });
  }
}
