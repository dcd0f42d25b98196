import type { Channel } from "@openclaw-mattermost/contract";
import type { MattermostAccount } from "../config/account-config.ts";
import type { ChatKind } from "./conversation.ts";
import { mentionsBot, triggeredBy, withoutLeadingMention } from "./mention.ts";

/** How a post addresses the bot, before any policy. */
export interface Engagement {
  /** A mention is needed here. */
  requireMention: boolean;
  /** The bot is named, or the trigger prefix stands before the text. */
  wasMentioned: boolean;
  /** What was asked, without mention and prefix at its beginning. */
  text: string;
}

type Settings = Pick<MattermostAccount, "chatmode" | "oncharPrefixes" | "requireMention" | "groups">;

/**
 * What was set for the channel in Mattermost, then `chatmode`, `oncharPrefixes`, `groups.<id>.requireMention` and the legacy
 * `requireMention`, in this order of weight.
 */
export function engagementOf(
  post: {
    text: string;
    kind: ChatKind;
    channelId: string;
    botUsername: string;
    matchesPattern: boolean;
    mode?: Channel["engagement"];
  },
  account: Settings,
): Engagement {
  const named = mentionsBot(post.text, post.botUsername) || post.matchesPattern;
  const unaddressed = withoutLeadingMention(post.text, post.botUsername);
  if (post.kind === "direct") return { requireMention: false, wasMentioned: named, text: unaddressed };
  const byChannel = account.groups[post.channelId]?.requireMention ?? account.groups["*"]?.requireMention;
  const requireMention = byMode(post.mode) ?? byChannel ?? account.requireMention ?? account.chatmode !== "onmessage";
  const trigger = account.chatmode === "onchar" && !named ? triggeredBy(post.text, account.oncharPrefixes) : undefined;
  return { requireMention, wasMentioned: named || trigger !== undefined, text: trigger?.rest ?? unaddressed };
}

function byMode(mode: Channel["engagement"]): boolean | undefined {
  return mode === undefined ? undefined : mode !== "all";
}
