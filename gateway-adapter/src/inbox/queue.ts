import { randomUUID } from "node:crypto";
import type { createChannelIngressMonitor } from "../host/ingress.ts";
import type { Storable, Store, StoredEvent } from "./store.ts";

/** The payload form that OpenClaw's monitor stores for `storage: "raw-event"`. */
export interface StoredPayload {
  version: number;
  rawEvent: string;
}
type MonitorOptions = Parameters<typeof createChannelIngressMonitor<string, string, StoredPayload>>[0];
export type IngressQueue = Extract<MonitorOptions["queue"], { enqueue: unknown }>;
type ClaimRef = string | { id: string; claim?: { token: string } };
const idOf = (ref: ClaimRef): string => (typeof ref === "string" ? ref : ref.id);

export const PAYLOAD_VERSION = 1;

export interface QueueDeps {
  channelId: string;
  accountId: string;
  now: () => number;
  /** A claim whose event is still being handed over by an earlier instance is no stale one. */
  isHeld: (eventId: string) => boolean;
  /** Is told when an event has failed so often that somebody may wonder, and when it has failed for good. */
  failing: (row: StoredEvent, forGood: boolean) => void;
}

/** By then seconds have passed, and what passes by itself has passed. */
const WORTH_TELLING = 3;

/**
 * OpenClaw's `ChannelIngressQueue` on our own store: the host's durable queue is closed to third-party plugins. Claims,
 * retries and retention are the monitor's decisions; this only keeps them.
 *
 * `listPending` gives the head of each lane and not the whole backlog: only a head may start, and a drain after an
 * outage would otherwise read every waiting event for every event that it starts.
 */
