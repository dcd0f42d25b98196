import type { RunningAccount } from "../account.ts";
import type { MattermostAccount } from "../config/account-config.ts";

/** What an approver types before the id: the slash command where there is one, else a post that names the bot. */
export function typedApproval(
  account: Pick<MattermostAccount, "commands">,
  running:
    | ({ facts: () => Pick<ReturnType<RunningAccount["facts"]>, "welcome" | "transport"> } & Pick<
        RunningAccount,
        "bot"
      > & {
          commands: Pick<RunningAccount["commands"], "areRegistered">;
        })
    | undefined,
): string {
  const { welcome, transport } = running?.facts() ?? {};
  const byPlugin = welcome?.link.state === "linked" && transport !== "websocket" && account.commands.native !== false;
  if (byPlugin || running?.commands.areRegistered()) return "/oc_approve";
  const bot = running?.bot();
  return bot ? `@${bot.username} /approve` : "/approve";
}
