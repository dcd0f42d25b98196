import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { buildModelsProviderData } from "../host/commands.ts";

/** As `provider/model`. What OpenClaw has found at providers it looks for in a worker of its own, which then stays: about 100 MB. */
export async function allModels(cfg: OpenClawConfig): Promise<string[]> {
  const { byProvider } = await buildModelsProviderData(cfg);
  return [...byProvider].flatMap(([provider, models]) => [...models].map((model) => `${provider}/${model}`));
}

/** What the config names itself and allows to choose, as `provider/model`; what the agents use by default comes first. */
export function configuredModels(cfg: OpenClawConfig): string[] {
  const { model, models: known = {}, modelPolicy } = cfg.agents?.defaults ?? {};
  const used = typeof model === "string" ? [model] : [model?.primary ?? "", ...(model?.fallbacks ?? [])];
  const allow = modelPolicy?.allow ?? [];
  const ofProviders = Object.entries(cfg.models?.providers ?? {}).flatMap(([provider, { models = [] }]) =>
    models.map(({ id }) => `${provider}/${id}`),
  );
  const named = [...Object.keys(known), ...allow, ...ofProviders].filter((name) => isAllowed(name, allow));
  return [...new Set([...used, ...named])].filter((name) => name.includes("/") && !name.endsWith("/*"));
}

/** OpenClaw's `modelPolicy.allow`: exact names, or all below a prefix by `/*`; an empty one allows every model. */
function isAllowed(name: string, allow: readonly string[]): boolean {
  return (
    allow.length === 0 ||
    allow.some((each) => (each.endsWith("/*") ? name.startsWith(each.slice(0, -1)) : each === name))
  );
}
