import { createSimpleChannelSecretContract } from "openclaw/plugin-sdk/channel-secret-basic-runtime";

/** Where secrets stand in this channel's config, so that OpenClaw reads references to them before anybody else looks. */
export const channelSecrets = createSimpleChannelSecretContract({
  channelKey: "mattermost",
  label: "Mattermost",
  accountFields: ["botToken"],
  channelFields: ["botToken"],
  mode: "account-inheritance",
});
