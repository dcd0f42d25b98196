/** OpenClaw's portable description of cards, buttons and selects. */
export {
  normalizeMessagePresentation,
  renderMessagePresentationFallbackText,
  renderPresentationForDelivery,
  resolveMessagePresentationButtonAction,
  resolveMessagePresentationOptionAction,
  type MessagePresentation,
  type MessagePresentationButton,
} from "openclaw/plugin-sdk/interactive-runtime";
