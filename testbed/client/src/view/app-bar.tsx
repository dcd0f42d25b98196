import React from "react";
import type { Session } from "../session.ts";
import { useHost } from "./use-host.ts";

const NONE: never[] = [];

/** The bar at the right edge: App Bar buttons, and channel header buttons of plugins that have none. */
export function AppBar({ session }: { session: Session }) {
  const { store } = session.host;
  const bar = useHost(store, ({ plugins }) => plugins.components["AppBar"] ?? NONE);
  const header = useHost(store, ({ plugins }) => plugins.components["ChannelHeaderButton"] ?? NONE);
  const pluggableId = useHost(store, ({ views }) => views.rhs.pluggableId);
  const sidebars = useHost(store, ({ plugins }) => plugins.components["RightHandSidebarComponent"] ?? NONE);
  const active = sidebars.find(({ id }) => id === pluggableId)?.pluginId;
  const channel = useHost(store, ({ entities }) => entities.channels.channels[entities.channels.currentChannelId]);
  const member = useHost(store, ({ entities }) => entities.channels.myMembers[entities.channels.currentChannelId]);
  const withoutBar = header.filter(({ pluginId }) => !bar.some((each) => each.pluginId === pluginId));
  return (
    <div className="app-bar">
      {[...bar, ...withoutBar].map(({ id, pluginId, iconUrl, icon, text, action }) => (
        <button
          key={id}
          type="button"
          id={`app-bar-icon-${id}`}
          className={`app-bar__icon ${pluginId === active ? "app-bar__icon--active" : ""}`}
          aria-label={text}
          title={text}
          onClick={() => (action as ((...args: unknown[]) => void) | undefined)?.(channel, member)}
        >
          {iconUrl ? <img src={iconUrl} alt="" /> : icon}
        </button>
      ))}
    </div>
  );
}
