import { createContext, useContext, useSyncExternalStore } from "react";
import { useAction, type Action } from "../action.tsx";
import type { Translate } from "../translate.ts";
import type { PanelClient } from "./client.ts";
import type { Recent } from "./recent.ts";
import type { PanelStore, PanelView } from "./store.ts";

/** What every part of the panel may use. */
export interface PanelTools {
  store: PanelStore;
  client: PanelClient;
  recent: Recent;
  t: Translate;
  locale: string;
  /** The user's id, and what others and channels are called. */
  me: () => string;
  userName: (userId: string) => string;
  channelTitle: (channelId: string) => string;
  /** Opens a channel, as a click in the sidebar would. */
  goTo: (channelId: string) => void;
  /** The text and the author of a post that is known here. */
  postText: (postId: string) => { author: string; text: string } | undefined;
  permalink: (postId: string) => string;
}

export const ToolsContext = createContext<PanelTools | undefined>(undefined);

export function useTools(): PanelTools {
  const tools = useContext(ToolsContext);
  if (!tools) throw new Error("This is drawn inside the panel only.");
  return tools;
}

export function usePanelView(): PanelView {
  const { store } = useTools();
  return useSyncExternalStore(store.subscribe, store.getView);
}

/** Runs a command line in the conversation that is shown, remembers it, and reads what it changed. */
export function useCommand(): Action<string> {
  const { store, client, recent, t } = useTools();
  return useAction(async (line: string) => {
    await client.run(store.getView().place, line);
    recent.add(line);
    await store.refresh();
  }, t);
}
