import type { Problem } from "../errors.ts";
import { configProblems } from "./advice.ts";
import { normalizeBaseUrl } from "./base-url.ts";
import type { AccountSection, ReplyToMode, Section, StreamingSection } from "./schema.ts";

export const CHANNEL_ID = "mattermost";
export const DEFAULT_ACCOUNT = "default";

/** What holds where neither the account nor the section says anything. */
export const DEFAULTS = {
  transport: "auto",
  chatmode: "oncall",
  oncharPrefixes: [">", "!"],
  stateReactions: "slow",
  allowBots: "mentions",
  botLoopProtection: { enabled: true, maxEventsPerWindow: 5, windowSeconds: 600, cooldownSeconds: 600 },
  dmPolicy: "pairing",
  groupPolicy: "allowlist",
  replyToMode: "off",
  tables: "off",
  actions: {
    reactions: true,
    messages: false,
    edits: true,
    pins: true,
    search: false,
    memberInfo: true,
    channelInfo: true,
  },
  callbackPath: "/api/channels/mattermost/command",
  streamingMode: "partial",
  live: { enabled: true, longRunSeconds: 60 },
  dmChannelRetry: { maxRetries: 3, initialDelayMs: 1_000, maxDelayMs: 10_000, timeoutMs: 30_000 },
} as const;

/** The part of OpenClaw's config that this plugin reads. */
export interface HostConfig {
  channels?: Record<string, unknown> & {
    defaults?: {
      groupPolicy?: "open" | "disabled" | "allowlist";
      botLoopProtection?: { [K in keyof BotLoopProtection]?: BotLoopProtection[K] | undefined };
    };
  };
  agents?: { defaults?: { mediaMaxMb?: number } };
  session?: { dmScope?: string };
  accessGroups?: Record<string, unknown>;
  gateway?: {
    port?: number;
    customBindHost?: string;
    bind?: string;
    trustedProxies?: string[];
    allowRealIpFallback?: boolean;
  };
}

/** What two bots may say to each other before both are left in peace. */
export interface BotLoopProtection {
  enabled: boolean;
  maxEventsPerWindow: number;
  windowSeconds: number;
  cooldownSeconds: number;
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
  /** `config` without a token: a reference to a secret that OpenClaw has not read. */
  tokenSource: "config" | "env" | "none";
  /** Without trailing slash; undefined if missing or unusable. */
  baseUrl: string | undefined;
  allowPrivateNetwork: boolean;
  transport: "auto" | "webhook" | "pull" | "websocket";
  chatmode: "oncall" | "onmessage" | "onchar";
  oncharPrefixes: readonly string[];
  /** For configs older than `chatmode`; undefined where that is set. */
  requireMention: boolean | undefined;
  /** Whether the state of a request is shown as reactions under it; `"slow"`: if it takes longer. */
  stateReactions: "off" | "slow" | "always";
  /** Whether other bots are answered; `"mentions"`: where they name this bot. */
  allowBots: boolean | "mentions";
  botLoopProtection: BotLoopProtection;
  dmPolicy: "pairing" | "allowlist" | "open" | "disabled";
  allowFrom: readonly string[];
  groupPolicy: "open" | "disabled" | "allowlist";
  groupAllowFrom: readonly string[];
  groups: Readonly<Record<string, { requireMention?: boolean | undefined }>>;
  nameMatching: boolean;
  replyToMode: Record<"direct" | "group" | "channel", ReplyToMode>;
  textChunkLimit: number | undefined;
  /** How Markdown tables are posted. */
  tables: "off" | "bullets" | "code" | "block";
  /** Largest file that is fetched from a post or attached to one; undefined: what each side takes. */
  mediaMaxBytes: number | undefined;
  /** How a run is shown before its answer. */
  streaming: StreamingSection & { mode: NonNullable<StreamingSection["mode"]> };
  /** Answers shown by the plugin as they grow. */
  live: { enabled: boolean; longRunSeconds: number };
  /** Posts of a thread that a session without memory is told; undefined: as OpenClaw's general setting says. */
  historyLimit: number | undefined;
  callbackBaseUrl: string | undefined;
  /** Addresses that clicks may come from where there is no plugin; none: this machine only. */
  allowedSourceIps: readonly string[];
  /** What the agent is told that it can do here. */
  capabilities: readonly string[];
  /** How the making of a direct channel is tried again. */
  dmChannelRetry: DmChannelRetry;
  /** Which commands are offered; `"auto"` and nothing: all of them where the Mattermost plugin is linked. */
  commands: { native?: boolean | "auto" | undefined; nativeSkills?: boolean | "auto" | undefined };
  /** Where Mattermost posts commands that are registered by REST, without the plugin. */
  callbackPath: string;
  /** The whole address of that, if the gateway's own is not the one that Mattermost reaches. */
  callbackUrl: string | undefined;
  /** What agents may do besides answering, each only within what the asker may see. */
  actions: Record<keyof typeof DEFAULTS.actions, boolean>;
  /** What is wrong with the config, as data. Errors keep the account from starting. */
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
  if (typeof merged.botToken === "object") return { botToken: undefined, tokenSource: "config" };
  const configured = merged.botToken?.trim();
  if (configured) return { botToken: configured, tokenSource: "config" };
  const fromEnv =
    accountId === DEFAULT_ACCOUNT && merged.botToken === undefined ? env.MATTERMOST_BOT_TOKEN?.trim() : "";
  return fromEnv ? { botToken: fromEnv, tokenSource: "env" } : { botToken: undefined, tokenSource: "none" };
}

