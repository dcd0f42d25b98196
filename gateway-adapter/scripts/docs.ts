/** Writes docs/configuration.md from the one zod schema and what people are told of its keys. `make check-style` compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { keyHints, sectionHints } from "../src/config/hints.ts";
import { listKeys, type Key } from "../src/config/keys.ts";

const FILE = new URL("../../docs/configuration.md", import.meta.url);
const INTRO = new URL("configuration.intro.md", import.meta.url);

/** Chapters, in the order in which people need them, each with the beginnings of its keys. */
const CHAPTERS: readonly (readonly [title: string, ...paths: string[]])[] = [
  ["Server and bot", "enabled", "name", "botToken", "baseUrl", "transport", "network", "defaultAccount"],
  [
    "Who may talk",
    "dmPolicy",
    "allowFrom",
    "groupPolicy",
    "groupAllowFrom",
    "dangerouslyAllowNameMatching",
    "allowBots",
    "botLoopProtection",
  ],
  ["When it answers in channels", "chatmode", "oncharPrefixes", "requireMention", "groups", "implicitMentions"],
  ["Threads", "replyToMode", "replyToModeByChatType"],
  [
    "Answers",
    "stateReactions",
    "responsePrefix",
    "textChunkLimit",
    "mediaMaxMb",
    "markdown",
    "streaming",
    "dmChannelRetry",
  ],
  ["What the agent sees and may do", "contextVisibility", "historyLimit", "capabilities", "actions", "configWrites"],
  ["Commands and buttons", "commands", "interactions"],
];

const belongs = (path: string, beginning: string): boolean => path === beginning || path.startsWith(`${beginning}.`);

/** `|` ends a cell of a table, and `<` begins a tag. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "\\<").replaceAll("*", "\\*");

function row(key: Key): string {
  const hint = keyHints[key.path];
  if (!hint) throw new Error(`${key.path} is not in src/config/hints.ts`);
  const example = hint.example ? `\`${hint.example}\`` : "";
  return `| \`${key.path}\` | ${[hint.help, key.values, hint.default ?? ""].map(cell).join(" | ")} | ${example} |`;
}

const HEAD = "| key | what it does | values | default | example |\n|---|---|---|---|---|";

function chapter(title: string, keys: readonly Key[]): string {
  return `## ${title}\n\n${HEAD}\n${keys.map(row).join("\n")}\n`;
}

const keys = listKeys();
const named = new Set<string>();
const chapters = CHAPTERS.map(([title, ...beginnings]) => {
  const own = beginnings.flatMap((beginning) => keys.filter(({ path }) => belongs(path, beginning)));
  for (const { path } of own) named.add(path);
  return chapter(title, own);
});
const rest = keys.filter(({ path }) => !named.has(path));
if (rest.length > 0) chapters.push(chapter("More", rest));
for (const path of Object.keys(keyHints))
  if (!keys.some((key) => key.path === path)) throw new Error(`${path} of src/config/hints.ts is not in the schema`);
if (!sectionHints[""]) throw new Error("the section itself has no hint");

writeFileSync(FILE, `${readFileSync(INTRO, "utf8")}\n${chapters.join("\n")}`);
