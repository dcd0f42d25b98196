/**
 * Cuts Markdown into posts of at most `limit` characters. Cuts are made, in this order of preference, between paragraphs,
 * list items and table rows, between lines, and between words. A fence that has to be cut is closed and opened again, a
 * table gets its header again, and a mention, a link or a piece of code within a line stays whole while it fits at all.
 */
export function splitMarkdown(text: string, limit: number): string[] {
  if (text.length <= limit) return [text];
  const posts: string[] = [];
  let open = "";
  const flush = (): void => {
    if (open.trim() !== "") posts.push(open.replace(/^\n+|\s+$/g, ""));
    open = "";
  };
  const joined = (part: string): string => (open === "" ? part : `${open}\n${part}`);
  for (const block of blocksOf(text)) {
    const whole = block.lines.join("\n");
    if (joined(whole).length <= limit) {
      open = joined(whole);
      continue;
    }
    if (whole.length <= limit) {
      flush();
      open = whole;
      continue;
    }
    // Too long for one post: what is left of the open one is used if it is worth it.
    if (open.length > limit / 2) flush();
    const room = limit - (open === "" ? 0 : open.length + 1);
    const [first = "", ...rest] = cutBlock(block, room, limit);
    open = joined(first);
    for (const part of rest) {
      flush();
      open = part;
    }
  }
  flush();
  return posts;
}

/** Lines that belong together. `before` and `after` go around each part of a block that has to be cut. */
interface Block {
  lines: string[];
  before: string[];
  after: string[];
  /** Every space of it counts. */
  code: boolean;
}

const FENCE = /^(?<lead>\s*(?:>\s?)*(?:[-*+]\s+|\d+[.)]\s+)?)(?<mark>`{3,}|~{3,})(?<info>.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const LIST_ITEM = /^\s*(?:[-*+]|\d+[.)])\s/;

/** Fences and tables whole, each list item with what is indented under it, each paragraph, each empty line. */
function blocksOf(text: string): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length;) {
    const block = fenceAt(lines, at) ?? tableAt(lines, at) ?? paragraphAt(lines, at);
    blocks.push(block);
    at += block.lines.length;
  }
  return blocks;
}

function fenceAt(lines: readonly string[], at: number): Block | undefined {
  const opening = FENCE.exec(lines[at] ?? "");
  const { lead = "", mark = "", info = "" } = opening?.groups ?? {};
  if (!opening || (mark.startsWith("`") && info.includes("`"))) return undefined;
  const closing = new RegExp(`^\\s*(?:>\\s?)*${mark.charAt(0)}{${String(mark.length)},}\\s*$`);
  const end = lines.findIndex((line, i) => i > at && closing.test(line));
  const indent = lead.replace(/[^>\s]/g, " ");
  return {
    lines: lines.slice(at, end < 0 ? lines.length : end + 1),
    before: [`${indent}${mark}${info}`],
    after: [`${indent}${mark}`],
    code: true,
  };
}

function tableAt(lines: readonly string[], at: number): Block | undefined {
  const [header = "", rule = ""] = lines.slice(at, at + 2);
  if (!header.includes("|") || !rule.includes("|") || !TABLE_RULE.test(rule)) return undefined;
  const end = lines.findIndex((line, i) => i > at + 1 && !line.includes("|"));
  return { lines: lines.slice(at, end < 0 ? lines.length : end), before: [header, rule], after: [], code: false };
}

function paragraphAt(lines: readonly string[], at: number): Block {
  const first = lines[at] ?? "";
  const item = LIST_ITEM.test(first);
  const end = lines.findIndex((line, i) => {
    if (i <= at) return false;
    return first.trim() === "" || line.trim() === "" || LIST_ITEM.test(line) || startsOther(lines, i, item);
  });
  return { lines: lines.slice(at, end < 0 ? lines.length : end), before: [], after: [], code: false };
}

function startsOther(lines: readonly string[], at: number, inItem: boolean): boolean {
  if (fenceAt(lines, at) ?? tableAt(lines, at)) return true;
  return inItem && !/^\s/.test(lines[at] ?? "");
}

/** The parts of a block that is longer than a post: the first fits into `room`, the others into `limit`. */
function cutBlock(block: Block, room: number, limit: number): string[] {
  const { before, after, code } = block;
  const around = [...before, ...after];
  const frame = around.length > 0 ? around.join("\n").length + 2 : 0;
  // A frame that leaves next to nothing for what it frames is none.
  if (frame > 0 && frame > limit / 2) return cutBlock({ ...block, before: [], after: [] }, room, limit);
  const closed = after.length > 0 && block.lines.length > 1 && block.lines.at(-1)?.trim() === after[0]?.trim();
  const content = block.lines.slice(before.length, closed ? -1 : undefined);
  const parts: string[][] = [[]];
  let length = 0;
  let space = Math.max(0, room - frame);
  const next = (): void => {
    parts.push([]);
    length = 0;
    space = limit - frame;
  };
  for (const line of content) {
    let rest = line;
    while (length + rest.length + 1 > space) {
      if (length > 0 || space < limit - frame) {
        next();
        continue;
      }
      const at = wordCut(rest, space - 1);
      parts.at(-1)?.push(code ? rest.slice(0, at) : rest.slice(0, at).trimEnd());
      rest = code ? rest.slice(at) : rest.slice(at).trimStart();
      next();
    }
    parts.at(-1)?.push(rest);
    length += rest.length + 1;
  }
  const [head, ...others] = parts;
  // The first line of a block is its own, with the mark of the list item that it may stand in.
  const opening = before.length > 0 ? block.lines.slice(0, before.length) : [];
  const framed = others.map((part) => [...before, ...part, ...after].join("\n"));
  return head && head.length > 0 ? [[...opening, ...head, ...after].join("\n"), ...framed] : ["", ...framed];
}

/** What is not cut within a line: a link, a piece of code, a word (a mention is one). */
const WHOLE = /!?\[[^\]\n]*\]\([^)\n]*\)|`[^`\n]+`|\S/g;

/** The last place up to `max` between words; within a word where it alone is too long. */
function wordCut(line: string, max: number): number {
  let best = 0;
  for (const match of line.matchAll(/\s+/g)) {
    if (match.index > max) break;
    if (!inside(line, match.index)) best = match.index;
  }
  return best > 0 ? best : safeCut(line, max);
}

function inside(line: string, at: number): boolean {
  for (const match of line.matchAll(WHOLE)) {
    if (match.index >= at) return false;
    if (match.index + match[0].length > at) return true;
  }
  return false;
}

/** Never between the halves of one character. */
function safeCut(line: string, max: number): number {
  const at = Math.max(1, max);
  const code = line.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? (at > 1 ? at - 1 : at + 1) : at;
}
