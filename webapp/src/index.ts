import { createElement } from "react";
import manifest from "../../plugin.json" with { type: "json" };
import { createAdminClient, csrfTokenFrom } from "./admin/client.ts";
import { LinkCard } from "./admin/link-card.tsx";
import { userLocale } from "./mattermost.ts";
import { textsFor, translator } from "./translate.ts";

window.registerPlugin(manifest.id, {
  initialize(registry, store) {
    registry.registerTranslations(textsFor);

    const siteRoot = window.basename ?? "";
    const client = createAdminClient({
      fetch: window.fetch.bind(window),
      base: `${siteRoot}/plugins/${manifest.id}/api/v1`,
      csrfToken: () => csrfTokenFrom(document.cookie),
    });
    const browserUrl = `${window.location.origin}${siteRoot}`;
    const Link = () => {
      const locale = userLocale(store.getState());
      return createElement(LinkCard, { client, locale, t: translator(locale), browserUrl });
    };
    registry.registerAdminConsoleCustomSetting("Link", Link, { showTitle: true });
  },
});
