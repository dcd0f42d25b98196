import React, { useEffect } from "react";
import type { Session } from "../session.ts";
import type { Channel, HostState } from "../types.ts";
import { useHost } from "./use-host.ts";

/** What a channel is called; a direct one after the other person. */
export function titleOf({ entities }: HostState, channel: Channel): string {
  if (channel.type !== "D") return channel.display_name;
  const { currentUserId, profiles } = entities.users;
  const other = channel.name.split("__").find((id) => id !== currentUserId) ?? currentUserId;
  return profiles[other]?.username ?? other;
}

export interface SidebarProps {
  session: Session;
  path: string;
  go: (path: string) => void;
}

/** The channels of the team; the path says which one is open. */
export function Sidebar({ session, path, go }: SidebarProps) {
  const { store } = session.host;
  const state = useHost(store, (all) => all);
  const { channels, currentChannelId } = state.entities.channels;
  const team = state.entities.teams.teams[state.entities.teams.currentTeamId];
  const list = Object.values(channels).sort((a, b) => a.type.localeCompare(b.type));
  const pathOf = (channel: Channel) =>
    channel.type === "D"
      ? `/${team?.name ?? ""}/messages/@${titleOf(state, channel)}`
      : `/${team?.name ?? ""}/channels/${channel.name}`;
  const wanted = list.find((channel) => pathOf(channel) === path) ?? list.find(({ name }) => name === "town-square");
  const wantedId = wanted?.id ?? "";

  useEffect(() => {
    if (wantedId && wantedId !== store.getState().entities.channels.currentChannelId)
      void session.openChannel(wantedId);
  }, [session, store, wantedId]);

  const group = (title: string, types: string) => (
    <>
      <h2>{title}</h2>
      <ul>
        {list
          .filter(({ type }) => types.includes(type))
          .map((channel) => (
            <li key={channel.id} className={channel.id === currentChannelId ? "active" : ""}>
              <a
                href={pathOf(channel)}
                onClick={(event) => {
                  event.preventDefault();
                  go(pathOf(channel));
                }}
              >
                <i className={`icon icon-${channel.type === "D" ? "account-outline" : "globe"}`} aria-hidden="true" />
                {titleOf(state, channel)}
              </a>
            </li>
          ))}
      </ul>
    </>
  );
  return (
    <nav className="sidebar--left" aria-label="channel navigator region">
      <div className="sidebar-header">{team?.display_name}</div>
      {group("Channels", "OP")}
      {group("Direct messages", "DG")}
    </nav>
  );
}
