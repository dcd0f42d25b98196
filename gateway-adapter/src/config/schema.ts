import { z } from "zod";

/**
 * The one schema of `channels.mattermost`. `openclaw.plugin.json` is generated from it (`make generate`).
 * Keys and bounds are those of the official channel, so that a config made for it works unchanged.
 * No default is stated here: account values win over root values, and `DEFAULTS` in `account-config.ts` comes last.
 */
const secretProvider = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/);
const secretEnvId = z.string().regex(/^[A-Z][A-Z0-9_]{0,127}$/);
const secretRef = z.discriminatedUnion("source", [
  z.strictObject({ source: z.literal("env"), provider: secretProvider, id: secretEnvId }),
  z.strictObject({ source: z.literal("store"), provider: secretProvider, id: secretEnvId }),
  z.strictObject({ source: z.literal("file"), provider: secretProvider, id: z.string() }),
  z.strictObject({ source: z.literal("exec"), provider: secretProvider, id: z.string() }),
]);

const listEntry = z.union([z.string(), z.number()]);
const positiveInt = z.int().min(1);
const replyToMode = z.enum(["off", "first", "all", "batched"]);
const commandSwitch = z.union([z.boolean(), z.literal("auto")]);
const commandText = z.enum(["raw", "status"]);

const accountKeys = {
  name: z.string().optional(),
  enabled: z.boolean().optional(),
  botToken: z.union([z.string(), secretRef]).optional(),
  baseUrl: z.string().optional(),
  transport: z.enum(["auto", "webhook", "pull", "websocket"]).optional(),
  capabilities: z.array(z.string()).optional(),
  chatmode: z.enum(["oncall", "onmessage", "onchar"]).optional(),
  oncharPrefixes: z.array(z.string()).optional(),
  requireMention: z.boolean().optional(),
  implicitMentions: z
    .strictObject({
      replyToBot: z.boolean().optional(),
      quotedBot: z.boolean().optional(),
      threadParticipation: z.boolean().optional(),
    })
    .optional(),
  allowBots: z.union([z.boolean(), z.literal("mentions")]).optional(),
  botLoopProtection: z
    .strictObject({
      enabled: z.boolean().optional(),
      maxEventsPerWindow: z.int().min(1).max(1_000).optional(),
      windowSeconds: z.int().min(1).max(86_400).optional(),
      cooldownSeconds: z.int().min(1).max(86_400).optional(),
    })
    .optional(),
  stateReactions: z.enum(["off", "slow", "always"]).optional(),
  dmPolicy: z.enum(["pairing", "allowlist", "open", "disabled"]).optional(),
  allowFrom: z.array(listEntry).optional(),
  groupPolicy: z.enum(["open", "disabled", "allowlist"]).optional(),
  groupAllowFrom: z.array(listEntry).optional(),
  groups: z.record(z.string(), z.strictObject({ requireMention: z.boolean().optional() })).optional(),
  dangerouslyAllowNameMatching: z.boolean().optional(),
  replyToMode: replyToMode.optional(),
  replyToModeByChatType: z
    .strictObject({ direct: replyToMode.optional(), group: replyToMode.optional(), channel: replyToMode.optional() })
    .optional(),
  responsePrefix: z.string().optional(),
  textChunkLimit: positiveInt.optional(),
  streaming: z
    .strictObject({
      mode: z.enum(["off", "partial", "block", "progress"]).optional(),
      chunkMode: z.enum(["length", "newline"]).optional(),
      preview: z.strictObject({ toolProgress: z.boolean().optional(), commandText: commandText.optional() }).optional(),
      progress: z
        .strictObject({
          label: z.union([z.string(), z.literal(false)]).optional(),
          labels: z.array(z.string()).optional(),
          maxLines: positiveInt.optional(),
          maxLineChars: positiveInt.optional(),
          toolProgress: z.boolean().optional(),
          commandText: commandText.optional(),
        })
        .optional(),
      block: z
        .strictObject({
          enabled: z.boolean().optional(),
          coalesce: z
            .strictObject({
              minChars: positiveInt.optional(),
              maxChars: positiveInt.optional(),
              idleMs: z.int().min(0).optional(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
  live: z
    .strictObject({ enabled: z.boolean().optional(), longRunSeconds: z.int().min(0).max(3_600).optional() })
    .optional(),
  markdown: z.strictObject({ tables: z.enum(["off", "bullets", "code", "block"]).optional() }).optional(),
  contextVisibility: z.enum(["all", "allowlist", "allowlist_quote"]).optional(),
  historyLimit: z.int().min(0).optional(),
  mediaMaxMb: z.number().gt(0).optional(),
  configWrites: z.boolean().optional(),
  actions: z
    .strictObject({
      messages: z.boolean().optional(),
      reactions: z.boolean().optional(),
      edits: z.boolean().optional(),
      pins: z.boolean().optional(),
      search: z.boolean().optional(),
      memberInfo: z.boolean().optional(),
      channelInfo: z.boolean().optional(),
    })
    .optional(),
  commands: z
    .strictObject({
      native: commandSwitch.optional(),
      nativeSkills: commandSwitch.optional(),
      callbackPath: z.string().optional(),
      callbackUrl: z.string().optional(),
    })
    .optional(),
  interactions: z
    .strictObject({ callbackBaseUrl: z.string().optional(), allowedSourceIps: z.array(z.string()).optional() })
    .optional(),
  network: z.strictObject({ dangerouslyAllowPrivateNetwork: z.boolean().optional() }).optional(),
  dmChannelRetry: z
    .strictObject({
      maxRetries: z.int().min(0).max(10).optional(),
      initialDelayMs: z.int().min(100).max(60_000).optional(),
      maxDelayMs: z.int().min(1_000).max(60_000).optional(),
      timeoutMs: z.int().min(5_000).max(120_000).optional(),
    })
    .refine(({ initialDelayMs = 0, maxDelayMs = Infinity }) => initialDelayMs <= maxDelayMs, {
      message: "initialDelayMs must not be more than maxDelayMs",
      path: ["initialDelayMs"],
    })
    .optional(),
};

/** One entry of `channels.mattermost.accounts`. */
export const accountSchema = z.strictObject(accountKeys);

/** `channels.mattermost`. */
export const sectionSchema = z
  .strictObject({
    ...accountKeys,
    accounts: z.record(z.string(), accountSchema).optional(),
    defaultAccount: z.string().optional(),
  })
  .superRefine((section, context) => {
    const claim = (path: string[], { dmPolicy, allowFrom }: AccountSection): void => {
      const message = 'dmPolicy "open" needs allowFrom to include "*"';
      if (dmPolicy === "open" && !allowFrom?.includes("*")) context.addIssue({ code: "custom", path, message });
    };
    claim(["allowFrom"], section);
    for (const [id, own] of Object.entries(section.accounts ?? {}))
      if (own.dmPolicy) claim(["accounts", id, "allowFrom"], { ...section, ...own });
  });

export type AccountSection = z.infer<typeof accountSchema>;
export type StreamingSection = NonNullable<AccountSection["streaming"]>;
export type Section = z.infer<typeof sectionSchema>;
export type ReplyToMode = z.infer<typeof replyToMode>;
