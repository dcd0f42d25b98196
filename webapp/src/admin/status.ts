import type { CommandSpec, DeliveryStatus, Welcome } from "@openclaw-mattermost/contract";

/** A trouble of the plugin itself, found at start or while it runs. */
export interface Problem {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
}

/** An event that was given up. Its text stays in Mattermost. */
export interface DeadLetter {
  id: string;
  code: string;
  at: number;
}

/** One bot and the gateway that last said hello for it. */
export interface Link {
  bot: Welcome["bot"] & { own: boolean };
  link: Welcome["link"];
  gateway_id: string;
  account: string;
  adapter_version: string;
  openclaw_version: string;
  /** Where the gateway believes it can be reached. */
  proposed_url: string;
  /** Where events are sent; empty until an admin has entered or confirmed it. */
  url: string;
  /** The gateway's clock minus the server's. */
  clock_skew_ms: number;
  last_hello_at: number;
  delivery: DeliveryStatus;
  dead_letters: DeadLetter[];
  /** How long the last answered delivery took; 0 if there was none. */
  latency_ms: number;
  /** Since when the oldest event waits; 0 if none does. */
  oldest_at: number;
  journal: Journal | null;
}

/** The sweep over Mattermost's tables for what hooks lost. */
export interface Journal {
  /** How far it is behind; 0: up to date. */
  behind_ms: number;
  found: number;
  last_sweep_at: number;
  mode: string;
}

/** The answer of `GET …/admin/status`. */
export interface AdminStatus {
  plugin_version: string;
  server_version: string;
  site_url: string;
  problems: Problem[];
  links: Link[];
}

/** One step of the self-test, from Mattermost to the gateway and back. */
export interface Hop {
  name: string;
  ok: boolean;
  ms: number;
  message: string;
}

/** The answer of `POST …/admin/links/{bot}/test`. */
export interface TestResult {
  ok: boolean;
  hops: Hop[];
}

/** A command as the admin switches it; people type it as `/oc_<name>`. */
export interface Switchable extends CommandSpec {
  on: boolean;
}

/** A command, click or dialog that waits for its gateway or was given up. Its text is not told. */
export interface KeptItem {
  id: string;
  type: string;
  trigger: string;
  state: "waiting" | "delivered" | "dead";
  code: string;
  bot_id: string;
  user_id: string;
  channel_id: string;
  created_at: number;
  expires_at: number;
  at: number;
}
