/** OpenClaw's doctor loads this file by its name, without the rest of the plugin. */
export { legacyConfigRules, normalizeCompatibilityConfig } from "./config/legacy.ts";
