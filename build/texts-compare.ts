/** Texts of each language file by key. */
export type Languages = Record<string, Record<string, string>>;

/** What a source file says of keys: those in full, and beginnings of keys that are put together. */
export interface KeysFound {
  keys: string[];
  prefixes: string[];
}

const KEY = /["'`]([a-z]\w*(?:\.\w+)+)["'`]/g;
const PREFIX = /`([a-z]\w*(?:\.\w+)*\.)\$\{/g;
const CALLED = /\bt\(\s*["']([^"']+)["']/g;

export function keysIn(source: string): KeysFound & { called: string[] } {
  const all = (pattern: RegExp) => [...source.matchAll(pattern)].map(([, key = ""]) => key);
  return { keys: all(KEY), prefixes: all(PREFIX), called: all(CALLED) };
}

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join(" ");

/** What is wrong with the languages, one line each: texts that are missing, that nothing uses, or whose placeholders differ. */
export function compareTexts(
  languages: Languages,
  original: string,
  found: readonly (KeysFound & { called: string[] })[],
): string[] {
  const texts = languages[original] ?? {};
  const keys = new Set(found.flatMap((each) => each.keys));
  const prefixes = found.flatMap((each) => each.prefixes);
  const isUsed = (key: string) => keys.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
  const unused = Object.keys(texts).filter((key) => !isUsed(key));
  const missing = [...new Set(found.flatMap((each) => each.called))].filter((key) => !(key in texts));
  const others = Object.entries(languages).filter(([path]) => path !== original);
  return [
    ...missing.map((key) => `${original}: ${key} is used and has no text`),
    ...unused.map((key) => `${original}: nothing uses ${key}`),
    ...others.flatMap(([path, translated]) => compareLanguage(path, translated, texts)),
  ];
}

function compareLanguage(path: string, translated: Record<string, string>, texts: Record<string, string>): string[] {
  const missing = Object.keys(texts).filter((key) => !translated[key]);
  const extra = Object.keys(translated).filter((key) => !(key in texts));
  const differing = Object.keys(texts).filter(
    (key) => translated[key] && placeholders(translated[key]) !== placeholders(texts[key] ?? ""),
  );
  return [
    ...missing.map((key) => `${path}: ${key} is missing`),
    ...extra.map((key) => `${path}: ${key} is no key of the original`),
    ...differing.map((key) => `${path}: ${key} has other placeholders`),
  ];
}
