import { useSyncExternalStore } from "react";
import type { HostState, HostStore } from "../types.ts";

/** A part of the state; the page is drawn anew when it changes. */
export function useHost<T>(store: HostStore, select: (state: HostState) => T): T {
  return useSyncExternalStore(store.subscribe, () => select(store.getState()));
}
