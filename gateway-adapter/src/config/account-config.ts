import type { Problem } from "../errors.ts";
import { normalizeBaseUrl } from "./base-url.ts";
import type { AccountSection, ReplyToMode, Section } from "./schema.ts";

export const CHANNEL_ID = "mattermost";
export const DEFAULT_ACCOUNT = "default";

/** What holds where neither the account nor the section says anything. */
export const DEFAULTS = {
  transport: "auto",
  chatmode: "oncall",
  oncharPrefixes: [">", "!"],
  dmPolicy: "pairing",
  groupPolicy: "allowlist",
  replyToMode: "off",
  dmChannelRetry: { maxRetries: 3, initialDelayMs: 1_000, maxDelayMs: 10_000, timeoutMs: 30_000 },
} as const;

/** The part of OpenClaw's config that this plugin reads. */
export interface HostConfig {
  channels?: Record<string, unknown> & {
    defaults?: { groupPolicy?: "open" | "disabled" | "allowlist" };
  };
  gateway?: { port?: number; customBindHost?: string; bind?: string };
}

/** Milliseconds, and further attempts after the first. */
export interface DmChannelRetry {
  maxRetries: number;
  initialDelayMs: number;
  maxDelayMs: number;
  timeoutMs: number;
}

/** One Mattermost server and bot, with every inherited value in place. */
export interface MattermostAccount {
  accountId: string;
  name: string | undefined;
  enabled: boolean;
  configured: boolean;
  botToken: string | undefined;
  tokenSource: "config" | "env" | "none";
  /** Without trailing slash; undefined if missing or unusable. */
  baseUrl: string | undefined;
  allowPrivateNetwork: boolean;
  transport: "auto" | "webhook" | "pull";
  chatmode: "oncall" | "onmessage" | "onchar";
  oncharPrefixes: readonly string[];
  /** Undefined: decided by `chatmode`. */
  requireMention: boolean | undefined;
  dmPolicy: "pairing" | "allowlist" | "open" | "disabled";
  allowFrom: readonly string[];
  groupPolicy: "open" | "disabled" | "allowlist";
  groupAllowFrom: readonly string[];
  groups: Readonly<Record<string, { requireMention?: boolean | undefined }>>;
  nameMatching: boolean;
  replyToMode: Record<"direct" | "group" | "channel", ReplyToMode>;
  textChunkLimit: number | undefined;
  callbackBaseUrl: string | undefined;
  /** How the making of a direct channel is tried again. */
  dmChannelRetry: DmChannelRetry;
  /** What keeps this account from starting, as data. */
  problems: readonly Problem[];
}

type Env = Readonly<Record<string, string | undefined>>;

export function sectionOf(cfg: HostConfig): Section | undefined {
  return cfg.channels?.[CHANNEL_ID] as Section | undefined;
}

/** Ids of all accounts; `default` is there if the section or the environment describes it. */
export function listAccountIds(cfg: HostConfig, env: Env): string[] {
  const section = sectionOf(cfg);
  const named = Object.keys(section?.accounts ?? {});
  const hasDefault =
    named.includes(DEFAULT_ACCOUNT) || section?.botToken !== undefined || Boolean(env.MATTERMOST_BOT_TOKEN);
  const ids = hasDefault ? [DEFAULT_ACCOUNT, ...named.filter((id) => id !== DEFAULT_ACCOUNT)] : named;
  return ids.length > 0 ? ids : [DEFAULT_ACCOUNT];
}

export function defaultAccountId(cfg: HostConfig, env: Env): string {
  const wanted = sectionOf(cfg)?.defaultAccount;
  const ids = listAccountIds(cfg, env);
  if (wanted && ids.includes(wanted)) return wanted;
  return ids.includes(DEFAULT_ACCOUNT) ? DEFAULT_ACCOUNT : (ids[0] ?? DEFAULT_ACCOUNT);
}

const texts = (list: readonly (string | number)[] | undefined): string[] =>
  (list ?? []).map((entry) => String(entry).trim()).filter((entry) => entry !== "");

