/** What counts as a mention without one, by account, channel and general defaults of OpenClaw's config. */
export { resolveChannelImplicitMentions } from "openclaw/plugin-sdk/channel-ingress-runtime";
