/** Whether a text names the bot, as Mattermost reads it: `@name`, any case, not inside a longer name or an address. */
export function mentionsBot(text: string, username: string): boolean {
  return mentionPattern(username).test(text);
}

/** The text without a mention of the bot at its beginning, so that `@bot /status` is a command. */
export function withoutLeadingMention(text: string, username: string): string {
  const match = mentionPattern(username).exec(text);
  return match?.index === leadingSpace(text) ? text.slice(match.index + match[0].length).trimStart() : text;
}

const leadingSpace = (text: string): number => text.length - text.trimStart().length;

function mentionPattern(username: string): RegExp {
  const name = username.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // A username may hold . - _ inside; a trailing full stop ends a sentence and not a name.
  return new RegExp(`(?<![\\w@.\\-/])@${name}(?![\\w\\-]|\\.\\w)[:,]?`, "iu");
}

/** The trigger prefix that the text starts with, and the rest. */
export function triggeredBy(text: string, prefixes: readonly string[]): { prefix: string; rest: string } | undefined {
  const body = text.trimStart();
  const prefix = prefixes
    .filter((candidate) => candidate !== "" && body.startsWith(candidate))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) return undefined;
  const rest = body.slice(prefix.length).trim();
  return rest === "" ? undefined : { prefix, rest };
}
