import { useCallback, useEffect, useState } from "react";
import type { AdminClient } from "./client.ts";
import { pollWhileVisible } from "./poll.ts";
import type { AdminStatus } from "./status.ts";

const REFRESH_MS = 10_000;

export interface StatusView {
  /** The last answer, kept when a later request fails. */
  status: AdminStatus | undefined;
  /** Why the last request failed. */
  failure: unknown;
  /** When this was read; relative times count from here. */
  readAt: number;
}

/** The plugin's state, read anew every ten seconds while the card is shown and the tab visible. */
export function useStatus(client: AdminClient): StatusView & { refresh: () => Promise<void> } {
  const [view, setView] = useState<StatusView>({ status: undefined, failure: undefined, readAt: 0 });

  const read = useCallback(
    async (signal?: AbortSignal) => {
      try {
        const status = await client.status(signal);
        setView({ status, failure: undefined, readAt: Date.now() });
      } catch (failure) {
        if (!signal?.aborted) setView((last) => ({ ...last, failure, readAt: Date.now() }));
      }
    },
    [client],
  );

  useEffect(
    () =>
      pollWhileVisible(read, REFRESH_MS, {
        page: document,
        setTimer: (run, ms) => window.setTimeout(run, ms),
        clearTimer: (timer) => {
          window.clearTimeout(timer);
        },
      }),
    [read],
  );
  return { ...view, refresh: read };
}
