/** What OpenClaw has for showing a run before its answer: throttled drafts, and lines about tools. */
export {
  buildChannelProgressDraftLineForEntry,
  createChannelProgressDraftCompositor,
  createFinalizableDraftLifecycle,
  resolveChannelStreamingPreviewToolProgress,
} from "openclaw/plugin-sdk/channel-outbound";
