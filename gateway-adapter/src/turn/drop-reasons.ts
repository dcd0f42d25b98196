/** What to do where somebody expected an answer, by the reason for which there is none. */
const TO_DO: Readonly<Record<string, string>> = {
  not_mentioned: "Mention the bot, use a trigger prefix with chatmode onchar, or set chatmode to onmessage.",
  pairing: "Approve the code: openclaw pairing approve mattermost <code>.",
  dm_policy_disabled: "Set channels.mattermost.dmPolicy to pairing, allowlist or open.",
  dm_policy_not_allowlisted: "Add the user's id to channels.mattermost.allowFrom.",
  group_policy_disabled: "Set channels.mattermost.groupPolicy to allowlist or open.",
  group_policy_empty_allowlist: "Add user ids to channels.mattermost.groupAllowFrom, or set groupPolicy to open.",
  group_policy_not_allowlisted: "Add the user's id to channels.mattermost.groupAllowFrom, or set groupPolicy to open.",
  mutable_identifier_disabled: "Use user ids in the allow-lists, or set dangerouslyAllowNameMatching to true.",
  identifier_authentication_too_weak: "Use user ids in the allow-lists, or set dangerouslyAllowNameMatching to true.",
  bots_not_allowed: "Set channels.mattermost.allowBots to true or mentions if this bot should be heard.",
  bot_without_mention: "Let that bot mention this one, or set channels.mattermost.allowBots to true.",
  bot_budget: "Two bots have answered each other too often: botLoopProtection says how often they may.",
  channel_off: "Somebody switched the bot off for this channel in the panel: choose another mode there.",
  access_group_missing: "Add the access group to accessGroups, or take it off the allow-list.",
  access_group_unsupported: "Use an access group of the type message.senders.",
};

/** A reason as fields of a log line, with what to do if that is known. */
export function reasonOf(reason: string): { reason: string; todo?: string } {
  const todo = TO_DO[reason];
  return { reason, ...(todo ? { todo } : {}) };
}
