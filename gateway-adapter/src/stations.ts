import { channel } from "node:diagnostics_channel";

/** Where a request can be on its way: at the webhook, in the inbox, in OpenClaw's hands, back as an answer, in Mattermost. */
export type Station = "received" | "stored" | "handed" | "answered" | "posted";

/** `node:diagnostics_channel`; a message is `{ station, at }`, with `at` in milliseconds since 1970, and fractions. */
const stations = channel("openclaw-mattermost.station");

/** Tells whoever measures that a request is here. Where nobody measures it costs nothing. */
export function pass(station: Station): void {
  if (stations.hasSubscribers) stations.publish({ station, at: performance.timeOrigin + performance.now() });
}
