import type { GatewayModel } from "./gateway-config.ts";

/** OpenClaw's own providers, by the variable that holds their key, with the model that its documentation starts with. */
const PROVIDERS = [
  { key: "OPENAI_API_KEY", model: "openai/gpt-6-astra" },
  { key: "ANTHROPIC_API_KEY", model: "anthropic/claude-opus-5" },
  { key: "GEMINI_API_KEY", model: "google/gemini-3.1-pro-preview" },
  { key: "OPENROUTER_API_KEY", model: "openrouter/auto" },
  { key: "XAI_API_KEY", model: "xai/grok-4.7" },
] as const;

/**
 * The real model, if the environment has a key for one (DEMO_MODEL names another model of that provider); otherwise
 * nothing, which means the stub.
 */
export function realModel(env: NodeJS.ProcessEnv): GatewayModel | undefined {
  for (const { key, model } of PROVIDERS) {
    const value = env[key];
    if (value) return { kind: "provider", name: env["DEMO_MODEL"] ?? model, env: { [key]: value } };
  }
  return undefined;
}
