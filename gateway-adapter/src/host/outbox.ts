/** OpenClaw's durable outbox: what it asks a channel for, and how to say that nothing was sent. */
export {
  createChannelMessageAdapterFromOutbound,
  createMessageReceiptFromOutboundResults,
  type ChannelMessageAdapterShape,
} from "openclaw/plugin-sdk/channel-outbound";
export { PlatformMessageNotDispatchedError } from "openclaw/plugin-sdk/error-runtime";
