import { createHash, timingSafeEqual } from "node:crypto";
import { MattermostError } from "../../errors.ts";
import type { SlashCommand, SlashCommandCalls } from "../../mattermost/slash-commands.ts";

/** `current`: Mattermost says itself that this is its command with this token. `unknown`: it is none of ours, or not any more. */
export type TokenVerdict = "current" | "unknown" | "unavailable";

/** How long a refusal is believed, so that a replayed request asks Mattermost no more than that. */
const REFUSED_MS = 5_000;
/** Least time between two looks for a token that an admin has made anew. */
const RELOAD_MS = 10_000;

export interface TokenDeps {
  calls: Pick<SlashCommandCalls, "slashCommand">;
  /** Reads all registrations anew; never rejects. */
  reload: () => Promise<void>;
  now: () => number;
}

/** Tokens of the commands that are registered. Each use is checked against what Mattermost has now; nothing is taken on trust. */
export function createTokens(deps: TokenDeps) {
  let known: readonly SlashCommand[] = [];
  const asking = new Map<string, Promise<TokenVerdict>>();
  const refused = new Map<string, { verdict: TokenVerdict; until: number }>();
  let reloadedAt = Number.NEGATIVE_INFINITY;

  const find = (token: string, trigger: string, teamId: string): SlashCommand | undefined =>
    known.find((each) => each.trigger === trigger && (!teamId || each.team_id === teamId) && isSame(each.token, token));

  async function ask(command: SlashCommand): Promise<TokenVerdict> {
    try {
      const current = await deps.calls.slashCommand(command.id);
      const same =
        current.delete_at === 0 &&
        current.trigger === command.trigger &&
        current.team_id === command.team_id &&
        current.url === command.url &&
        isSame(current.token, command.token);
      return same ? "current" : "unknown";
    } catch (error) {
      return error instanceof MattermostError && [401, 403, 404].includes(error.status) ? "unknown" : "unavailable";
    }
  }

  /** One question at a time for a command, and none for a while after a refusal. */
  function askOnce(command: SlashCommand): Promise<TokenVerdict> {
    const before = refused.get(command.id);
    if (before && deps.now() < before.until) return Promise.resolve(before.verdict);
    const running = asking.get(command.id);
    if (running) return running;
    const asked = ask(command).then((verdict) => {
      asking.delete(command.id);
      if (verdict === "current") refused.delete(command.id);
      else refused.set(command.id, { verdict, until: deps.now() + REFUSED_MS });
      return verdict;
    });
    asking.set(command.id, asked);
    return asked;
  }

  return {
    /** These are registered now, and no others. */
    replace(commands: readonly SlashCommand[]): void {
      known = commands.filter(({ token }) => token !== "");
      refused.clear();
    },
    count: () => known.length,
    /** Whether a request with this token is one of Mattermost's for this command of ours. */
    async check(token: string, trigger: string, teamId: string): Promise<TokenVerdict> {
      if (!token) return "unknown";
      let command = find(token, trigger, teamId);
      if (!command && known.some((each) => each.trigger === trigger) && deps.now() - reloadedAt >= RELOAD_MS) {
        reloadedAt = deps.now();
        await deps.reload();
        command = find(token, trigger, teamId);
      }
      return command ? askOnce(command) : "unknown";
    },
  };
}
export type Tokens = ReturnType<typeof createTokens>;

function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return a !== "" && timingSafeEqual(digest(a), digest(b));
}
