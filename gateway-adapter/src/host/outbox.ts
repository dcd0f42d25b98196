/** OpenClaw's durable outbox: what it asks a channel for, and how to say that nothing was sent. */
export {
  createChannelMessageAdapterFromOutbound,
  createMessageReceiptFromOutboundResults,
  type ChannelMessageAdapterShape,
} from "openclaw/plugin-sdk/channel-outbound";
export interface PayloadFiles {
  mediaUrl?: string;
  mediaUrls?: string[];
  /** What OpenClaw knows of each of `mediaUrls`. */
  attachments?: { name?: string }[];
}

/** The files of an answer, as addresses or paths, with the names that they had before OpenClaw kept copies of them. */
export function filesOf({
  mediaUrl,
  mediaUrls = [],
  attachments = [],
}: PayloadFiles): { url: string; name?: string }[] {
  const urls = mediaUrls.length > 0 ? mediaUrls : mediaUrl ? [mediaUrl] : [];
  return urls.map((url, i) => {
    const name = attachments.length === urls.length ? attachments[i]?.name : undefined;
    return { url, ...(name ? { name } : {}) };
  });
}
export { PlatformMessageNotDispatchedError } from "openclaw/plugin-sdk/error-runtime";
