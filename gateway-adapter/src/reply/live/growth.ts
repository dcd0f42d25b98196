import { LIVE_CALL_MAX, type LiveTool } from "@openclaw-mattermost/contract";

/** Of what a call may be long, which the plugin counts in bytes, this much is for what it says; the rest is for its ids. */
export const SAID_MAX_BYTES = 60_000;
const TOOLS_MAX_BYTES = 20_000;

/** Bytes that a value takes in a body. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** What has to be said so that `before` becomes `wanted`: from the first difference on, as much as fits into a call. */
export function growth(
  before: string,
  wanted: string,
  maxBytes: number,
): { offset: number; text: string; after: string } | undefined {
  if (before === wanted) return undefined;
  let offset = 0;
  while (offset < before.length && before[offset] === wanted[offset]) offset += 1;
  offset = wholeAt(wanted, offset);
  const text = clipBytes(clip(wanted.slice(offset), LIVE_CALL_MAX), maxBytes);
  return { offset, text, after: wanted.slice(0, offset) + text };
}

/** The first of the tools, as many as fit into a call. */
export function fitting(tools: readonly LiveTool[]): LiveTool[] {
  let bytes = 0;
  return tools.filter((tool) => (bytes += bytesOf(tool)) <= TOOLS_MAX_BYTES);
}

/** At most `max` UTF-16 code units of a text. */
export const clip = (text: string, max: number): string =>
  text.length <= max ? text : text.slice(0, wholeAt(text, max));

function clipBytes(text: string, max: number): string {
  let kept = text;
  for (let bytes = bytesOf(kept); bytes > max && kept !== ""; bytes = bytesOf(kept))
    kept = clip(kept, Math.floor((kept.length * max) / bytes));
  return kept;
}

/** Not between the halves of a surrogate pair. */
function wholeAt(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  return at > 0 && code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
}
