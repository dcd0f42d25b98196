import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { CHANNEL_ID, DEFAULT_ACCOUNT, sectionOf, type HostConfig } from "./config/account-config.ts";
import { normalizeBaseUrl } from "./config/base-url.ts";

/** Flags of `openclaw channels add --channel mattermost`. `package.json` repeats them for OpenClaw's cold path. */
export const setupFields = {
  token: { kind: "string", sensitive: true, cli: { flags: "--token <token>", description: "Mattermost bot token" } },
  botToken: {
    kind: "string",
    sensitive: true,
    cli: { flags: "--bot-token <token>", description: "Mattermost bot token" },
  },
  httpUrl: { kind: "string", cli: { flags: "--http-url <url>", description: "Mattermost server URL" } },
  useEnv: { kind: "boolean", cli: { flags: "--use-env", description: "Use MATTERMOST_BOT_TOKEN and MATTERMOST_URL" } },
} as const;

interface SetupInput {
  token?: string | undefined;
  botToken?: string | undefined;
  httpUrl?: string | undefined;
  useEnv?: boolean | undefined;
  name?: string | undefined;
}

/** Writes what was given into the section, or into `accounts.<id>` for any other account than `default`. */
export function applySetup({
  cfg,
  accountId,
  input,
}: {
  cfg: OpenClawConfig;
  accountId: string;
  input: SetupInput;
}): OpenClawConfig {
  const section = sectionOf(cfg as HostConfig) ?? {};
  const token = input.botToken?.trim() || input.token?.trim();
  const baseUrl = normalizeBaseUrl(input.httpUrl);
  if (input.httpUrl && !baseUrl)
    throw new Error(`"${input.httpUrl}" is no server address. Give one like https://chat.example.com.`);
  const given = {
    ...(input.name ? { name: input.name } : {}),
    ...(token && !input.useEnv ? { botToken: token } : {}),
    ...(baseUrl && !input.useEnv ? { baseUrl } : {}),
  };
  const next =
    accountId === DEFAULT_ACCOUNT
      ? { ...section, enabled: true, ...given }
      : {
          ...section,
          enabled: true,
          accounts: { ...section.accounts, [accountId]: { ...section.accounts?.[accountId], enabled: true, ...given } },
        };
  return { ...cfg, channels: { ...cfg.channels, [CHANNEL_ID]: next } };
}
