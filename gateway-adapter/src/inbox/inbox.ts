import { setImmediate as letOthersRun } from "node:timers/promises";
import type { ChannelEvent } from "@openclaw-mattermost/contract";
import {
  createChannelIngressError,
  createChannelIngressMonitor,
  type ChannelIngressMonitorLifecycle,
} from "../host/ingress.ts";
import { messageOf } from "../errors.ts";
import { createHandOvers } from "./hand-over.ts";
import { createMemory } from "./memory.ts";
import { createQueue, PAYLOAD_VERSION, type StoredPayload } from "./queue.ts";
import { openStore, type SeenAttempt } from "./store.ts";

export type Lifecycle = ChannelIngressMonitorLifecycle;

export interface InboxDeps {
  file: string;
  channelId: string;
  accountId: string;
  now: () => number;
  /** Turns one event into what the agent sees. Resolves when the event needs nothing more of the inbox. */
  deliver: (event: ChannelEvent, lifecycle: Lifecycle) => Promise<void>;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

const POLL_MS = 1_000;
/** What a stop allows for events that are on their way into a turn. */
const HAND_OVER_MS = 3_000;
/** Longer than the plugin keeps trying (72 h), so that a late second delivery still meets its tombstone. */
const TOMBSTONE_MS = 14 * 24 * 3_600_000;
const TOMBSTONES_MAX = 500_000;

const UnreadableEventError = createChannelIngressError("UnreadableEventError", { withReason: true });

/**
 * Durable intake of one account. `append` stores in one transaction for a whole delivery; OpenClaw's monitor then takes
 * the head of each lane, hands it to `deliver`, and retries or resumes what a restart cut off.
 */
export function openInbox(deps: InboxDeps) {
  const store = openStore(deps.file, deps);
  const memory = createMemory(store, deps.now);
  const queue = createQueue(store, deps, deps.now);
  const handOvers = createHandOvers();
  let turns: Promise<unknown> = Promise.resolve();
  /** One event at a time, and before each what has arrived is stored: else a backlog is stored as slowly as it is worked off. */
  const myTurn = (): Promise<unknown> => (turns = turns.then(() => letOthersRun()));
  const monitor = createChannelIngressMonitor<string, string, StoredPayload>({
    queue,
    inspect: (raw) => {
      const { id, lane } = JSON.parse(raw) as ChannelEvent;
      return { eventId: id, laneKey: lane };
    },
    payload: {
      version: PAYLOAD_VERSION,
      storage: "raw-event",
      serialize: (raw) => raw,
      deserialize: (body) => body,
      createClaimError: (kind, claim) =>
        new UnreadableEventError("unreadable", `The stored event ${claim.id} cannot be read (${kind}).`),
    },
    deliver: async (raw, lifecycle) => {
      const handing = handOvers.begin();
      const onAdopted = async (): Promise<void> => {
        await lifecycle.onAdopted();
        handing.adopted();
      };
      try {
        await myTurn();
        await deps.deliver(JSON.parse(raw) as ChannelEvent, { ...lifecycle, onAdopted });
      } finally {
        handing.ended();
      }
    },
    // A turn may take minutes, and OpenClaw gives a channel five seconds to stop: see `stop`.
    waitForDeliveryIdleOnStop: false,
    pollIntervalMs: POLL_MS,
    retention: {
      completedTtlMs: TOMBSTONE_MS,
      completedMaxEntries: TOMBSTONES_MAX,
      failedTtlMs: TOMBSTONE_MS,
      failedMaxEntries: TOMBSTONES_MAX,
    },
    onError: (error) =>
      deps.log("The inbox cannot be worked on.", { account: deps.accountId, reason: messageOf(error) }),
  });

  return {
    start: () => monitor.start(),
    /** Stores events and the attempt that brought them, all or none; how many were new. Throws if they cannot be made durable. */
    append(events: readonly ChannelEvent[], attempt?: SeenAttempt): number {
      const added = store.append(events, attempt);
      if (added > 0) monitor.requestDrain();
      return added;
    },
    /** The attempts that could still be shown again. */
    attempts: store.attempts,
    /** What is remembered under a name, beside the events. */
    note: store.note,
    setNote: store.setNote,
    memory,
    backlog: () => store.backlog(),
    /** Resolves when no turn runs any more. */
    idle: (): Promise<void> => handOvers.idle(),
    /**
     * Takes nothing new, and waits until each event in hand is either the turn's or back in the inbox. Otherwise the next
     * instance would take an event that a turn is about to adopt, OpenClaw would call it a duplicate, and both would
     * drop it. Adopted turns run on; the file is closed behind the last of them.
     */
    async stop(): Promise<void> {
      await monitor.pause();
      await handOvers.settled(HAND_OVER_MS);
      await monitor.stop();
      void handOvers.idle().then(() => {
        store.close();
      });
    },
  };
}
export type Inbox = ReturnType<typeof openInbox>;
