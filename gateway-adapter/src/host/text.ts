import { tryGetRuntime } from "./runtime.ts";

/**
 * Cuts Markdown into posts of at most `limit` characters, by OpenClaw's own chunker: at paragraphs and lines, with fences
 * closed and opened again. Where OpenClaw's runtime is not loaded it cuts at lines.
 */
export function chunkMarkdown(text: string, limit: number): string[] {
  if (text.length <= limit) return [text];
  const runtime = tryGetRuntime();
  return runtime ? runtime.channel.text.chunkMarkdownText(text, limit) : chunkLines(text, limit);
}

function chunkLines(text: string, limit: number): string[] {
  const chunks: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const line = rest.lastIndexOf("\n", limit);
    const at = line > 0 ? line : limit;
    chunks.push(rest.slice(0, at));
    rest = rest.slice(at).replace(/^\n/, "");
  }
  return [...chunks, rest];
}
