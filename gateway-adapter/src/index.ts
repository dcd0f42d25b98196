import { defineChannelPluginEntry } from "openclaw/plugin-sdk/channel-core";
import { createMattermostChannel } from "./channel.ts";
import { CHANNEL_ID, listAccountIds, type HostConfig } from "./config/account-config.ts";
import { getRuntime, setRuntime } from "./host/runtime.ts";
import { createFailureLimiter } from "./receive/failure-limiter.ts";
import { createWebhookApp } from "./receive/webhook.ts";
import { createRegistry } from "./registry.ts";
import { adapterVersion } from "./version.ts";

const registry = createRegistry();

/** OpenClaw loads this module once for each life of the plugin. */
export default defineChannelPluginEntry({
  id: CHANNEL_ID,
  name: "Mattermost",
  description: "Mattermost channel: signed webhook in, REST API v4 out.",
  plugin: createMattermostChannel({ registry, adapterVersion, env: process.env }),
  setRuntime,
  registerFull(api) {
    const app = createWebhookApp({
      limiter: createFailureLimiter({ now: Date.now }),
      now: Date.now,
      find: (accountId) => {
        const running = registry.get(accountId);
        if (running) return running.receiver;
        return listAccountIds(getRuntime().config.current() as HostConfig, process.env).includes(accountId)
          ? "stopped"
          : undefined;
      },
    });
    api.registerHttpRoute({
      path: "/mattermost/v1",
      auth: "plugin",
      match: "prefix",
      handler: (req, res) => {
        app(req, res);
        return true;
      },
    });
  },
});
