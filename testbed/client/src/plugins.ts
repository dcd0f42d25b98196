import { createRegistry, type Hooks, type WebPlugin } from "./registry.ts";
import { call } from "./rest.ts";
import type { Host } from "./store.ts";
import type { Manifest } from "./types.ts";

declare global {
  interface Window {
    registerPlugin: (id: string, plugin: WebPlugin) => void;
  }
}

/** Loads the web bundles of the enabled plugins, and takes them away when they are disabled. */
export function createPlugins(host: Host, hooks: Hooks) {
  const loaded = new Map<string, { plugin?: WebPlugin; script: HTMLScriptElement }>();

  window.registerPlugin = (id, plugin) => {
    const entry = loaded.get(id);
    if (!entry) throw new Error(`The plugin ${id} was not asked for.`);
    entry.plugin = plugin;
    plugin.initialize(createRegistry(id, host, hooks), host.store);
  };

  function load({ id, webapp }: Manifest): Promise<void> {
    if (!webapp || loaded.has(id)) return Promise.resolve();
    const script = document.createElement("script");
    // The server names it without the folder `plugins`; Mattermost's client adds that.
    script.src = webapp.bundle_path.replace(/^\/static\/(?!plugins\/)/, "/static/plugins/");
    loaded.set(id, { script });
    return new Promise((resolve, reject) => {
      script.addEventListener("load", () => resolve());
      script.addEventListener("error", () => reject(new Error(`The bundle of ${id} does not load.`)));
      document.head.append(script);
    });
  }

  function unload(id: string): void {
    const entry = loaded.get(id);
    if (!entry) return;
    entry.plugin?.uninitialize?.();
    entry.script.remove();
    loaded.delete(id);
    host.store.dispatch({ type: "REMOVED_WEBAPP_PLUGIN", data: { id } });
  }

  return {
    load,
    unload,
    async loadAll() {
      for (const manifest of await call<Manifest[]>("GET", "/api/v4/plugins/webapp")) await load(manifest);
    },
  };
}

export type Plugins = ReturnType<typeof createPlugins>;
