/** OpenClaw's intake: the monitor that works off a durable queue, and its hand-over to a turn. */
export {
  bindIngressLifecycleToReplyOptions,
  createChannelIngressError,
  createChannelIngressMonitor,
  type ChannelIngressMonitorLifecycle,
} from "openclaw/plugin-sdk/channel-outbound";