function tokenOf(
  merged: AccountSection,
  accountId: string,
  env: Env,
): Pick<MattermostAccount, "botToken" | "tokenSource"> {
  const configured = typeof merged.botToken === "string" ? merged.botToken.trim() : "";
  if (configured) return { botToken: configured, tokenSource: "config" };
  const fromEnv =
    accountId === DEFAULT_ACCOUNT && merged.botToken === undefined ? env.MATTERMOST_BOT_TOKEN?.trim() : "";
  return fromEnv ? { botToken: fromEnv, tokenSource: "env" } : { botToken: undefined, tokenSource: "none" };
}

function startProblems(
  account: { accountId: string; botToken: string | undefined; baseUrl: string | undefined },
  rawUrl: string | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const path =
    account.accountId === DEFAULT_ACCOUNT ? "channels.mattermost" : `channels.mattermost.accounts.${account.accountId}`;
  const add = (code: string, message: string, fix: string): void => {
    problems.push({ code, severity: "error", message, fix });
  };
  if (!account.botToken)
    add("config.bot_token_missing", "No bot token is set.", `Set ${path}.botToken to the bot's access token.`);
  if (!account.baseUrl) {
    if (rawUrl?.trim())
      add(
        "config.base_url_invalid",
        "The server address is not usable.",
        `Set ${path}.baseUrl to an address like https://chat.example.com.`,
      );
    else add("config.base_url_missing", "No server address is set.", `Set ${path}.baseUrl to your Mattermost address.`);
  }
  return problems;
}

/** Later values weigh more; what is undefined weighs nothing. */
function withDefaults<T extends object>(
  defaults: T,
  ...over: ({ [K in keyof T]?: T[K] | undefined } | undefined)[]
): T {
  const said = over.flatMap((each) => Object.entries(each ?? {})).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(said) };
}

/** The account with root values, environment and defaults merged in. Never throws. */
export function resolveAccount(cfg: HostConfig, accountId: string | null | undefined, env: Env): MattermostAccount {
  const section = sectionOf(cfg);
  const id = accountId?.trim() || defaultAccountId(cfg, env);
  const root: AccountSection = section ?? {};
  const own = section?.accounts?.[id] ?? {};
  const merged: AccountSection = { ...root, ...own };
  const { botToken, tokenSource } = tokenOf(merged, id, env);
  const rawUrl = merged.baseUrl ?? (id === DEFAULT_ACCOUNT ? env.MATTERMOST_URL : undefined);
  const baseUrl = normalizeBaseUrl(rawUrl);
  const byChatType = { ...root.replyToModeByChatType, ...own.replyToModeByChatType };
  const replyToMode = merged.replyToMode ?? DEFAULTS.replyToMode;
  // With the section missing altogether the strictest policy holds, whatever the general defaults say.
  const inheritedGroupPolicy = section === undefined ? undefined : cfg.channels?.defaults?.groupPolicy;
  return {
    accountId: id,
    name: own.name ?? root.name,
    enabled: section?.enabled !== false && own.enabled !== false,
    configured: Boolean(botToken && baseUrl),
    botToken,
    tokenSource,
    baseUrl,
    allowPrivateNetwork: (own.network ?? root.network)?.dangerouslyAllowPrivateNetwork === true,
    transport: merged.transport ?? DEFAULTS.transport,
    chatmode: merged.chatmode ?? DEFAULTS.chatmode,
    oncharPrefixes: merged.oncharPrefixes ?? DEFAULTS.oncharPrefixes,
    requireMention: merged.requireMention,
    dmPolicy: merged.dmPolicy ?? DEFAULTS.dmPolicy,
    allowFrom: texts(merged.allowFrom),
    groupPolicy: merged.groupPolicy ?? inheritedGroupPolicy ?? DEFAULTS.groupPolicy,
    groupAllowFrom: texts(merged.groupAllowFrom),
    groups: merged.groups ?? {},
    nameMatching: merged.dangerouslyAllowNameMatching === true,
    replyToMode: {
      direct: byChatType.direct ?? "off",
      group: byChatType.group ?? replyToMode,
      channel: byChatType.channel ?? replyToMode,
    },
    textChunkLimit: merged.textChunkLimit,
    dmChannelRetry: withDefaults<DmChannelRetry>(DEFAULTS.dmChannelRetry, root.dmChannelRetry, own.dmChannelRetry),
    callbackBaseUrl: (own.interactions ?? root.interactions)?.callbackBaseUrl,
    problems: startProblems({ accountId: id, botToken, baseUrl }, rawUrl),
  };
}
