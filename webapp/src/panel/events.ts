import type { Place, WebSocketMessage } from "../mattermost.ts";
import type { Mode, Pairing, PanelState, Run, SessionFacts, SessionSummary } from "./facts.ts";

/** What the plugin tells open panels. */
export type PanelEvent =
  | { name: "run"; value: Run }
  | { name: "session"; value: { channel_id: string; root_id: string; session: SessionFacts | null } }
  | { name: "engagement"; value: { channel_id: string; mode: Mode } }
  | { name: "pairing"; value: { requests: Pairing[] } }
  | { name: "sessions"; value: { sessions: SessionSummary[] } }
  | { name: "link" | "catalogue"; value: object };

export const EVENT_NAMES = ["run", "session", "engagement", "pairing", "sessions", "link", "catalogue"] as const;

/** Reads an event of Mattermost's WebSocket; what it says is one JSON text. */
export function readEvent(name: (typeof EVENT_NAMES)[number], { data }: WebSocketMessage): PanelEvent {
  const json = typeof data["json"] === "string" ? data["json"] : "{}";
  return { name, value: JSON.parse(json) as object } as PanelEvent;
}

/** What events change. */
export interface PanelNews {
  state: PanelState | undefined;
  pairings: readonly Pairing[] | undefined;
  sessions: readonly SessionSummary[] | undefined;
}

/** What is known after an event; of other conversations nothing is kept. */
export function applyEvent(news: PanelNews, event: PanelEvent, { channelId, rootId }: Place): PanelNews {
  const { state } = news;
  switch (event.name) {
    case "run":
      if (!state || event.value.channel_id !== channelId) return news;
      return { ...news, state: { ...state, runs: withRun(state.runs, event.value) } };
    case "session":
      if (!state || event.value.channel_id !== channelId || event.value.root_id !== rootId) return news;
      return { ...news, state: { ...state, session: event.value.session, session_pending: false } };
    case "engagement":
      if (!state?.engagement || event.value.channel_id !== channelId) return news;
      return { ...news, state: { ...state, engagement: { ...state.engagement, mode: event.value.mode } } };
    case "pairing":
      return { ...news, pairings: event.value.requests };
    case "sessions":
      return { ...news, sessions: event.value.sessions };
    case "link":
    case "catalogue":
      return news;
  }
}

/** A run that has ended is gone; one that goes on keeps its place. */
function withRun(runs: readonly Run[], run: Run): Run[] {
  const goesOn = run.state === "queued" || run.state === "working";
  if (!goesOn) return runs.filter(({ id }) => id !== run.id);
  return runs.some(({ id }) => id === run.id) ? runs.map((each) => (each.id === run.id ? run : each)) : [...runs, run];
}
