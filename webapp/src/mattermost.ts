import type { Post } from "@mattermost/types/posts";
import type { GlobalState } from "@mattermost/types/store";
import type { ComponentType, ReactNode } from "react";

/** An action of Mattermost's Redux store, or a thunk of Mattermost's own. */
export type StoreAction = { type: string } | ((...args: never[]) => unknown);

/** The part of Mattermost's Redux store that is used. */
export interface Store {
  getState: () => GlobalState;
  dispatch: (action: StoreAction) => unknown;
  subscribe: (listener: () => void) => () => void;
}

/** Shows, hides and toggles a right-hand sidebar, when dispatched. */
export interface RhsActions {
  id: string;
  showRHSPlugin: StoreAction;
  hideRHSPlugin: StoreAction;
  toggleRHSPlugin: StoreAction;
}

export interface WebSocketMessage {
  event: string;
  data: Record<string, unknown>;
  broadcast: { channel_id?: string };
}

/** What a typed command becomes; an empty object: nothing is sent. */
export type CommandVerdict = { message: string; args: CommandArgs } | Record<string, never>;
export interface CommandArgs {
  channel_id: string;
  team_id: string;
  root_id: string;
}

/** The part of Mattermost's plugin registry that is used. What has a `?` is missing from older clients. */
export interface Registry {
  registerTranslations: (forLocale: (locale: string) => Record<string, string>) => void;
  registerAdminConsoleCustomSetting: <P>(
    key: string,
    component: ComponentType<P>,
    options: { showTitle: boolean },
  ) => void;
  registerRightHandSidebarComponent: (component: ComponentType, title: ReactNode) => RhsActions;
  registerAppBarComponent?: (button: {
    iconUrl: string;
    tooltipText: string;
    action: (channel?: { id: string }) => void;
  }) => unknown;
  registerChannelHeaderButtonAction: (
    icon: ReactNode,
    action: (channel?: { id: string }) => void,
    dropdownText: string,
    tooltipText: string,
  ) => unknown;
  registerPostDropdownMenuAction: (
    text: string,
    action: (postId: string) => void,
    filter: (postId: string) => boolean,
  ) => unknown;
  registerSlashCommandWillBePostedHook?: (hook: (message: string, args: CommandArgs) => CommandVerdict) => unknown;
  registerWebSocketEventHandler: (event: string, handler: (message: WebSocketMessage) => void) => void;
  registerPostTypeComponent: <P>(type: string, component: ComponentType<P>) => unknown;
  registerReconnectHandler: (handler: () => void) => void;
}

export interface WebPlugin {
  initialize: (registry: Registry, store: Store) => void;
  uninitialize?: () => void;
}

declare global {
  interface Window {
    registerPlugin: (id: string, plugin: WebPlugin) => void;
    /** Path that Mattermost is served below, for example `/chat`; empty or missing at the root. */
    basename?: string;
    /** Mattermost's own navigation, without loading the page anew. */
    WebappUtils?: { browserHistory?: { push: (path: string) => void } };
  }
}

/** The language that the current user has chosen, for example `de` or `en-AU`. */
export function userLocale(state: GlobalState): string {
  const { currentUserId, profiles } = state.entities.users;
  return profiles[currentUserId]?.locale || "en";
}

/** Where the user is. `rootId` is the thread that is open beside the channel; empty if none is. */
export interface Place {
  teamId: string;
  channelId: string;
  rootId: string;
}

/** The thread in the right-hand sidebar lies outside `entities`, which Mattermost's types describe. */
interface Views {
  views?: { rhs?: { selectedPostId?: string; pluggableId?: string; isSidebarOpen?: boolean } };
}

export function placeOf(state: GlobalState): Place {
  const { entities } = state;
  const channelId = entities.channels.currentChannelId;
  const selected = (state as Views).views?.rhs?.selectedPostId ?? "";
  const root = postOf(state, selected);
  return {
    teamId: entities.teams.currentTeamId,
    channelId,
    rootId: root?.channel_id === channelId ? root.root_id || root.id : "",
  };
}

/** Whether the right-hand sidebar with this id is open. */
export function isShown(state: GlobalState, rhsId: string): boolean {
  const rhs = (state as Views).views?.rhs;
  return rhs?.isSidebarOpen === true && rhs.pluggableId === rhsId;
}

export function postOf(state: GlobalState, postId: string): Post | undefined {
  return (state.entities.posts.posts as Partial<Record<string, Post>>)[postId];
}

/** What a channel is called; a direct one after the other person. */
export function channelTitle(state: GlobalState, channelId: string): string {
  const channel = (state.entities.channels.channels as Partial<GlobalState["entities"]["channels"]["channels"]>)[
    channelId
  ];
  if (!channel) return "";
  if (channel.type !== "D") return channel.display_name;
  const { currentUserId } = state.entities.users;
  const other = channel.name.split("__").find((id) => id !== currentUserId) ?? currentUserId;
  return userName(state, other) || channel.display_name;
}

/** `@anna`; empty if the user is not known here. */
export function userName(state: GlobalState, userId: string): string {
  const profiles = state.entities.users.profiles as Partial<GlobalState["entities"]["users"]["profiles"]>;
  const name = profiles[userId]?.username;
  return name ? `@${name}` : "";
}
