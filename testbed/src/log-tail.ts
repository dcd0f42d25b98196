import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const TAIL_BYTES = 64 * 1024;
const ESCAPES = /\u001b\[[0-9;]*m/g; // eslint-disable-line no-control-regex -- colours are control characters

/** The last lines of a log file, readable and without colours; empty if there is no such file. */
export function lastLines(file: string, count: number, keep: (line: string) => boolean = () => true): string[] {
  const text = endOf(file).replace(ESCAPES, "");
  return text.split("\n").filter(Boolean).map(readableLine).filter(keep).slice(-count);
}

/** The same as a block to put below an error message. */
export function quoteLog(file: string, count = 40): string {
  return quoteLines(`last lines of ${file}`, lastLines(file, count));
}

/** Lines as a block below a heading. */
export function quoteLines(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? `--- ${heading}: none` : [`--- ${heading}:`, ...lines, "---"].join("\n");
}

function endOf(file: string): string {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(handle);
    const length = Math.min(size, TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(handle, buffer, 0, length, size - length);
    return buffer.toString("utf8");
  } finally {
    closeSync(handle);
  }
}

/** A line of Mattermost's JSON log as `time level sentence field=value …`. */
function readableLine(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { timestamp, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    if (typeof msg !== "string") return line;
    const rest = Object.entries(fields).map(([name, value]) =>
      name === "caller" ? "" : `${name}=${JSON.stringify(value)}`,
    );
    return [String(timestamp).slice(11, 23), level, msg, ...rest.filter(Boolean)].join(" ");
  } catch {
    return line;
  }
}
