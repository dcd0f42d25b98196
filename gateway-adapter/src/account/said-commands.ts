import type { Hello } from "@openclaw-mattermost/contract";
import { catalogueOf, openClawCommands } from "../commands/catalogue.ts";
import type { MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import { currentConfig, type PluginRuntime } from "../host/runtime.ts";
import type { Log } from "./facts.ts";

export interface SaidCommandsDeps {
  accountId: string;
  runtime: PluginRuntime;
  account: () => MattermostAccount;
  /** Says hello again, with what is there to choose from. */
  helloNow: () => void;
  warn: Log;
}

/** What the plugin was told of the commands last: where OpenClaw cannot say it at the moment, that stays. */
export function createSaidCommands({ accountId, runtime, account, helloNow, warn }: SaidCommandsDeps) {
  let catalogue: Hello["catalogue"] = [];
  let choicesInUse = false;
  return {
    /** Somebody chooses: from now on all models are looked for, which costs OpenClaw a worker that stays. */
    useChoices(): void {
      if (choicesInUse) return;
      choicesInUse = true;
      helloNow();
    },
    say: async (): Promise<Hello["catalogue"]> => {
      try {
        catalogue = await catalogueOf(openClawCommands(currentConfig(runtime), choicesInUse), account().commands);
      } catch (error) {
        warn("The commands cannot be listed; those known before stay.", {
          account: accountId,
          reason: messageOf(error),
        });
      }
      return catalogue;
    },
    isSkill: (name: string): boolean => catalogue.some((each) => each.name === name && each.kind === "skill"),
  };
}
export type SaidCommands = ReturnType<typeof createSaidCommands>;
