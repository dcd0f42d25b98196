import { channelSecrets } from "./host/secrets.ts";

/** OpenClaw loads this file by its name before it starts the plugin. */
export const { secretTargetRegistryEntries, collectRuntimeConfigAssignments } = channelSecrets;
