import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const TAIL_BYTES = 64 * 1024;
const ESCAPES = /\u001b\[[0-9;]*m/g; // eslint-disable-line no-control-regex -- colours are control characters

/** The last lines of a log file, without colours; empty if there is no such file. */
export function lastLines(file: string, count: number, keep: (line: string) => boolean = () => true): string[] {
  const text = endOf(file).replace(ESCAPES, "");
  return text.split("\n").filter(Boolean).filter(keep).slice(-count);
}

/** The same as a block to put below an error message. */
export function quoteLog(file: string, count = 40): string {
  const lines = lastLines(file, count);
  const head = `--- last ${lines.length} lines of ${file}`;
  return lines.length === 0 ? `--- ${file} is empty` : [head, ...lines, "---"].join("\n");
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
