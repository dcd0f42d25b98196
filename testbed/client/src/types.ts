import type { ComponentType, ReactNode } from "react";

/** The parts of Mattermost's REST types that the page reads. */
export interface User {
  id: string;
  username: string;
  roles: string;
  locale: string;
  is_bot?: boolean;
}
export interface Team {
  id: string;
  name: string;
  display_name: string;
}
export interface Channel {
  id: string;
  team_id: string;
  name: string;
  display_name: string;
  type: "O" | "P" | "D" | "G";
}
export interface Post {
  id: string;
  pending_post_id: string;
  channel_id: string;
  root_id: string;
  user_id: string;
  create_at: number;
  update_at: number;
  edit_at: number;
  delete_at: number;
  message: string;
  type: string;
  props: Record<string, unknown>;
  metadata?: object;
}
export interface Preference {
  user_id: string;
  category: string;
  name: string;
  value: string;
}
export interface WebSocketMessage {
  event: string;
  data: Record<string, unknown>;
  broadcast: { channel_id: string; user_id: string; team_id: string };
  seq: number;
}
export interface Setting {
  key: string;
  display_name: string;
  type: string;
  help_text: string;
  placeholder?: string;
  default?: unknown;
  options?: { display_name: string; value: string }[];
}
export interface Manifest {
  id: string;
  name: string;
  version: string;
  webapp?: { bundle_path: string };
  settings_schema?: { header?: string; settings?: Setting[] };
}

/** A theme as Mattermost keeps it, as a preference. */
export type Theme = Record<string, string>;

export type AnyComponent = ComponentType<Record<string, unknown>>;

/** Something that a plugin registered. */
export interface Registered {
  id: string;
  pluginId: string;
  component?: AnyComponent;
  title?: ReactNode;
  text?: string;
  icon?: ReactNode;
  iconUrl?: string;
  action?: (...args: never[]) => unknown;
  filter?: (postId: string) => boolean;
  type?: string;
  rhsComponentId?: string;
}

export interface HostState {
  entities: {
    general: { config: Record<string, string> };
    users: { currentUserId: string; profiles: Record<string, User> };
    teams: { currentTeamId: string; teams: Record<string, Team> };
    channels: {
      currentChannelId: string;
      channels: Record<string, Channel>;
      myMembers: Record<string, { channel_id: string; user_id: string; roles: string; scheme_admin: boolean }>;
    };
    preferences: { myPreferences: Record<string, Preference> };
    posts: {
      posts: Record<string, Post>;
      postsInChannel: Record<string, { order: string[]; recent: boolean }[]>;
      postsInThread: Record<string, string[]>;
      pendingPostIds: string[];
    };
  };
  views: {
    rhs: { isSidebarOpen: boolean; rhsState: "plugin" | null; pluggableId: string; selectedPostId: string };
  };
  plugins: {
    components: Record<string, Registered[]>;
    postTypes: Record<string, Registered>;
    adminConsoleCustomComponents: Record<string, { key: string; component: AnyComponent; showTitle: boolean }>;
  };
  [plugin: `plugins-${string}`]: unknown;
}

export interface Action {
  type: string;
  [field: string]: unknown;
}
export type Thunk = (dispatch: Dispatch, getState: () => HostState) => unknown;
export type Dispatch = (action: Action | Thunk) => unknown;
export interface HostStore {
  getState: () => HostState;
  dispatch: Dispatch;
  subscribe: (listener: () => void) => () => void;
}
