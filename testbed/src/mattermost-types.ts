/** The parts of Mattermost's REST API v4 that tests read. Times are milliseconds. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly roles: string;
  readonly is_bot?: boolean;
}

export interface Team {
  readonly id: string;
  readonly name: string;
}

export interface Channel {
  readonly id: string;
  readonly team_id: string;
  readonly name: string;
  /** `O` public, `P` private, `D` direct, `G` group. */
  readonly type: "O" | "P" | "D" | "G";
}

export interface Post {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly edit_at: number;
  readonly delete_at: number;
  readonly user_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  readonly message: string;
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly file_ids?: readonly string[];
}

export interface Reaction {
  readonly user_id: string;
  readonly post_id: string;
  readonly emoji_name: string;
  readonly create_at: number;
  readonly update_at: number;
}

export interface Bot {
  readonly user_id: string;
  readonly username: string;
}

export interface FileInfo {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly mime_type: string;
}

export interface PluginState {
  readonly plugin_id: string;
  /** 0 not running, 1 starting, 2 running, 3 failed to start, 4 failed to stay running. */
  readonly state: number;
  readonly error: string;
  readonly version: string;
}

/** A list of posts as Mattermost gives it. */
export interface PostList {
  readonly order: readonly string[];
  readonly posts: Readonly<Record<string, Post>>;
}

/** Mattermost's own description of a failure. */
export interface AppError {
  readonly id: string;
  readonly message: string;
  readonly status_code: number;
}

/** Whether a post shows an answer that is still on its way; the answer becomes a post of its own. */
export const isPreview = ({ props }: Pick<Post, "props">): boolean => typeof props["openclaw_preview"] === "string";
