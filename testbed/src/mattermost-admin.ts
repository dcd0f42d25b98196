import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Json, JsonObject } from "./json.ts";
import type { MattermostRest } from "./mattermost-rest.ts";
import type { Bot, PluginState, User } from "./mattermost-types.ts";
import { until } from "./wait.ts";

const PLUGIN_RUNNING = 2;
const PLUGIN_DEADLINE_MS = 60_000;

/** What a system administrator does: in System Console, or by the same calls. */
export interface MattermostAdmin {
  createUser(username: string, password: string): Promise<User>;
  createBot(username: string): Promise<Bot>;
  /** A personal access token for a bot or user. */
  createToken(userId: string): Promise<string>;
  /** Uploads a bundle as System Console does, in place of an older version; does not enable it. */
  uploadPlugin(bundle: string): Promise<{ id: string; version: string }>;
  /** Enables a plugin and waits until it runs. */
  enablePlugin(id: string): Promise<void>;
  disablePlugin(id: string): Promise<void>;
  removePlugin(id: string): Promise<void>;
  pluginStates(): Promise<readonly PluginState[]>;
  /** The whole configuration, with secrets masked. */
  config(): Promise<JsonObject>;
  /** Merges into the configuration. Maps, such as `PluginSettings.Plugins`, are replaced as a whole. */
  patchConfig(patch: JsonObject): Promise<void>;
  /** Sets settings of one plugin, as System Console saves them, and leaves its other settings alone. */
  setPluginSettings(id: string, settings: Readonly<Record<string, Json>>): Promise<void>;
}

export function mattermostAdmin(rest: MattermostRest): MattermostAdmin {
  const admin: MattermostAdmin = {
    createUser(username, password) {
      return rest.call("POST", "/api/v4/users", { username, password, email: `${username}@example.com` });
    },
    createBot(username) {
      return rest.call("POST", "/api/v4/bots", { username, display_name: username });
    },
    async createToken(userId) {
      const path = `/api/v4/users/${userId}/tokens`;
      return (await rest.call<{ token: string }>("POST", path, { description: "test bed" })).token;
    },
    uploadPlugin(bundle) {
      const form = new FormData();
      form.append("plugin", new Blob([readFileSync(bundle)]), basename(bundle));
      form.append("force", "true");
      return rest.call("POST", "/api/v4/plugins", form);
    },
    async enablePlugin(id) {
      await rest.call("POST", `/api/v4/plugins/${id}/enable`);
      let seen = "unknown to the server";
      await until(
        async () => {
          const state = (await admin.pluginStates()).find((each) => each.plugin_id === id);
          seen = state ? `state ${state.state} ${state.error}` : seen;
          return state?.state === PLUGIN_RUNNING;
        },
        { what: `plugin ${id}: running`, deadlineMs: PLUGIN_DEADLINE_MS, tail: () => `--- ${id}: ${seen}` },
      );
    },
    async disablePlugin(id) {
      await rest.call("POST", `/api/v4/plugins/${id}/disable`);
    },
    async removePlugin(id) {
      await rest.call("DELETE", `/api/v4/plugins/${id}`);
    },
    pluginStates() {
      return rest.call("GET", "/api/v4/plugins/statuses");
    },
    config() {
      return rest.call("GET", "/api/v4/config");
    },
    async patchConfig(patch) {
      await rest.call("PUT", "/api/v4/config/patch", patch);
    },
    async setPluginSettings(id, settings) {
      const config = (await admin.config()) as { PluginSettings: { Plugins: Record<string, JsonObject> } };
      const plugins = config.PluginSettings.Plugins;
      // System Console stores the keys of plugin.json in lower case.
      const lowered = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key.toLowerCase(), value]));
      const Plugins = { ...plugins, [id]: { ...plugins[id], ...lowered } };
      await admin.patchConfig({ PluginSettings: { Plugins } });
    },
  };
  return admin;
}
