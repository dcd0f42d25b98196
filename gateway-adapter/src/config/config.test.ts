import { describe, expect, it } from "@jest/globals";
import { defaultAccountId, listAccountIds, resolveAccount } from "./account-config.ts";
import { normalizeBaseUrl } from "./base-url.ts";
import { sectionSchema } from "./schema.ts";

const cfg = (mattermost: object | undefined, more: object = {}) => ({
  channels: { ...(mattermost ? { mattermost } : {}), ...more },
});

describe("S2 the minimal config", () => {
  it("S2 token, address and dmPolicy are enough", () => {
    const account = resolveAccount(
      cfg({ enabled: true, botToken: "t", baseUrl: "https://chat.example.com", dmPolicy: "pairing" }),
      undefined,
      {},
    );
    expect(account).toMatchObject({
      accountId: "default",
      enabled: true,
      configured: true,
      chatmode: "oncall",
      dmPolicy: "pairing",
      groupPolicy: "allowlist",
    });
    expect(account.problems.map(({ severity }) => severity)).not.toContain("error");
  });
  it.each([
    ["https://chat.example.com/", "https://chat.example.com"],
    ["https://chat.example.com/api/v4", "https://chat.example.com"],
    [" https://chat.example.com/api/v4/ ", "https://chat.example.com"],
    ["https://example.com/chat//", "https://example.com/chat"],
    ["http://127.0.0.1:8065", "http://127.0.0.1:8065"],
  ])("S2 forgives the spelling of the address %j", (raw, url) => {
    expect(normalizeBaseUrl(raw)).toBe(url);
  });
  it.each(["", "chat.example.com", "ftp://chat.example.com", "https://user:secret@chat.example.com", undefined])(
    "S2 does not take %j for an address",
    (raw) => {
      expect(normalizeBaseUrl(raw)).toBeUndefined();
    },
  );
  it("S2 what is missing is said with what to do, and without a secret", () => {
    const { problems, configured } = resolveAccount(cfg({ baseUrl: "nonsense" }), undefined, {});
    expect(configured).toBe(false);
    expect(problems.map((problem) => problem.code)).toEqual(["config.bot_token_missing", "config.base_url_invalid"]);
    for (const problem of problems) expect(problem.fix).toContain("channels.mattermost.");
  });
});

describe("S4 the environment", () => {
  const env = { MATTERMOST_BOT_TOKEN: "env-token", MATTERMOST_URL: "https://env.example.com/" };
  it("S4 counts for the account default", () => {
    expect(resolveAccount({}, undefined, env)).toMatchObject({
      botToken: "env-token",
      tokenSource: "env",
      baseUrl: "https://env.example.com",
      configured: true,
    });
    expect(listAccountIds({}, env)).toEqual(["default"]);
  });
  it("S4 counts for no other account", () => {
    const account = resolveAccount(cfg({ accounts: { alerts: {} } }), "alerts", env);
    expect(account).toMatchObject({ botToken: undefined, baseUrl: undefined, configured: false });
  });
  it("S4 weighs less than the config", () => {
    expect(resolveAccount(cfg({ botToken: "t", baseUrl: "https://a.example.com" }), undefined, env)).toMatchObject({
      botToken: "t",
      baseUrl: "https://a.example.com",
    });
  });
});

describe("S15 accounts", () => {
  const two = cfg({
    botToken: "root",
    baseUrl: "https://root.example.com",
    chatmode: "onmessage",
    replyToModeByChatType: { direct: "all", channel: "first" },
    accounts: {
      default: {},
      alerts: { botToken: "own", chatmode: "onchar", replyToModeByChatType: { channel: "off" } },
    },
  });
  it("S15 account values weigh more than those above them", () => {
    expect(resolveAccount(two, "alerts", {})).toMatchObject({
      botToken: "own",
      baseUrl: "https://root.example.com",
      chatmode: "onchar",
      replyToMode: { direct: "all", channel: "off" },
    });
    expect(resolveAccount(two, "default", {})).toMatchObject({ botToken: "root", chatmode: "onmessage" });
  });
  it("S15 lists them, default first", () => {
    expect(listAccountIds(two, {})).toEqual(["default", "alerts"]);
    expect(listAccountIds(cfg({ accounts: { a: {}, b: {} } }), {})).toEqual(["a", "b"]);
    expect(defaultAccountId(cfg({ defaultAccount: "b", accounts: { a: {}, b: {} } }), {})).toBe("b");
  });
  it("S15 a disabled account or section is off", () => {
    expect(
      resolveAccount(cfg({ enabled: false, botToken: "t", baseUrl: "https://a.example.com" }), undefined, {}).enabled,
    ).toBe(false);
    expect(resolveAccount(cfg({ accounts: { a: { enabled: false } } }), "a", {}).enabled).toBe(false);
  });
});

