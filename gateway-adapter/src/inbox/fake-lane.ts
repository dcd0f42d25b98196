import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { createMemory } from "./memory.ts";
import { createQueue } from "./queue.ts";
import { openStore } from "./store.ts";
import type { ChannelIngressMonitorLifecycle as Lifecycle } from "../host/ingress.ts";

/**
 * For tests: the inbox's own store, and above it what OpenClaw's monitor does: the head of a lane is handed over, the lane waits
 * until it is adopted or done, and what was released or failed comes again.
 */
export function createFakeLane(file: string, handle: (event: ChannelEvent, life: Lifecycle) => Promise<unknown>) {
  // A second passes with each look: what waits for more of its kind is through waiting.
  let at = 0;
  const now = (): number => at;
  const store = openStore(file, { now });
  const queue = createQueue(store, {
    channelId: "mattermost",
    accountId: "default",
    now,
    isHeld: () => false,
    failing: () => undefined,
  });
  let held = false;
  let handing: AbortController | undefined;

  async function hand(): Promise<void> {
    if (held) return;
    held = true;
    at += 1_000;
    const claim = await queue.claimNext();
    if (!claim) {
      held = false;
      return;
    }
    let open = true;
    const { signal } = (handing = new AbortController());
    const settle = async (how: () => Promise<unknown>): Promise<void> => {
      if (!open) return;
      open = false;
      await how();
      held = false;
      void hand();
    };
    const state = { deferred: false };
    const release = () => settle(() => queue.release(claim, { recordAttempt: false }));
    const life = {
      abortSignal: signal,
      onAdopted: () => settle(() => queue.complete(claim)),
      onDeferred: () => {
        state.deferred = true;
      },
      onAbandoned: release,
      onCancelled: release,
    } as unknown as Lifecycle;
    try {
      await handle(JSON.parse(claim.payload.rawEvent) as ChannelEvent, life);
    } catch {
      await release();
      return;
    }
    if (signal.aborted) await release();
    else if (!state.deferred) await settle(() => queue.complete(claim));
  }

  return {
    memory: createMemory(store, now),
    append: (event: ChannelEvent): void => {
      store.append([event]);
    },
    /** Hands over what can be, one after the other. */
    work: (): void => {
      void hand();
    },
    /** What no run has adopted is cut off, as a stop of the channel does it, and comes again. */
    cutOff: (): void => handing?.abort(),
    /** Everything was handed over and is done. */
    isIdle: (): boolean => !held && store.backlog().pending === 0,
    close: (): void => store.close(),
  };
}
