import { listAgentIds } from "openclaw/plugin-sdk/agent-scope-runtime";
import { currentConfig, type PluginRuntime } from "./runtime.ts";

/** The agents of this gateway, as they are configured now. */
export const agentIdsOf = (runtime: PluginRuntime): readonly string[] => listAgentIds(currentConfig(runtime));
