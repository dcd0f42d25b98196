import type { GlobalState } from "@mattermost/types/store";
import type { ComponentType } from "react";

/** The part of Mattermost's Redux store that is used. */
export interface Store {
  getState: () => GlobalState;
}

/** The part of Mattermost's plugin registry that is used. */
export interface Registry {
  registerTranslations: (forLocale: (locale: string) => Record<string, string>) => void;
  registerAdminConsoleCustomSetting: (key: string, component: ComponentType, options: { showTitle: boolean }) => void;
}

export interface WebPlugin {
  initialize: (registry: Registry, store: Store) => void;
}

declare global {
  interface Window {
    registerPlugin: (id: string, plugin: WebPlugin) => void;
    /** Path that Mattermost is served below, for example `/chat`; empty or missing at the root. */
    basename?: string;
  }
}

/** The language that the current user has chosen, for example `de` or `en-AU`. */
export function userLocale(state: GlobalState): string {
  const { currentUserId, profiles } = state.entities.users;
  return profiles[currentUserId]?.locale || "en";
}
