import { ActionError } from "./error.ts";

/** What agents use most, by Mattermost's names; everything else goes by name. */
const NAMES: Record<string, string> = {
  "👍": "+1",
  "👎": "-1",
  "👌": "ok_hand",
  "👏": "clap",
  "🙌": "raised_hands",
  "🙏": "pray",
  "💪": "muscle",
  "👀": "eyes",
  "👋": "wave",
  "🤝": "handshake",
  "❤": "heart",
  "💯": "100",
  "🔥": "fire",
  "🎉": "tada",
  "🚀": "rocket",
  "⭐": "star",
  "✨": "sparkles",
  "💡": "bulb",
  "✅": "white_check_mark",
  "✔": "heavy_check_mark",
  "☑": "ballot_box_with_check",
  "❌": "x",
  "⚠": "warning",
  "❓": "question",
  "❗": "exclamation",
  "🚫": "no_entry_sign",
  "⏳": "hourglass_flowing_sand",
  "⌛": "hourglass",
  "🔄": "arrows_counterclockwise",
  "🔒": "lock",
  "📌": "pushpin",
  "📝": "memo",
  "🐛": "bug",
  "🤖": "robot_face",
  "🤔": "thinking",
  "😀": "grinning",
  "😂": "joy",
  "😄": "smile",
  "😉": "wink",
  "😊": "blush",
  "😍": "heart_eyes",
  "😎": "sunglasses",
  "😢": "cry",
  "😭": "sob",
  "😮": "open_mouth",
  "😱": "scream",
  "🦞": "lobster",
};

const NAME = /^[a-z0-9_+-]{1,64}$/;
/** Skin tones and the sign that asks for a picture. */
const MODIFIERS = /\p{Emoji_Modifier}|\u{FE0F}/gu;

/** Mattermost's name of an emoji, with or without colons, or as a picture. */
export function emojiName(raw: string): string {
  const text = raw.trim();
  const name = text.replace(/^:|:$/g, "").toLowerCase();
  if (NAME.test(name)) return name;
  const known = NAMES[text.replace(MODIFIERS, "")];
  if (known) return known;
  throw new ActionError("input", "Mattermost takes emoji by name, for example thumbsup or white_check_mark.");
}
