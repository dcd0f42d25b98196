import { randomUUID } from "node:crypto";
import type { Express } from "express";
import { defineChannelPluginEntry } from "openclaw/plugin-sdk/channel-core";
import type { RunningAccount } from "./account.ts";
import { createMattermostChannel } from "./channel.ts";
import type { AccountAccess } from "./channel/targets.ts";
import { TOOL_NAME } from "./actions/tool-name.ts";
import { createAgentTool } from "./channel/agent-tool.ts";
import { CHANNEL_ID, listAccountIds, resolveAccount, type HostConfig } from "./config/account-config.ts";
import { getRuntime, setRuntime } from "./host/runtime.ts";
import { INTERACTIONS_PATH } from "./interactions/callback-url.ts";
import { createInteractionsApp } from "./interactions/http.ts";
import { readBody } from "./receive/body.ts";
import { createFailureLimiter } from "./receive/failure-limiter.ts";
import { createWebhookApp } from "./receive/webhook.ts";
import { createRegistry } from "./registry.ts";
import { adapterVersion } from "./version.ts";

const registry = createRegistry();
const account: AccountAccess["account"] = (cfg, accountId) => resolveAccount(cfg as HostConfig, accountId, process.env);

/** A part of a running account; `stopped` if it is configured but not running. */
const find =
  <T>(part: (running: RunningAccount) => T) =>
  (accountId: string): T | "stopped" | undefined => {
    const running = registry.get(accountId);
    if (running) return part(running);
    const ids = listAccountIds(getRuntime().config.current() as HostConfig, process.env);
    return ids.includes(accountId) ? "stopped" : undefined;
  };

/** OpenClaw loads this module once for each life of the plugin. */
export default defineChannelPluginEntry({
  id: CHANNEL_ID,
  name: "Mattermost",
  description: "Mattermost channel: signed webhook in, REST API v4 out.",
  plugin: createMattermostChannel({ registry, adapterVersion, env: process.env }),
  setRuntime,
  registerFull(api) {
    const serve = (path: string, app: Express): void => {
      api.registerHttpRoute({
        path,
        auth: "plugin",
        match: "prefix",
        handler: (req, res) => {
          app(req, res);
          return true;
        },
      });
    };
    const limiter = createFailureLimiter({ now: Date.now });
    serve("/mattermost/v1", createWebhookApp({ limiter, now: Date.now, find: find((running) => running.receiver) }));
    serve(
      INTERACTIONS_PATH,
      createInteractionsApp({
        limiter: createFailureLimiter({ now: Date.now }),
        random: randomUUID,
        readBody,
        find: find((running) => running.clicks),
      }),
    );
    api.registerTool(createAgentTool({ registry, account }), { name: TOOL_NAME });
  },
});
