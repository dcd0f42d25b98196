import type { CommandSpec } from "@openclaw-mattermost/contract";
import type { Place } from "../mattermost.ts";
import type { PanelClient } from "./client.ts";
import { applyEvent, type PanelEvent, type PanelNews } from "./events.ts";
import type { PanelState } from "./facts.ts";

/** What the panel shows. Everything but the place is what was last heard, and stays while it is asked for anew. */
export interface PanelView extends PanelNews {
  place: Place;
  /** The commands that are offered; undefined until known. */
  commands: readonly CommandSpec[] | undefined;
  /** Why the last request failed; undefined when it did not. */
  failure: unknown;
  /** The server's clock minus the browser's. */
  clockMs: number;
  /** The post that a question is being written about; "" if none. */
  askingAbout: string;
  /** Counts what asks for the keyboard: each new number moves the focus into the panel. */
  focusCount: number;
}

export interface PanelStoreDeps {
  client: Pick<PanelClient, "panel" | "commands" | "pairings" | "sessions">;
  /** Where the user is now, and a call at each change of anything. */
  place: () => Place;
  onMove: (listener: () => void) => () => void;
  now: () => number;
}

/** The panel's facts, outside React so that they outlive the closed panel. Closed, it asks for nothing and hears nothing. */
export interface PanelStore {
  getView: () => PanelView;
  subscribe: (listener: () => void) => () => void;
  /** The panel is shown from now on; gives a function that ends this. */
  open: () => () => void;
  /** Shows another conversation; `focus` also moves the keyboard there. */
  aim: (place: Place, options?: { askAbout?: string; focus?: boolean }) => void;
  refresh: () => Promise<void>;
  /** The sessions of this user, which only show on request. */
  loadSessions: () => Promise<void>;
  hear: (event: PanelEvent) => void;
}

export function createPanelStore({ client, place, onMove, now }: PanelStoreDeps): PanelStore {
  const listeners = new Set<() => void>();
  let view: PanelView = {
    place: place(),
    state: undefined,
    commands: undefined,
    pairings: undefined,
    sessions: undefined,
    failure: undefined,
    clockMs: 0,
    askingAbout: "",
    focusCount: 0,
  };
  let shown = false;
  let asked: AbortController | undefined;
  /** What was heard while an older answer was on its way: it counts more than that answer. */
  let heardMeanwhile: PanelEvent[] = [];

  function set(change: Partial<PanelView>): void {
    view = { ...view, ...change };
    for (const listener of listeners) listener();
  }

  async function refresh(): Promise<void> {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    heardMeanwhile = [];
    try {
      const [state, commands] = await Promise.all([client.panel(view.place, signal), client.commands(signal)]);
      if (signal.aborted) return;
      let news: PanelNews = { state, pairings: view.pairings, sessions: view.sessions };
      for (const event of heardMeanwhile) news = applyEvent(news, event, view.place);
      set({ ...news, commands, failure: undefined, clockMs: state.server_time - now() });
      if (state.is_admin) await loadPairings(signal);
    } catch (failure) {
      if (!signal.aborted) set({ failure });
    }
  }

  async function loadPairings(signal: AbortSignal): Promise<void> {
    const pairings = await client.pairings();
    // The gateway's own word, heard meanwhile, is newer than what the server remembered.
    const heard = heardMeanwhile.some(({ name }) => name === "pairing");
    if (!signal.aborted && pairings && !heard) set({ pairings });
  }

  function aim(next: Place, { askAbout = "", focus = false } = {}): void {
    const moved = next.channelId !== view.place.channelId || next.rootId !== view.place.rootId;
    const state: PanelState | undefined = moved ? undefined : view.state;
    set({ place: next, state, askingAbout: askAbout, focusCount: view.focusCount + (focus ? 1 : 0) });
    if (shown && moved) void refresh();
  }

  /** Another channel came into view; a thread that is closed meanwhile stays the conversation. */
  function follow(): void {
    const here = place();
    if (here.channelId !== view.place.channelId) aim({ ...here, rootId: "" });
  }

  return {
    getView: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open() {
      follow();
      shown = true;
      const leave = onMove(follow);
      void refresh();
      return () => {
        shown = false;
        asked?.abort();
        leave();
      };
    },
    aim,
    refresh,
    async loadSessions() {
      const sessions = await client.sessions();
      if (sessions) set({ sessions });
    },
    hear(event) {
      if (!shown) return;
      if (event.name === "link" || event.name === "catalogue") {
        void refresh();
        return;
      }
      heardMeanwhile.push(event);
      set(applyEvent(view, event, view.place));
    },
  };
}
