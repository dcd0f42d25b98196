import { createPluginRuntimeStore, type PluginRuntime } from "openclaw/plugin-sdk/runtime-store";
import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";

const store = createPluginRuntimeStore<PluginRuntime>({
  pluginId: "mattermost",
  errorMessage: "The Mattermost channel was used before OpenClaw had started it.",
});

/** OpenClaw hands its runtime over once, when the plugin is loaded. */
export const setRuntime = store.setRuntime;
export const getRuntime = store.getRuntime;
export type { PluginRuntime };

/** The config as it is now. OpenClaw types it deeply read-only here and mutable everywhere else. */
export function currentConfig(runtime: PluginRuntime): OpenClawConfig {
  return runtime.config.current() as OpenClawConfig;
}
