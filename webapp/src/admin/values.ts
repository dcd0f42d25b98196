import type { TextKey } from "../translate.ts";

/** Why a gateway's address cannot be used; undefined if it can, or if there is none. The server checks once more. */
export function whatIsWrongWithUrl(typed: string): TextKey | undefined {
  if (!typed) return undefined;
  let url: URL;
  try {
    url = new URL(typed);
  } catch {
    return "url.noUrl";
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return "url.scheme";
  if (url.username || url.password) return "url.credentials";
  if (url.search || url.hash) return "url.query";
  return undefined;
}

export interface Range {
  min: number;
  max: number;
}

/** A whole number within the range, or undefined. */
export function wholeNumberIn(typed: string, { min, max }: Range): number | undefined {
  const text = typed.trim();
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

/** The names in a list as people write it: `/oc_new, oc_usage` are `new` and `usage`. */
export function namesIn(list: unknown): string[] {
  if (typeof list !== "string") return [];
  return list
    .split(/[\s,]+/)
    .map((name) => name.toLowerCase().replace(/^\//, "").replace(/^oc_/, ""))
    .filter(Boolean);
}

/** A list with one name more or less, as it is stored; names that nothing serves now stay as they are. */
export function withSwitch(list: unknown, name: string, on: boolean): string {
  const off = namesIn(list).filter((each) => each !== name);
  return (on ? off : [...off, name]).map((each) => `oc_${each}`).join(", ");
}
