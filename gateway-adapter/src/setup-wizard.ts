import type { ChannelSetupWizard } from "openclaw/plugin-sdk/channel-setup";
import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { CHANNEL_ID, DEFAULT_ACCOUNT, resolveAccount, type HostConfig } from "./config/account-config.ts";
import { normalizeBaseUrl } from "./config/base-url.ts";
import { accountIn, patchAccount } from "./setup.ts";

type Env = Readonly<Record<string, string | undefined>>;
type DmPolicy = NonNullable<ChannelSetupWizard["dmPolicy"]>;

const PRIVATE_HOST =
  /^(localhost|.*\.(local|internal|lan)|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|\[.*\])$/;

/** What `openclaw configure` and `openclaw onboard` ask for: token, address, and what most people need besides. */
export function createSetupWizard(env: Env): ChannelSetupWizard {
  const configured = (cfg: OpenClawConfig, accountId?: string): boolean => {
    const { botToken = "", baseUrl } = accountIn(cfg, accountId ?? DEFAULT_ACCOUNT);
    return resolveAccount(cfg as HostConfig, accountId, env).configured || (botToken !== "" && baseUrl !== undefined);
  };
  return {
    channel: CHANNEL_ID,
    status: {
      configuredLabel: "configured",
      unconfiguredLabel: "needs a bot token and the server's address",
      configuredHint: "configured",
      unconfiguredHint: "needs setup",
      configuredScore: 2,
      unconfiguredScore: 1,
      resolveConfigured: ({ cfg, accountId }) => configured(cfg, accountId),
    },
    introNote: {
      title: "A bot for OpenClaw",
      lines: [
        "With the OpenClaw plugin: System Console, Plugins, OpenClaw, Create token. The bot is there already.",
        "Without it: System Console, Integrations, Bot Accounts, or Integrations, Bot Accounts in your team.",
        "Add the bot to the teams and channels in which it shall listen.",
      ],
      shouldShow: ({ cfg, accountId }) => !configured(cfg, accountId),
    },
    envShortcut: {
      prompt: "Use MATTERMOST_BOT_TOKEN and MATTERMOST_URL from the environment?",
      preferredEnvVar: "MATTERMOST_BOT_TOKEN",
      isAvailable: ({ cfg, accountId }) =>
        accountId === DEFAULT_ACCOUNT &&
        Boolean(env["MATTERMOST_BOT_TOKEN"]?.trim() && env["MATTERMOST_URL"]?.trim()) &&
        accountIn(cfg, accountId).botToken === undefined,
      apply: ({ cfg, accountId }) => patchAccount(cfg, accountId, {}),
    },
    credentials: [
      {
        inputKey: "botToken",
        providerHint: CHANNEL_ID,
        credentialLabel: "Bot token",
        preferredEnvVar: "MATTERMOST_BOT_TOKEN",
        envPrompt: "Use MATTERMOST_BOT_TOKEN from the environment?",
        keepPrompt: "Keep the bot token that is set?",
        inputPrompt: "Bot token",
        allowEnv: ({ accountId }) => accountId === DEFAULT_ACCOUNT,
        inspect: ({ cfg, accountId }) => {
          const { botToken } = accountIn(cfg, accountId);
          const fromEnv = accountId === DEFAULT_ACCOUNT ? env["MATTERMOST_BOT_TOKEN"]?.trim() : undefined;
          return {
            accountConfigured: configured(cfg, accountId),
            hasConfiguredValue: botToken !== undefined && botToken !== "",
            ...(typeof botToken === "string" ? { resolvedValue: botToken } : {}),
            ...(fromEnv ? { envValue: fromEnv } : {}),
          };
        },
        applyUseEnv: ({ cfg, accountId }) => patchAccount(cfg, accountId, {}),
        applySet: ({ cfg, accountId, value }) =>
          patchAccount(cfg, accountId, { botToken: value as NonNullable<ReturnType<typeof accountIn>["botToken"]> }),
      },
    ],
    textInputs: [
      {
        inputKey: "httpUrl",
        message: "Server address",
        placeholder: "https://chat.example.com",
        required: true,
        currentValue: ({ cfg, accountId }) =>
          accountIn(cfg, accountId).baseUrl ?? (accountId === DEFAULT_ACCOUNT ? env["MATTERMOST_URL"] : undefined),
        validate: ({ value }) =>
          normalizeBaseUrl(value) ? undefined : "Give the address as people open it, like https://chat.example.com.",
        normalizeValue: ({ value }) => normalizeBaseUrl(value) ?? value.trim(),
        applySet: ({ cfg, accountId, value }) => patchAccount(cfg, accountId, { baseUrl: value }),
      },
    ],
    finalize: async ({ cfg, accountId, prompter }) => {
      let next = cfg;
      if (isPrivate(next, accountId, env)) {
        const message = "The server's address is private. Allow this gateway to reach it there?";
        if (await prompter.confirm({ message, initialValue: true }))
          next = patchAccount(next, accountId, { network: { dangerouslyAllowPrivateNetwork: true } });
      }
      if ((next.session?.dmScope ?? "main") === "main") {
        const message = "Give each person a session of their own? OpenClaw's default shares one between all.";
        if (await prompter.confirm({ message, initialValue: true }))
          next = { ...next, session: { ...next.session, dmScope: "per-channel-peer" } };
      }
      return { cfg: next };
    },
    completionNote: {
      title: "Next",
      lines: [
        "openclaw channels status --probe says whether it works, and what to do if not.",
        "Write to the bot in Mattermost: it answers with a code. Approve it with openclaw pairing approve mattermost <code>.",
      ],
    },
    dmPolicy: dmPolicy(),
    disable: (cfg) => {
      const section = (cfg as HostConfig).channels?.[CHANNEL_ID] as object | undefined;
      return { ...cfg, channels: { ...cfg.channels, [CHANNEL_ID]: { ...section, enabled: false } } };
    },
  };
}

function dmPolicy(): DmPolicy {
  return {
    label: "Mattermost",
    channel: CHANNEL_ID,
    policyKey: "channels.mattermost.dmPolicy",
    allowFromKey: "channels.mattermost.allowFrom",
    getCurrent: (cfg, accountId = DEFAULT_ACCOUNT) => accountIn(cfg, accountId).dmPolicy ?? "pairing",
    setPolicy: (cfg, policy, accountId = DEFAULT_ACCOUNT) => {
      const listed = accountIn(cfg, accountId).allowFrom ?? [];
      // Open without the wildcard would let nobody in.
      const allowFrom = policy === "open" && !listed.includes("*") ? { allowFrom: [...listed, "*"] } : {};
      return patchAccount(cfg, accountId, { dmPolicy: policy, ...allowFrom });
    },
  };
}

function isPrivate(cfg: OpenClawConfig, accountId: string, env: Env): boolean {
  const { baseUrl, allowPrivateNetwork } = resolveAccount(cfg as HostConfig, accountId, env);
  return baseUrl !== undefined && !allowPrivateNetwork && PRIVATE_HOST.test(new URL(baseUrl).hostname);
}
