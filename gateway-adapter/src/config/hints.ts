/**
 * What people are told of each key: in OpenClaw's settings pages (label, help), and in docs/configuration.md, where the default
 * and an example stand beside it. By the path of the key; `*` stands for a name of one's own.
 */
export interface KeyHint {
  label: string;
  help: string;
  sensitive?: boolean;
  /** As it is written in the table; left out where there is none. */
  default?: string;
  /** A value as it is written in the config file. */
  example?: string;
}

const REPLY_MODES = "off: where the question stands. first, all, batched: in a thread under it.";

/** Sections, which are no keys themselves. */
export const sectionHints: Record<string, Pick<KeyHint, "label" | "help">> = {
  "": { label: "Mattermost", help: "Bot, server, who may talk, and how it answers." },
  implicitMentions: { label: "Implicit mentions", help: "What counts as a mention without the bot's name." },
  replyToModeByChatType: { label: "Threads by kind of chat", help: "Weighs more than replyToMode." },
  live: { label: "Live answers", help: "Answers that grow in web and desktop, with the Mattermost plugin." },
  streaming: { label: "While an answer is made", help: "What is shown before it is there." },
  "streaming.preview": { label: "Preview", help: "What the preview tells besides the text." },
  "streaming.progress": { label: "Progress", help: "The lines of the mode progress." },
  "streaming.block": { label: "Blocks", help: "Posts for finished parts of an answer." },
  "streaming.block.coalesce": { label: "Joining of blocks", help: "Small blocks become one post." },
  markdown: { label: "Markdown", help: "How the agent's Markdown is posted." },
  actions: { label: "Message actions", help: "What agents may do, each only within what the person who asks may see." },
  commands: { label: "Slash commands without the plugin", help: "With the plugin, System Console decides." },
  interactions: { label: "Buttons without the plugin", help: "Where clicks go, and from where they are taken." },
  botLoopProtection: { label: "Bots that answer each other", help: "How many turns two bots have without a person." },
  groups: { label: "Single channels", help: "By channel id; * for all others." },
  network: { label: "Network", help: "Where the server may stand." },
  dmChannelRetry: { label: "Making of direct channels", help: "How it is tried again when Mattermost is busy." },
  accounts: { label: "Accounts", help: "More servers or bots. Their values weigh more than those above." },
};