describe("N10 other bots", () => {
  it("N10 are answered where they name this one, five times in ten minutes", () => {
    expect(resolveAccount(cfg({}), undefined, {})).toMatchObject({
      allowBots: "mentions",
      botLoopProtection: { enabled: true, maxEventsPerWindow: 5, windowSeconds: 600, cooldownSeconds: 600 },
    });
  });
  it("N10 the budget is inherited key by key: account, section, what holds for all channels, our own", () => {
    const section = {
      botLoopProtection: { windowSeconds: 60 },
      accounts: { a: { botLoopProtection: { enabled: false } } },
    };
    const defaults = { defaults: { botLoopProtection: { maxEventsPerWindow: 8, windowSeconds: 30 } } };
    expect(resolveAccount(cfg(section, defaults), "a", {}).botLoopProtection).toEqual({
      enabled: false,
      maxEventsPerWindow: 8,
      windowSeconds: 60,
      cooldownSeconds: 600,
    });
  });
  it.each([
    { allowBots: "always" },
    { botLoopProtection: { maxEventsPerWindow: 0 } },
    { botLoopProtection: { max: 1 } },
  ])("N10 refuses %j", (section) => {
    expect(sectionSchema.safeParse(section).success).toBe(false);
  });
});

describe("S5 S3 S15 what counts as a mention", () => {
  it("S5 chatmode weighs more than the legacy requireMention, which counts without it", () => {
    const of = (section: object) => resolveAccount(cfg(section), undefined, {}).requireMention;
    expect(of({ requireMention: false })).toBe(false);
    expect(of({ requireMention: false, chatmode: "oncall" })).toBeUndefined();
    expect(of({ requireMention: true, chatmode: "onmessage" })).toBeUndefined();
  });
  it("S15 an account is found in OpenClaw's spelling of its name", () => {
    expect(resolveAccount(cfg({ accounts: { Alerts: { chatmode: "onchar" } } }), "alerts", {}).chatmode).toBe("onchar");
  });
  it("S3 S15 where commands are called: the default, a path without its slash, an account's own", () => {
    const of = (section: object) => resolveAccount(cfg(section), "a", {});
    expect(of({})).toMatchObject({ callbackPath: "/api/channels/mattermost/command", callbackUrl: undefined });
    expect(of({ commands: { callbackPath: "x/y/" } }).callbackPath).toBe("/x/y");
    const own = { a: { commands: { callbackUrl: "https://g.example.com/x" } } };
    expect(of({ commands: { native: true }, accounts: own })).toMatchObject({
      commands: { native: true },
      callbackUrl: "https://g.example.com/x",
    });
  });
});

describe("S8 group policy", () => {
  const defaults = { defaults: { groupPolicy: "open" as const } };
  it("S8 with the section missing altogether it is allowlist, whatever the general defaults say", () => {
    expect(resolveAccount({ channels: { ...defaults } }, undefined, {}).groupPolicy).toBe("allowlist");
  });
  it("L8 the general default counts where the section is silent", () => {
    expect(resolveAccount(cfg({}, defaults), undefined, {}).groupPolicy).toBe("open");
    expect(resolveAccount(cfg({ groupPolicy: "disabled" }, defaults), undefined, {}).groupPolicy).toBe("disabled");
  });
});

describe("S1 the schema", () => {
  it("S1 takes every key of the official channel", () => {
    const account = {
      name: "n",
      enabled: true,
      capabilities: ["inlineButtons"],
      dangerouslyAllowNameMatching: false,
      markdown: { tables: "code" },
      configWrites: true,
      contextVisibility: "all",
      historyLimit: 10,
      mediaMaxMb: 5,
      botToken: { source: "env", provider: "env", id: "MM_TOKEN" },
      baseUrl: "https://x",
      chatmode: "onchar",
      oncharPrefixes: ["!"],
      requireMention: true,
      implicitMentions: { replyToBot: true, quotedBot: true, threadParticipation: false },
      dmPolicy: "open",
      allowFrom: ["*", 1],
      groupAllowFrom: ["x"],
      groupPolicy: "open",
      textChunkLimit: 4000,
      streaming: {
        mode: "partial",
        chunkMode: "newline",
        preview: { toolProgress: true, commandText: "raw" },
        progress: {
          label: false,
          labels: ["a"],
          maxLines: 8,
          maxLineChars: 120,
          toolProgress: true,
          commandText: "status",
        },
        block: { enabled: true, coalesce: { minChars: 1, maxChars: 2, idleMs: 0 } },
      },
      replyToMode: "batched",
      replyToModeByChatType: { direct: "off", group: "first", channel: "all" },
      responsePrefix: "x",
      actions: { messages: true, reactions: false },
      commands: { native: "auto", nativeSkills: true, callbackPath: "/x", callbackUrl: "https://x" },
      interactions: { callbackBaseUrl: "https://x", allowedSourceIps: ["10.0.0.1"] },
      groups: { "*": { requireMention: false } },
      network: { dangerouslyAllowPrivateNetwork: true },
      dmChannelRetry: { maxRetries: 3, initialDelayMs: 1000, maxDelayMs: 10000, timeoutMs: 30000 },
    };
    expect(
      sectionSchema.safeParse({ ...account, accounts: { a: account }, defaultAccount: "a" }).error,
    ).toBeUndefined();
  });
  it.each([
    { botTokn: "x" },
    { dmPolicy: "everyone" },
    { dmChannelRetry: { maxRetries: 11 } },
    { accounts: { a: { accounts: {} } } },
    { textChunkLimit: 0 },
    { dmPolicy: "open" },
    { dmPolicy: "open", allowFrom: ["someone"] },
    { accounts: { a: { dmPolicy: "open", allowFrom: [] } } },
    { dmChannelRetry: { initialDelayMs: 5_000, maxDelayMs: 1_000 } },
    { botToken: { source: "env", id: "X" } },
  ])("S1 refuses %j", (section) => {
    expect(sectionSchema.safeParse(section).success).toBe(false);
  });
});
