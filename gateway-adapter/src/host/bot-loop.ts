/** OpenClaw's guard against bots that answer each other for ever; one for the whole process. */
export { recordChannelBotPairLoopAndCheckSuppression as pairGuard } from "openclaw/plugin-sdk/channel-inbound";
