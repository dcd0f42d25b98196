import { setImmediate as letOthersRun, setTimeout as pause } from "node:timers/promises";
import type { ChannelEvent, PostEvent } from "@openclaw-mattermost/contract";
import {
  createChannelIngressError,
  createChannelIngressMonitor,
  type ChannelIngressMonitorLifecycle,
} from "../host/ingress.ts";
import { messageOf } from "../errors.ts";
import { createBurst } from "./burst.ts";
import { createHandOvers, HELD_MS, isHeld } from "./hand-over.ts";
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
  /** A request that the bot had begun with fails again and again, or has failed for good. */
  failing: (event: PostEvent, forGood: boolean) => void;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

const POLL_MS = 1_000;
/** A delivery of so many events is part of a backlog: the plugin sends up to 50 together. */
const BACKLOG_EVENTS = 25;
/** A backlog is stored before it is worked off, or it would be stored as slowly as OpenClaw is busy with it. */
const BACKLOG = { quietMs: 50, maxMs: 5_000 };
const LOOK_MS = 10;
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
  const queue = createQueue(store, {
    ...deps,
    isHeld: (eventId) => isHeld(deps.file, eventId, deps.now()),
    failing: (row, forGood) => {
      const reason = (forGood ? row.message : row.lastError) ?? "";
      const facts = { account: deps.accountId, event: row.id, attempts: row.attempts, reason };
      deps.log(forGood ? "An event has failed for good." : "An event fails again and again, and is tried on.", facts);
      const event = JSON.parse(row.body) as ChannelEvent;
      if (event.type !== "post.created" && event.type !== "post.edited") return;
      const decided = memory.verdictOf(event.post.id);
      if (decided?.verdict === "turn" && decided.by === event.id) deps.failing(event, forGood);
    },
  });
  const handOvers = createHandOvers(deps);
  let stopping = false;
  const backlog = createBurst({ ...BACKLOG, now: deps.now });
  const backlogStored = async (): Promise<void> => {
    while (backlog.lasts() && !stopping) await pause(LOOK_MS);
  };
  let turns: Promise<unknown> = Promise.resolve();
  /** One event at a time, and before each what has arrived is stored. */
  const myTurn = (): Promise<unknown> => (turns = turns.then(() => letOthersRun()).then(backlogStored));
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
      const event = JSON.parse(raw) as ChannelEvent;
      const handing = handOvers.begin(event.id);
      const state = { waits: false };
      const settling = (settle: (() => Promise<void> | void) | undefined) => async (): Promise<void> => {
        await settle?.();
        handing.settled();
      };
      /** Given back by a stop: no failure of the event's. */
      const onCancelled = settling(lifecycle.onCancelled);
      try {
        await myTurn();
        if (stopping) await onCancelled();
        else
          await deps.deliver(event, {
            ...lifecycle,
            onAdopted: settling(lifecycle.onAdopted),
            onDeferred: () => {
              state.waits = true;
              lifecycle.onDeferred();
            },
            onCancelled,
            onAbandoned: () => (stopping ? onCancelled() : settling(lifecycle.onAbandoned)()),
          });
      } finally {
        handing.ended();
        if (!state.waits) handing.settled();
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

  let stopped: Promise<void> | undefined;
  /**
   * Takes nothing new, and waits a little for what is on its way into a turn. What is still on its way then is not given to
   * the next instance before it is the turn's or back in the inbox: OpenClaw would call the second one a duplicate, and
   * both would drop it. Adopted turns run on; the file is closed behind the last of them.
   */
  async function stop(): Promise<void> {
    stopping = true;
    await monitor.pause();
    await handOvers.settled(HAND_OVER_MS);
    await monitor.stop();
    void handOvers
      .idle()
      .then(() => handOvers.settled(HELD_MS))
      .then(() => {
        store.close();
      });
  }
  let draining = false;
  /** What came is worked off: at once, or when the backlog that it belongs to is stored. */
  async function drain(): Promise<void> {
    if (draining) return;
    draining = true;
    // Whoever brought it is answered first.
    await letOthersRun();
    if (backlog.lasts()) await backlogStored();
    draining = false;
    monitor.requestDrain();
  }

  return {
    start: () => monitor.start(),
    /** Stores events and the attempt that brought them, all or none; how many were new. Throws if they cannot be made durable. */
    append(events: readonly ChannelEvent[], attempt?: SeenAttempt): number {
      const added = store.append(events, attempt);
      if (added >= BACKLOG_EVENTS) backlog.came();
      if (added > 0) void drain();
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
    stop: (): Promise<void> => (stopped ??= stop()),
  };
}
export type Inbox = ReturnType<typeof openInbox>;
