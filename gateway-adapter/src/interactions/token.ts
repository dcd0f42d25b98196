import { createHmac, timingSafeEqual } from "node:crypto";

/** What a button carries. */
export type ButtonContext = Readonly<Record<string, unknown>>;

/** The key of every button's token, made of the bot token, so that nothing has to be stored or copied. */
export function interactionSecret(botToken: string): string {
  return createHmac("sha256", "openclaw-mattermost-interactions").update(botToken).digest("hex");
}

/**
 * JSON with sorted keys at every depth and no spaces: what Python's `json.dumps(…, sort_keys=True, separators=(",", ":"))` makes
 * of the same value, as long as it is ASCII. What JSON does not know is left out, as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => (isJson(each) ? canonicalJson(each) : "null")).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).filter(([, each]) => isJson(each));
  pairs.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${pairs.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(",")}}`;
}

const isJson = (value: unknown): boolean => !["undefined", "function", "symbol"].includes(typeof value);

const mac = (secret: string, payload: string): string => createHmac("sha256", secret).update(payload).digest("hex");

/** The token of a context, over all of it but `_token`. */
export function signContext(secret: string, context: ButtonContext): string {
  return mac(secret, canonicalJson(unsigned(context)));
}

/** A context with its token. */
export function withToken<T extends ButtonContext>(secret: string, context: T): T & { _token: string } {
  return { ...context, _token: signContext(secret, context) };
}

/** Whether the context carries the token that it must have. */
export function isSigned(secret: string, context: ButtonContext): boolean {
  const given = Buffer.from(typeof context._token === "string" ? context._token : "");
  return spellings(unsigned(context)).some((payload) => {
    const expected = Buffer.from(mac(secret, payload));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function unsigned(context: ButtonContext): ButtonContext {
  return Object.fromEntries(Object.entries(context).filter(([name]) => name !== "_token"));
}

/**
 * How the same context may have been written by whoever signed it: as above; with every other character escaped, as Python does
 * it by default; with keys in the order of a language, as the official channel sorts them.
 */
function spellings(context: ButtonContext): string[] {
  const canonical = canonicalJson(context);
  const escaped = canonical.replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return [canonical, escaped, JSON.stringify(sortedByLocale(context))];
}

function sortedByLocale(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedByLocale);
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(pairs.map(([key, each]) => [key, sortedByLocale(each)]));
}
