import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { CHANNEL_ID, DEFAULT_ACCOUNT, sectionOf, type HostConfig } from "./config/account-config.ts";
import { normalizeBaseUrl } from "./config/base-url.ts";
import type { AccountSection } from "./config/schema.ts";

/** Flags of `openclaw channels add --channel mattermost`. `package.json` repeats them for OpenClaw's cold path. */
export const setupFields = {
  token: { kind: "string", sensitive: true, cli: { flags: "--token <token>", description: "Mattermost bot token" } },
  botToken: {
    kind: "string",
    sensitive: true,
    cli: { flags: "--bot-token <token>", description: "Mattermost bot token" },
  },
  httpUrl: { kind: "string", cli: { flags: "--http-url <url>", description: "Mattermost server URL" } },
  useEnv: {
    kind: "boolean",
    cli: { flags: "--use-env", description: "Use MATTERMOST_BOT_TOKEN and MATTERMOST_URL" },
    envVars: ["MATTERMOST_BOT_TOKEN", "MATTERMOST_URL"],
  },
} as const;

interface SetupInput {
  token?: string | undefined;
  botToken?: string | undefined;
  httpUrl?: string | undefined;
  useEnv?: boolean | undefined;
  name?: string | undefined;
}
interface SetupRequest {
  cfg: OpenClawConfig;
  accountId: string;
  input: SetupInput;
}

const tokenOf = (input: SetupInput): string => input.botToken?.trim() || input.token?.trim() || "";

/** What is missing or wrong in what was given, with what to give instead; null if nothing is. */
export function validateSetup({ cfg, accountId, input }: SetupRequest): string | null {
  if (input.useEnv && accountId !== DEFAULT_ACCOUNT)
    return "MATTERMOST_BOT_TOKEN and MATTERMOST_URL count for the account default only. Give --bot-token and --http-url.";
  if (input.httpUrl && !normalizeBaseUrl(input.httpUrl))
    return `"${input.httpUrl}" is no server address. Give one like https://chat.example.com.`;
  if (input.useEnv) return null;
  const known = accountIn(cfg, accountId);
  const missing = [
    ...(tokenOf(input) || known.botToken !== undefined ? [] : ["--bot-token"]),
    ...(input.httpUrl || known.baseUrl !== undefined ? [] : ["--http-url"]),
  ];
  return missing.length > 0 ? `Give ${missing.join(" and ")}, or --use-env.` : null;
}

/** Writes what was given into the section, or into `accounts.<id>` for any other account than `default`. */
export function applySetup({ cfg, accountId, input }: SetupRequest): OpenClawConfig {
  const token = tokenOf(input);
  const baseUrl = normalizeBaseUrl(input.httpUrl);
  return patchAccount(cfg, accountId, {
    ...(input.name ? { name: input.name } : {}),
    ...(token && !input.useEnv ? { botToken: token } : {}),
    ...(baseUrl && !input.useEnv ? { baseUrl } : {}),
  });
}

/** What the config says of an account, with what it inherits. */
export function accountIn(cfg: OpenClawConfig, accountId: string): AccountSection {
  const { accounts, ...root } = sectionOf(cfg as HostConfig) ?? {};
  return { ...root, ...accounts?.[accountId] };
}

/** The config with these values of an account, switched on. The account `default` stands in the section itself. */
export function patchAccount(cfg: OpenClawConfig, accountId: string, patch: AccountSection): OpenClawConfig {
  const section = sectionOf(cfg as HostConfig) ?? {};
  const inSection = accountId === DEFAULT_ACCOUNT && section.accounts?.[DEFAULT_ACCOUNT] === undefined;
  const next = inSection
    ? { ...section, enabled: true, ...patch }
    : {
        ...section,
        enabled: true,
        accounts: { ...section.accounts, [accountId]: { ...section.accounts?.[accountId], enabled: true, ...patch } },
      };
  return { ...cfg, channels: { ...cfg.channels, [CHANNEL_ID]: next } };
}
