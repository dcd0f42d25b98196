import type { ChannelPlugin } from "openclaw/plugin-sdk/channel-core";
import { listAccountIds, resolveAccount, type HostConfig } from "./config/account-config.ts";
import { legacyConfigRules, normalizeCompatibilityConfig } from "./config/legacy.ts";

type Doctor = NonNullable<ChannelPlugin["doctor"]>;

/** What `openclaw doctor` is told: the same problems as in status and log, and how old keys are moved. */
export function createDoctor(env: NodeJS.ProcessEnv): Doctor {
  return {
    dmAllowFromMode: "topOnly",
    groupModel: "sender",
    groupAllowFromFallbackToAllowFrom: true,
    legacyConfigRules,
    normalizeCompatibilityConfig,
    // Said below, with what to do.
    warnOnEmptyGroupSenderAllowlist: false,
    collectPreviewWarnings: ({ cfg }) => {
      const host = cfg as HostConfig;
      const accounts = listAccountIds(host, env).map((id) => resolveAccount(host, id, env));
      const lines = accounts.flatMap(({ accountId, enabled, problems }) =>
        problems
          // A doctor's preview does not read secrets.
          .filter(({ code }) => enabled && code !== "config.bot_token_unresolved")
          .map(({ message, fix }) => `- channels.mattermost (${accountId}): ${message} ${fix}`),
      );
      return [...new Set(lines)];
    },
  };
}
