import {
  batchSchema,
  EVENT_TYPES,
  eventSchema,
  type Answer,
  type AskEvent,
  type ChannelEvent,
  type OcEvent,
} from "@openclaw-mattermost/contract";

export type BatchVerdict = { kind: "refused"; code: "body.json" | "body.schema" } | { kind: "read"; read: ReadBatch };

export interface ReadBatch {
  epoch: number;
  /** Whole events of a known type that go into the inbox, in order. */
  events: ChannelEvent[];
  pings: Extract<OcEvent, { type: "ping" }>[];
  /** What panels want to know; nothing that has to be kept. */
  asks: AskEvent[];
  /** Ids of unknown types: acknowledged and dropped. */
  dropped: string[];
  failed: Answer["failed"];
}

/** Reads a delivery's bytes; each event is judged alone, so that a broken one does not hold the others back. */
export function readBatch(bytes: Buffer): BatchVerdict {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    return { kind: "refused", code: "body.json" };
  }
  const batch = batchSchema.safeParse(json);
  if (!batch.success) return { kind: "refused", code: "body.schema" };
  const read: ReadBatch = { epoch: batch.data.epoch, events: [], pings: [], asks: [], dropped: [], failed: [] };
  for (const envelope of batch.data.events) {
    if (!(EVENT_TYPES as readonly string[]).includes(envelope.type)) {
      read.dropped.push(envelope.id);
      continue;
    }
    const event = eventSchema.safeParse(envelope);
    if (!event.success) read.failed.push({ id: envelope.id, code: "event.schema", retry: false });
    else if (event.data.type === "ping") read.pings.push(event.data);
    else if (event.data.type === "panel.asked") read.asks.push(event.data);
    else read.events.push(event.data);
  }
  return { kind: "read", read };
}
