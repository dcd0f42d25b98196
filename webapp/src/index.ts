import manifest from "../../plugin.json" with { type: "json" };
import icon from "../../assets/icon.svg";
import { registerConsole } from "./admin/register.ts";
import { csrfTokenFrom } from "./http.ts";
import liveCss from "./live/live.css";
import panelCss from "./panel/panel.css";
import { registerLive } from "./live/register.ts";
import { registerPanel } from "./panel/register.tsx";
import { textsFor } from "./translate.ts";

/** Ends what the plugin put into the page and Mattermost does not take away by itself, last things first. */
const endings: (() => void)[] = [];

window.registerPlugin(manifest.id, {
  initialize(registry, store) {
    registry.registerTranslations(textsFor);
    // Mattermost keeps one such handler for a plugin.
    const reconnected: (() => void)[] = [];
    registry.registerReconnectHandler(() => {
      for (const handler of reconnected) handler();
    });
    const common = {
      registry,
      store,
      pluginId: manifest.id,
      siteRoot: window.basename ?? "",
      onReconnect: (handler: () => void) => void reconnected.push(handler),
      http: { fetch: window.fetch.bind(window), csrfToken: () => csrfTokenFrom(document.cookie) },
    };
    registerConsole(common);
    endings.push(registerPanel({ ...common, icon, css: panelCss }).uninitialize);
    endings.push(registerLive({ ...common, css: liveCss }).uninitialize);
  },
  uninitialize() {
    for (const end of endings.splice(0).reverse()) end();
  },
});
