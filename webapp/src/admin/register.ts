import { createElement, type FunctionComponent } from "react";
import { createHttp, type HttpDeps } from "../http.ts";
import { type Registry, type Store, userLocale } from "../mattermost.ts";
import { type Translate, translator } from "../translate.ts";
import { type AdminClient, createAdminClient } from "./client.ts";
import { CommandSwitches } from "./command-switches.tsx";
import { MinutesField, type MinutesFieldProps, UrlField } from "./fields.tsx";
import { KeptItems } from "./kept-items.tsx";
import { LinkCard, type LinkCardProps } from "./link-card.tsx";
import type { SettingProps } from "./setting.ts";

/** The longest time that the server takes, in minutes. */
const DAY = 1_440;

export interface ConsoleParts {
  registry: Registry;
  store: Store;
  pluginId: string;
  http: Omit<HttpDeps, "base">;
  siteRoot: string;
}

/** Puts the custom settings into System Console. */
export function registerConsole({ registry, store, pluginId, http, siteRoot }: ConsoleParts): void {
  const client = createAdminClient(createHttp({ ...http, base: `${siteRoot}/plugins/${pluginId}/api/v1` }));
  const browserUrl = `${window.location.origin}${siteRoot}`;
  /** A setting in the language of whoever looks. */
  const setting = <P extends object>(
    key: string,
    component: FunctionComponent<P & { client: AdminClient; t: Translate; locale: string }>,
    more?: Partial<P>,
  ) => {
    const Localized = (props: P) => {
      const locale = userLocale(store.getState());
      return createElement(component, { ...props, ...more, client, locale, t: translator(locale) });
    };
    registry.registerAdminConsoleCustomSetting(key, Localized, { showTitle: true });
  };
  setting<Pick<LinkCardProps, "browserUrl">>("Link", LinkCard, { browserUrl });
  setting<SettingProps>("GatewayURL", UrlField);
  setting<SettingProps>("CommandsOff", CommandSwitches);
  setting<Omit<MinutesFieldProps, "t">>("KeepMinutes", MinutesField, { range: { min: 1, max: DAY }, fallback: 60 });
  setting<Omit<MinutesFieldProps, "t">>("LookbackMinutes", MinutesField, { range: { min: 0, max: DAY }, fallback: 0 });
  setting<object>("Kept", KeptItems);
}
