/** A post that seems to mean the bot and does not name it rightly. */
export type NearMention =
  | { kind: "bare" }
  /** `name` is what stands behind the @. */
  | { kind: "typo"; name: string };

/** Shorter names are ordinary words, or one letter away from one. */
const BARE_MIN = 4;
const TYPO_MIN = 5;
const GREETING = "(?:(?:hey|hi|hello|hallo|ok|okay|dear|liebe[rs]?|moin)[\\s,]+)?";
/** What Mattermost itself understands. */
const SPECIAL = new Set(["all", "channel", "here"]);

/**
 * Looks at the beginning of a post only, where people put whom they speak to: the bot's name without the @, or with one or
 * two slips in it. Whether a misspelt name is somebody else's is for the caller to find out.
 */
export function nearMention(text: string, botUsername: string): NearMention | undefined {
  const bot = botUsername.toLowerCase();
  const first = new RegExp(`^\\s*${GREETING}(@?)([\\p{L}\\p{N}._-]+)`, "iu").exec(text);
  if (!first) return undefined;
  const [, at = "", word = ""] = first;
  const name = word.toLowerCase().replace(/[._-]+$/, "");
  if (at === "") return bot.length >= BARE_MIN && name === bot ? { kind: "bare" } : undefined;
  const allowed = bot.length >= 8 ? 2 : 1;
  if (name === bot || SPECIAL.has(name) || bot.length < TYPO_MIN || slips(name, bot) > allowed) return undefined;
  return { kind: "typo", name };
}

/** How many letters are wrong, missing, too many, or swapped with their neighbour. */
function slips(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.MAX_SAFE_INTEGER;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