/** An account's own values. OpenClaw writes account ids in lower case, people as they like. */
function entryOf(section: Section | undefined, id: string): AccountSection {
  const accounts = section?.accounts ?? {};
  const same = Object.keys(accounts).find((key) => key.toLowerCase() === id.toLowerCase());
  return accounts[id] ?? (same === undefined ? {} : (accounts[same] ?? {}));
}

/** Later values weigh more; what is undefined weighs nothing. */
function withDefaults<T extends object>(
  defaults: T,
  ...over: ({ [K in keyof T]?: T[K] | undefined } | undefined)[]
): T {
  const said = over.flatMap((each) => Object.entries(each ?? {})).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(said) };
}

/** The account's value of each key, else the root's. */
function streamingOf(root: StreamingSection = {}, own: StreamingSection = {}): MattermostAccount["streaming"] {
  return {
    ...root,
    ...own,
    mode: own.mode ?? root.mode ?? DEFAULTS.streamingMode,
    preview: { ...root.preview, ...own.preview },
    progress: { ...root.progress, ...own.progress },
    block: { ...root.block, ...own.block, coalesce: { ...root.block?.coalesce, ...own.block?.coalesce } },
  };
}

/** The account with root values, environment and defaults merged in. Never throws. */
export function resolveAccount(cfg: HostConfig, accountId: string | null | undefined, env: Env): MattermostAccount {
  const section = sectionOf(cfg);
  const id = accountId?.trim() || defaultAccountId(cfg, env);
  const root: AccountSection = section ?? {};
  const own = entryOf(section, id);
  const merged: AccountSection = { ...root, ...own };
  const { botToken, tokenSource } = tokenOf(merged, id, env);
  const rawUrl = merged.baseUrl ?? (id === DEFAULT_ACCOUNT ? env.MATTERMOST_URL : undefined);
  const baseUrl = normalizeBaseUrl(rawUrl);
  const mediaMaxMb = merged.mediaMaxMb ?? cfg.agents?.defaults?.mediaMaxMb;
  const commands = { ...root.commands, ...own.commands };
  const byChatType = { ...root.replyToModeByChatType, ...own.replyToModeByChatType };
  const replyToMode = merged.replyToMode ?? DEFAULTS.replyToMode;
  // With the section missing altogether the strictest policy holds, whatever the general defaults say.
  const inheritedGroupPolicy = section === undefined ? undefined : cfg.channels?.defaults?.groupPolicy;
  const account: Omit<MattermostAccount, "problems"> = {
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
    stateReactions: merged.stateReactions ?? DEFAULTS.stateReactions,
    allowBots: merged.allowBots ?? DEFAULTS.allowBots,
    botLoopProtection: withDefaults<BotLoopProtection>(
      DEFAULTS.botLoopProtection,
      cfg.channels?.defaults?.botLoopProtection,
      root.botLoopProtection,
      own.botLoopProtection,
    ),
    requireMention: merged.chatmode === undefined ? merged.requireMention : undefined,
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
    tables: { ...root.markdown, ...own.markdown }.tables ?? DEFAULTS.tables,
    mediaMaxBytes: mediaMaxMb === undefined ? undefined : Math.floor(mediaMaxMb * 1024 * 1024),
    dmChannelRetry: withDefaults<DmChannelRetry>(DEFAULTS.dmChannelRetry, root.dmChannelRetry, own.dmChannelRetry),
    callbackBaseUrl: own.interactions?.callbackBaseUrl ?? root.interactions?.callbackBaseUrl,
    allowedSourceIps: texts(own.interactions?.allowedSourceIps ?? root.interactions?.allowedSourceIps),
    capabilities: merged.capabilities ?? [],
    streaming: streamingOf(root.streaming, own.streaming),
    live: withDefaults<MattermostAccount["live"]>(DEFAULTS.live, root.live, own.live),
    historyLimit: merged.historyLimit,
    actions: withDefaults<MattermostAccount["actions"]>(DEFAULTS.actions, root.actions, own.actions),
    commands: { native: commands.native, nativeSkills: commands.nativeSkills },
    callbackPath: absolute(commands.callbackPath ?? DEFAULTS.callbackPath),
    callbackUrl: commands.callbackUrl?.trim() || undefined,
  };
  return { ...account, problems: configProblems({ cfg, section, account, rawUrl, env }) };
}

const absolute = (path: string): string => `/${path.trim().replace(/^\/+|\/+$/g, "")}`;
