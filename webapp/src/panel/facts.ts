/** The bot that serves a channel. */
export interface PanelBot {
  user_id: string;
  username: string;
  in_channel: boolean;
}

/** What the gateway knows of a conversation's session. Levels are the values that `/oc_think` and its kin take; "" is unknown. */
export interface SessionFacts {
  channel_id: string;
  root_id: string;
  key: string;
  title: string;
  model: string;
  thinking: string;
  verbose: string;
  reasoning: string;
  queue: string;
  tokens: { input: number; output: number; total: number } | null;
  /** `max` 0 is unknown. */
  context: { used: number; max: number } | null;
  cost_usd: number | null;
  updated_at: number;
}

/** The title of a session; "" for those that OpenClaw made of a channel's address. */
export function sessionTitle(title = ""): string {
  return title.startsWith("mattermost:") ? "" : title;
}

/** A run of the agent. The last three states end it. */
export interface Run {
  id: string;
  channel_id: string;
  root_id: string;
  post_id: string;
  user_id: string;
  state: "queued" | "working" | "done" | "failed" | "stopped";
  /** The tool in use; "" between tools. */
  tool: string;
  started_at: number;
}

export const MODES = ["", "off", "mention", "thread", "all"] as const;
/** When the bot answers in a channel; "" leaves that to the gateway's config. */
export type Mode = (typeof MODES)[number];

export interface Engagement {
  mode: Mode;
  may_manage: boolean;
}

/** The answer of `GET …/panel`. */
export interface PanelState {
  /** null: nothing is linked. */
  bot: PanelBot | null;
  link: { state: "none" | "ready" | "away" };
  /** null: not known, or there is none yet. */
  session: SessionFacts | null;
  /** The gateway has been asked; the session comes as an event. */
  session_pending: boolean;
  runs: Run[];
  /** null: a direct message, or the gateway's adapter does not know of it. */
  engagement: Engagement | null;
  is_admin: boolean;
  server_time: number;
}

export interface SessionSummary {
  key: string;
  channel_id: string;
  channel_name: string;
  root_id: string;
  title: string;
  model: string;
  updated_at: number;
  total_tokens: number;
}

export interface Pairing {
  id: string;
  user_id: string;
  username: string;
  bot_id: string;
  at: number;
}
