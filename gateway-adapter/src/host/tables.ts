import { convertMarkdownTables } from "openclaw/plugin-sdk/text-chunking";

export type TableMode = Parameters<typeof convertMarkdownTables>[1];

/**
 * A text with its tables as `markdown.tables` wants them. Mattermost draws Markdown tables itself, so that `off` and `block` leave
 * them as they are. Where a table would not fit into a post any more it stays one.
 */
export function withTables(text: string, mode: TableMode, maxRunes = Number.POSITIVE_INFINITY): string {
  if (mode === "off" || mode === "block") return text;
  const drawn = convertMarkdownTables(text, mode);
  return Array.from(drawn).length > maxRunes ? text : drawn;
}
