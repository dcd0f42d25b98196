import type { Welcome } from "@openclaw-mattermost/contract";
import type { Problem } from "../errors.ts";

export type Log = (sentence: string, fields: Record<string, string | number>) => void;

export interface Logs {
  info: Log;
  warn: Log;
  error: Log;
}

/** How events arrive. */
export type Way = Welcome["delivery"]["transport"] | "websocket";

/** What status, probe and doctor tell about a running account. */
export interface AccountFacts {
  welcome: Welcome | undefined;
  /** Since when events can arrive. */
  connectedAt: number | undefined;
  connected: boolean;
  problems: readonly Problem[];
  lastEventAt: number | undefined;
  pending: number;
  /** How events arrive at the moment; undefined until that is known. */
  transport: Way | undefined;
}

/** What a probe found: asked from Mattermost just now, without the running account. */
export interface Probe {
  ok: boolean;
  bot?: { id: string; username: string };
  welcome?: Welcome;
  /** How events arrive, or would if the account ran. */
  transport?: Way;
  problems: readonly Problem[];
  elapsedMs: number;
}