export function createQueue(store: Store, deps: QueueDeps): IngressQueue {
  const { channelId, accountId, now, isHeld } = deps;
  const { db } = store;
  const queueName = `${channelId}:${accountId}`;
  const scope = { channelId, accountId, queueName };

  const record = (row: StoredEvent) => ({
    id: row.id,
    ...scope,
    payload: { version: PAYLOAD_VERSION, rawEvent: row.body },
    receivedAt: row.received,
    updatedAt: row.updated,
    laneKey: row.lane,
    attempts: row.attempts,
    ...(row.lastAttempt === null ? {} : { lastAttemptAt: row.lastAttempt }),
    ...(row.lastError === null ? {} : { lastError: row.lastError }),
  });
  const claimed = (row: StoredEvent) => ({
    ...record(row),
    claim: { token: row.token ?? "", ownerId: row.owner ?? "", claimedAt: row.claimedAt ?? 0 },
  });
  const completed = (row: StoredEvent) => ({ id: row.id, ...scope, completedAt: row.doneAt ?? 0 });
  const failed = (row: StoredEvent) => ({
    id: row.id,
    ...scope,
    failedAt: row.doneAt ?? 0,
    reason: row.reason ?? "failed",
    ...(row.message === null ? {} : { message: row.message }),
  });

  // From lane to lane by the index, not over every waiting event.
  const HEADS = `
    WITH RECURSIVE lanes(lane) AS (
      SELECT min(lane) FROM events WHERE state = 'pending'
      UNION ALL
      SELECT (SELECT min(lane) FROM events WHERE state = 'pending' AND lane > lanes.lane) FROM lanes WHERE lanes.lane IS NOT NULL
    )
    SELECT e.* FROM lanes JOIN events e
      ON e.seq = (SELECT min(seq) FROM events WHERE state = 'pending' AND lane = lanes.lane)
    WHERE lanes.lane IS NOT NULL ORDER BY e.seq`;
  const heads = db.prepare(HEADS);
  const told = db.prepare(
    "UPDATE events SET context = 0, body = iif(state = 'completed', '', body) WHERE context = 1 AND toldBy = ?",
  );
  const claims = db.prepare("SELECT * FROM events WHERE state = 'claimed' ORDER BY seq");
  const take = db.prepare(
    "UPDATE events SET state = 'claimed', token = ?, owner = ?, claimedAt = ?, updated = ? WHERE id = ? AND state = 'pending'",
  );
  const rows = (statement: typeof heads): StoredEvent[] => statement.all() as unknown as StoredEvent[];
  /** The first event of each lane that may be begun now. */
  const ready = (): StoredEvent[] => {
    const settling = store.isSettling();
    return rows(heads).filter((row) => !settling || row.stale === 0);
  };

  function claimRow(id: string, ownerId: string) {
    const at = now();
    const taken = store.unsynced(() => take.run(randomUUID(), ownerId, at, at, id).changes);
    if (Number(taken) !== 1) return null;
    const row = store.get(id);
    return row ? claimed(row) : null;
  }

  const updates = new Map<string, ReturnType<typeof db.prepare>>();
  /** Changes a row; with a claim only while that claim still holds it. */
  function change(ref: ClaimRef, set: string, ...values: (string | number | null)[]): boolean {
    const id = idOf(ref);
    const token = typeof ref === "string" ? undefined : ref.claim?.token;
    const guard = token === undefined ? "" : " AND token = ? AND state = 'claimed'";
    const sql = `UPDATE events SET ${set}, updated = ? WHERE id = ?${guard}`;
    const update = updates.get(sql) ?? db.prepare(sql);
    updates.set(sql, update);
    const result = update.run(...values, now(), id, ...(token === undefined ? [] : [token]));
    return Number(result.changes) === 1;
  }
  const UNCLAIM = "token = NULL, owner = NULL, claimedAt = NULL";

  const queue: IngressQueue = {
    async enqueue(id, payload, options) {
      const event = JSON.parse(payload.rawEvent) as Storable;
      const added = store.append([{ ...event, id, lane: options?.laneKey ?? event.lane }]);
      const row = store.get(id);
      if (!row) throw new Error("The inbox lost an event that it had just stored.");
      if (added === 1) return { kind: "accepted", duplicate: false, record: record(row) };
      if (row.state === "completed") return { kind: "completed", duplicate: true, record: completed(row) };
      if (row.state === "failed") return { kind: "failed", duplicate: true, record: failed(row) };
      if (row.state === "claimed") return { kind: "claimed", duplicate: true, record: claimed(row) };
      return { kind: "pending", duplicate: true, record: record(row) };
    },
    async listPending() {
      return ready().map(record);
    },
    async listClaims() {
      return rows(claims).map(claimed);
    },
    async listFailed() {
      const dead = db
        .prepare("SELECT * FROM events WHERE state = 'failed' ORDER BY doneAt DESC LIMIT 1000")
        .all() as unknown as StoredEvent[];
      return dead.map((row) => ({ ...record(row), ...failed(row) }));
    },
    async claimNext(options) {
      const blocked = new Set(options?.blockedLaneKeys ?? []);
      const candidates = options?.candidateIds ? new Set(options.candidateIds) : undefined;
      for (const row of ready()) {
        if (blocked.has(row.lane) || (candidates && !candidates.has(row.id))) continue;
        const claim = claimRow(row.id, options?.ownerId ?? queueName);
        if (claim) return claim;
      }
      return null;
    },
    async claim(id, options) {
      return claimRow(id, options?.ownerId ?? queueName);
    },
    async refreshClaim(ref, options) {
      return store.unsynced(() => change(ref, "claimedAt = ?", options?.refreshedAt ?? now()));
    },
    async complete(ref, options) {
      const at = options?.completedAt ?? now();
      const id = idOf(ref);
      const write = (): boolean =>
        store.inOneWrite(() => {
          const done = change(
            ref,
            `state = 'completed', body = iif(context = 1, body, ''), doneAt = ?, ${UNCLAIM}`,
            at,
          );
          // What was kept to be told together with this event is told now.
          if (done) told.run(id);
          return done;
        });
      // What started nothing would be dropped once more.
      return store.get(id)?.verdict?.startsWith("dropped:") ? store.unsynced(write) : write();
    },
    async release(ref, options) {
      const attempt = options?.recordAttempt === false ? "" : ", attempts = attempts + 1, lastAttempt = ?";
      const values = options?.recordAttempt === false ? [] : [options?.releasedAt ?? now()];
      const released = change(
        ref,
        `state = 'pending', lastError = coalesce(?, lastError)${attempt}, ${UNCLAIM}`,
        options?.lastError ?? null,
        ...values,
      );
      const row = released && attempt ? store.get(idOf(ref)) : undefined;
      if (row?.attempts === WORTH_TELLING) deps.failing(row, false);
      return released;
    },
    async fail(ref, options) {
      const failedNow = change(
        ref,
        `state = 'failed', reason = ?, message = ?, doneAt = ?, ${UNCLAIM}`,
        options.reason,
        options.message ?? null,
        options.failedAt ?? now(),
      );
      const row = failedNow ? store.get(idOf(ref)) : undefined;
      if (row) deps.failing(row, true);
      return failedNow;
    },
    async resubmit(id) {
      const row = store.get(id);
      if (!row) return { kind: "not-found" };
      if (row.state === "completed") return { kind: "completed", record: completed(row) };
      if (row.state !== "failed") return { kind: "active", status: row.state };
      const previous = { ...record(row), ...failed(row) };
      change(id, "state = 'pending', attempts = 0, doneAt = NULL, reason = NULL, message = NULL");
      const again = store.get(id);
      return again ? { kind: "resubmitted", record: record(again), previous } : { kind: "not-found" };
    },
    async delete(ref) {
      return Number(db.prepare("DELETE FROM events WHERE id = ?").run(idOf(ref)).changes) === 1;
    },
    async recoverStaleClaims(options) {
      const at = options?.now ?? now();
      let recovered = 0;
      for (const row of rows(claims)) {
        if (isHeld(row.id)) continue;
        const claim = claimed(row);
        const stale = options?.shouldRecover
          ? await options.shouldRecover(claim)
          : at - claim.claim.claimedAt >= (options?.staleMs ?? 0);
        if (stale && change(claim, `state = 'pending', ${UNCLAIM}`)) recovered += 1;
      }
      return recovered;
    },
    async prune(options) {
      const at = options?.now ?? now();
      const drop = db.prepare(
        "DELETE FROM events WHERE state = ? AND (doneAt < ? OR seq IN (SELECT seq FROM events WHERE state = ? ORDER BY doneAt DESC LIMIT -1 OFFSET ?))",
      );
      const one = (state: "completed" | "failed", ttlMs: number | undefined, max: number | undefined): number =>
        Number(drop.run(state, at - (ttlMs ?? Number.MAX_SAFE_INTEGER), state, max ?? Number.MAX_SAFE_INTEGER).changes);
      return (
        one("completed", options?.completedTtlMs, options?.completedMaxEntries) +
        one("failed", options?.failedTtlMs, options?.failedMaxEntries)
      );
    },
  };
  return queue;
}
