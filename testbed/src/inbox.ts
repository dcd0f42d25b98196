import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Stack } from "./stack.ts";

/** An event as the adapter's inbox holds it. */
export interface StoredEvent {
  readonly id: string;
  /** A channel's id, with the kind of lane behind it for some events. */
  readonly lane: string;
  /** When it was stored, in milliseconds since 1970. */
  readonly received: number;
}

/** The file of the default account's inbox. */
const inboxFile = (stack: Stack): string =>
  join(stack.gateway.home.folder, "state", "mattermost", "inbox-default.sqlite");

/** What the adapter's inbox let in, in the order of arrival; with `lane` of that lane only. */
export function storedEvents(stack: Stack, lane?: string): StoredEvent[] {
  using inbox = new DatabaseSync(inboxFile(stack), { readOnly: true });
  const columns = "SELECT id, lane, received FROM events";
  const rows =
    lane === undefined
      ? inbox.prepare(`${columns} ORDER BY seq`).all()
      : inbox.prepare(`${columns} WHERE lane = ? ORDER BY seq`).all(lane);
  return rows as unknown as StoredEvent[];
}
