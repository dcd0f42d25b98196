/** Labels and help for OpenClaw's settings pages, by the path of the key. */
export const uiHints: Record<string, { label: string; help?: string; sensitive?: boolean }> = {
  "": { label: "Mattermost", help: "Bot, server, who may talk, and how it answers." },
  botToken: {
    label: "Bot token",
    help: "Access token of the bot; System Console, Plugins, OpenClaw makes one.",
    sensitive: true,
  },
  baseUrl: { label: "Server address", help: "Where people open Mattermost, for example https://chat.example.com." },
  transport: {
    label: "How events arrive",
    help: "auto: Mattermost pushes to this gateway where it can, otherwise the gateway pulls. webhook: push only. pull: no inbound port at all.",
  },
  chatmode: {
    label: "Answer in channels",
    help: "oncall: when mentioned. onmessage: every post. onchar: posts that begin with a trigger prefix.",
  },
  oncharPrefixes: { label: "Trigger prefixes", help: "Used with onchar. Default: > and !" },
  dmPolicy: {
    label: "Direct messages",
    help: 'Who may write to the bot. "pairing" is recommended; "open" needs allowFrom ["*"].',
  },
  allowFrom: { label: "Allowed people", help: "User ids." },
  groupPolicy: {
    label: "Channels and groups",
    help: "allowlist: only groupAllowFrom. open: every member, if mentioned. disabled: nobody.",
  },
  groupAllowFrom: { label: "Allowed people in channels", help: "User ids." },
  dangerouslyAllowNameMatching: {
    label: "Match user names",
    help: "Names can be changed by their owners; ids are safer.",
  },
  replyToMode: {
    label: "Threads",
    help: "off: answer where the question stands. first, all: start a thread under it.",
  },
  "network.dangerouslyAllowPrivateNetwork": {
    label: "Server in a private network",
    help: "Needed if the server's address is private or loopback.",
  },
  "interactions.callbackBaseUrl": {
    label: "Address of this gateway",
    help: "As Mattermost reaches it; proposed to the plugin at hello.",
  },
};