export const keyHints: Record<string, KeyHint> = {
  name: { label: "Name", help: "What this account is called in lists.", example: '"Team chat"' },
  enabled: { label: "On", help: "Whether the account runs.", default: "true", example: "false" },
  botToken: {
    label: "Bot token",
    help: "Access token of the bot; System Console, Plugins, OpenClaw makes one. A text, or a reference to a secret. MATTERMOST_BOT_TOKEN counts for the account default.",
    sensitive: true,
    example: '{ source: "env", provider: "default", id: "MM_TOKEN" }',
  },
  baseUrl: {
    label: "Server address",
    help: "Where people open Mattermost. MATTERMOST_URL counts for the account default.",
    example: '"https://chat.example.com"',
  },
  transport: {
    label: "How events arrive",
    help: "auto: Mattermost pushes to this gateway where it can, otherwise the gateway pulls, and without the plugin it uses a WebSocket. webhook: push only. pull: no inbound port at all. websocket: without the plugin, always.",
    default: "auto",
    example: '"pull"',
  },
  capabilities: {
    label: "Capabilities",
    help: "inlineButtons tells the agent that it can offer buttons.",
    default: "none",
    example: '["inlineButtons"]',
  },
  chatmode: {
    label: "Answer in channels",
    help: "oncall: when mentioned. onmessage: every post. onchar: posts that begin with a trigger prefix. A mention always counts.",
    default: "oncall",
    example: '"onchar"',
  },
  oncharPrefixes: { label: "Trigger prefixes", help: "Used with onchar.", default: "> and !", example: '["!"]' },
  stateReactions: {
    label: "State of a request",
    help: "Reactions under the post: waiting, at work, done. slow: where the answer takes longer. always: under each. off: none.",
    default: "slow",
    example: '"off"',
  },
  requireMention: {
    label: "Mention needed",
    help: "Older than chatmode, which weighs more.",
    default: "by chatmode",
    example: "false",
  },
  "implicitMentions.replyToBot": {
    label: "Replies to the bot",
    help: "In a thread that the bot began no further mention is needed.",
    default: "true",
    example: "false",
  },
  "implicitMentions.quotedBot": {
    label: "Quotes of the bot",
    help: "A link to one of the bot's posts counts as a mention.",
    default: "true",
    example: "false",
  },
  "implicitMentions.threadParticipation": {
    label: "Follow threads",
    help: "In a thread in which the bot has spoken no further mention is needed, for seven days.",
    default: "true",
    example: "false",
  },
  allowBots: {
    label: "Other bots",
    help: "mentions: answered where they name this bot. true: like people. false: never.",
    default: "mentions",
    example: "false",
  },
  "botLoopProtection.enabled": {
    label: "End what bots go on with",
    help: "Bots that answer each other without a person in between are left in peace for a while.",
    default: "true",
    example: "false",
  },
  "botLoopProtection.maxEventsPerWindow": {
    label: "Turns between two bots",
    help: "How many are allowed.",
    default: "5",
    example: "10",
  },
  "botLoopProtection.windowSeconds": {
    label: "Within",
    help: "Seconds in which they count.",
    default: "600",
    example: "300",
  },
  "botLoopProtection.cooldownSeconds": {
    label: "Peace for",
    help: "Seconds without an answer after that.",
    default: "600",
    example: "900",
  },
  dmPolicy: {
    label: "Direct messages",
    help: 'Who may write to the bot. pairing: whoever has been approved. allowlist: allowFrom. open: everybody, and needs allowFrom ["*"]. disabled: nobody.',
    default: "pairing",
    example: '"allowlist"',
  },
  allowFrom: {
    label: "Allowed people",
    help: "User ids, accessGroup:<name>, or * for everybody.",
    default: "none",
    example: '["accessGroup:operators"]',
  },
  groupPolicy: {
    label: "Channels and groups",
    help: "Who may talk to the bot there. allowlist: groupAllowFrom. open: every member. disabled: nobody. Where it is not set, channels.defaults.groupPolicy counts.",
    default: "allowlist",
    example: '"open"',
  },
  groupAllowFrom: {
    label: "Allowed people in channels",
    help: "User ids, accessGroup:<name>, or *. If it is empty, allowFrom counts.",
    default: "none",
    example: '["*"]',
  },
  "groups.*.requireMention": {
    label: "Mention needed in this channel",
    help: "Weighs more than chatmode and requireMention. The key * counts for channels without an own one.",
    default: "by chatmode",
    example: "false",
  },
  dangerouslyAllowNameMatching: {
    label: "Match user names",
    help: "Lets lists hold @names. Names can be changed by their owners; ids are safer.",
    default: "false",
    example: "true",
  },
  replyToMode: {
    label: "Threads",
    help: `${REPLY_MODES} Direct messages stay without threads unless replyToModeByChatType.direct says otherwise.`,
    default: "off",
    example: '"all"',
  },
  "replyToModeByChatType.direct": {
    label: "Threads in direct messages",
    help: REPLY_MODES,
    default: "off",
    example: '"first"',
  },
  "replyToModeByChatType.group": {
    label: "Threads in group messages",
    help: REPLY_MODES,
    default: "replyToMode",
    example: '"first"',
  },
  "replyToModeByChatType.channel": {
    label: "Threads in channels",
    help: REPLY_MODES,
    default: "replyToMode",
    example: '"first"',
  },
  responsePrefix: {
    label: "Before each answer",
    help: "A text, with OpenClaw's variables such as {model}.",
    default: "messages.responsePrefix",
    example: '"[{model}]"',
  },
  textChunkLimit: {
    label: "Longest post",
    help: "Characters; longer answers are cut. Never more than the server takes.",
    default: "the server's",
    example: "4000",
  },
  "streaming.mode": {
    label: "While an answer is made",
    help: "partial: its text as it grows. block: finished parts as posts. progress: what is being done. off: nothing.",
    default: "partial",
    example: '"progress"',
  },
  "streaming.chunkMode": {
    label: "Where long answers are cut",
    help: "length: as late as possible. newline: at line ends.",
    default: "length",
    example: '"newline"',
  },
  "streaming.preview.toolProgress": {
    label: "Tools in the preview",
    help: "Tells what the agent is doing.",
    default: "true",
    example: "false",
  },
  "streaming.preview.commandText": {
    label: "Commands in the preview",
    help: "raw: as they are run. status: only that one runs.",
    default: "status",
    example: '"raw"',
  },
  "streaming.progress.label": {
    label: "Title",
    help: "A text, auto for one of labels, or false for none.",
    default: "auto",
    example: '"Working"',
  },
  "streaming.progress.labels": { label: "Titles", help: "To choose from.", default: "Working", example: '["On it"]' },
  "streaming.progress.maxLines": { label: "Lines", help: "Most lines below the title.", default: "8", example: "4" },
  "streaming.progress.maxLineChars": {
    label: "Characters of a line",
    help: "Longer ones are cut.",
    default: "120",
    example: "80",
  },
  "streaming.progress.toolProgress": {
    label: "Tools in the progress",
    help: "A line for each.",
    default: "false",
    example: "true",
  },
  "streaming.progress.commandText": {
    label: "Commands in the progress",
    help: "raw: as they are run. status: only that one runs.",
    default: "status",
    example: '"raw"',
  },
  "streaming.block.enabled": {
    label: "Blocks as posts",
    help: "Finished parts are posted as they come.",
    default: "with mode block",
    example: "true",
  },
  "streaming.block.coalesce.minChars": {
    label: "Fewest characters of a block",
    help: "Shorter ones wait for the next.",
    default: "1500",
    example: "800",
  },
  "streaming.block.coalesce.maxChars": {
    label: "Most characters of a block",
    help: "A longer one is posted.",
    default: "the longest post",
    example: "2000",
  },
  "streaming.block.coalesce.idleMs": {
    label: "Pause before a block",
    help: "Milliseconds without new text.",
    default: "1000",
    example: "500",
  },
  "markdown.tables": {
    label: "Tables",
    help: "off, block: as Mattermost's own tables. bullets: as lists. code: as text in a code block.",
    default: "off",
    example: '"bullets"',
  },
  contextVisibility: {
    label: "Whose words the agent sees around a request",
    help: "all: everybody's. allowlist: those who may talk to it. allowlist_quote: those, and what was quoted.",
    default: "channels.defaults.contextVisibility, or all",
    example: '"allowlist"',
  },
  historyLimit: {
    label: "Posts before a request",
    help: "How many earlier posts of a thread the agent is told of. 0 for none.",
    default: "messages.groupChat.historyLimit, or 50",
    example: "20",
  },
  mediaMaxMb: {
    label: "Largest file",
    help: "MiB of a file that is fetched or attached. Where it is not set, agents.defaults.mediaMaxMb counts.",
    default: "8 in, the server's out",
    example: "25",
  },
  configWrites: {
    label: "Config by chat",
    help: "Whether commands such as /config may change OpenClaw's config from here.",
    default: "true",
    example: "false",
  },
  "actions.reactions": {
    label: "React",
    help: "Add, remove and list reactions.",
    default: "true",
    example: "false",
  },
  "actions.messages": {
    label: "Read",
    help: "Read the history of channels and threads.",
    default: "false",
    example: "true",
  },
  "actions.search": {
    label: "Search",
    help: "Search posts.",
    default: "false",
    example: "true",
  },
  "actions.edits": {
    label: "Edit and delete",
    help: "The bot's own posts.",
    default: "true",
    example: "false",
  },
  "actions.pins": {
    label: "Pins",
    help: "Pin, unpin and list pinned posts.",
    default: "true",
    example: "false",
  },
  "actions.memberInfo": {
    label: "People",
    help: "Tell who somebody is.",
    default: "true",
    example: "false",
  },
  "actions.channelInfo": {
    label: "Channels",
    help: "Describe and list channels.",
    default: "true",
    example: "false",
  },
  "commands.native": {
    label: "OpenClaw's commands",
    help: "true registers oc_* by REST on every team of the bot, on a server without the plugin. auto is off there. With the plugin, false takes them away.",
    default: "auto",
    example: "true",
  },
  "commands.nativeSkills": {
    label: "Skills as commands",
    help: "The same for skills.",
    default: "auto",
    example: "true",
  },
  "commands.callbackPath": {
    label: "Path for commands",
    help: "Where this gateway takes commands that were registered by REST.",
    default: "/api/channels/mattermost/command",
    example: '"/mattermost/command"',
  },
  "commands.callbackUrl": {
    label: "Address for commands",
    help: "The whole address, where Mattermost reaches this gateway by another one than host and port.",
    default: "gateway.customBindHost or localhost, gateway.port, callbackPath",
    example: '"https://gateway.example.com/api/channels/mattermost/command"',
  },
  "interactions.callbackBaseUrl": {
    label: "Address of this gateway",
    help: "As Mattermost reaches it: for clicks without the plugin, and proposed to the plugin at hello.",
    default: "gateway.customBindHost or localhost, gateway.port",
    example: '"https://gateway.example.com"',
  },
  "interactions.allowedSourceIps": {
    label: "From where clicks are taken",
    help: "Addresses or ranges of the Mattermost server. Behind a proxy, gateway.trustedProxies is needed too.",
    default: "loopback only",
    example: '["10.0.0.5"]',
  },
  "live.enabled": {
    label: "Live answers",
    help: "With the Mattermost plugin, streaming.mode partial shows answers growing without edits. false: edited previews instead.",
    default: "true",
    example: "false",
  },
  "live.longRunSeconds": {
    label: "Word on long runs",
    help: "After so many seconds a post says that the assistant still works, for those who see no live answers; it goes with the answer. 0: never.",
    default: "60",
    example: "0",
  },
  "network.dangerouslyAllowPrivateNetwork": {
    label: "Server in a private network",
    help: "Needed if the server's address is private or loopback.",
    default: "false",
    example: "true",
  },
  "dmChannelRetry.maxRetries": {
    label: "Further attempts",
    help: "After the first, on 429, 5xx, network errors and timeouts.",
    default: "3",
    example: "5",
  },
  "dmChannelRetry.initialDelayMs": {
    label: "First pause",
    help: "Milliseconds; doubled each time, with chance in it.",
    default: "1000",
    example: "500",
  },
  "dmChannelRetry.maxDelayMs": { label: "Longest pause", help: "Milliseconds.", default: "10000", example: "5000" },
  "dmChannelRetry.timeoutMs": {
    label: "Deadline",
    help: "Milliseconds of one attempt.",
    default: "30000",
    example: "10000",
  },
  defaultAccount: {
    label: "Default account",
    help: "Used where none is named.",
    default: "default, or the first",
    example: '"alerts"',
  },
};

/** What OpenClaw's settings pages show. */
export const uiHints: Record<string, { label: string; help: string; sensitive?: boolean }> = Object.fromEntries([
  ...Object.entries(sectionHints),
  ...Object.entries(keyHints).map(([path, { label, help, sensitive }]) => [
    path,
    { label, help, ...(sensitive ? { sensitive } : {}) },
  ]),
]) as Record<string, { label: string; help: string; sensitive?: boolean }>;
