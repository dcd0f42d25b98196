import { join } from "node:path";
import { type JsonObject, mergeJson } from "./json.ts";
import { MODEL_ID } from "./model-stub.ts";

/** The language model of a gateway: the stub, or one of OpenClaw's own providers with its key in the environment. */
export type GatewayModel =
  | { readonly kind: "stub"; readonly baseUrl: string }
  | { readonly kind: "provider"; readonly name: string; readonly env: Readonly<Record<string, string>> };

export interface GatewayConfigInput {
  readonly folder: string;
  readonly port: number;
  readonly token: string;
  readonly model: GatewayModel;
  /** The section `channels.mattermost`; without it there is no channel. */
  readonly channel?: JsonObject;
  /** Merged over everything, as a JSON merge patch. */
  readonly overrides?: JsonObject;
}

/** The config file of a gateway of the test bed: what the documentation of the product recommends, and no network. */
export function gatewayConfig(input: GatewayConfigInput): JsonObject {
  const workspace = join(input.folder, "workspace");
  const base: JsonObject = {
    agents: {
      defaults: {
        workspace,
        heartbeat: { every: "0m" },
        skipBootstrap: true,
        ...modelDefaults(input.model),
      },
    },
    gateway: {
      mode: "local",
      bind: "loopback",
      port: input.port,
      auth: { mode: "token", token: input.token },
      tailscale: { mode: "off" },
      controlUi: { enabled: false },
    },
    discovery: { mdns: { mode: "off" } },
    update: { checkOnStart: false },
    logging: { file: join(input.folder, "gateway.jsonl") },
    tools: { profile: "messaging" },
    session: { dmScope: "per-channel-peer" },
    models: { catalogRefresh: { enabled: false }, ...modelProviders(input.model) },
    ...(input.channel ? withChannel(input.channel, input.model) : {}),
  };
  return mergeJson(base, input.overrides ?? {});
}

function modelDefaults(model: GatewayModel): JsonObject {
  const name = model.kind === "stub" ? `stub/${MODEL_ID}` : model.name;
  return { model: { primary: name }, models: { [name]: {} } };
}

function withChannel(channel: JsonObject, model: GatewayModel): JsonObject {
  return {
    plugins: { allow: allowedPlugins(model), entries: { mattermost: { enabled: true } } },
    channels: { mattermost: channel },
  };
}

/** The list is exclusive: a provider that comes as a plugin has to stand in it too. */
function allowedPlugins(model: GatewayModel): string[] {
  return model.kind === "stub" ? ["mattermost"] : ["mattermost", model.name.split("/")[0] ?? model.name];
}

function modelProviders(model: GatewayModel): JsonObject {
  if (model.kind === "provider") return {};
  const echo = {
    id: MODEL_ID,
    name: "Stub",
    contextWindow: 128_000,
    maxTokens: 4096,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    reasoning: false,
  };
  const stub = { baseUrl: model.baseUrl, api: "openai-completions", apiKey: "sk-stub", models: [echo] };
  return { mode: "merge", providers: { stub } };
}
