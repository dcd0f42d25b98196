import { channelReadyPatch } from "openclaw/plugin-sdk/gateway-runtime";

/** What OpenClaw is told of an account that works. Such a one was never logged out for good: that field stays away. */
export const READY = { running: channelReadyPatch().running, lifecycle: channelReadyPatch().lifecycle };
