import type { PostEvent } from "@openclaw-mattermost/contract";

/** The agent is told at most this much of what it missed. */
const MISSED_MAX_CHARS = 12_000;

/** What the agent is told when posts waited for long: the earlier ones, then the one that it answers. */
export function withMissed(text: string, missed: readonly PostEvent[]): string {
  if (missed.length === 0) return text;
  const lines: string[] = [];
  let room = MISSED_MAX_CHARS;
  for (const { actor, post } of [...missed].reverse()) {
    const line = `@${actor.username}: ${post.message}`;
    if (line.length > room) break;
    room -= line.length;
    lines.unshift(line);
  }
  const left = missed.length - lines.length;
  return [
    "[These posts arrived while the assistant was away. Answer once, for all of them.]",
    ...(left > 0 ? [`[${String(left)} earlier posts are left out.]`] : []),
    ...lines,
    "[The latest:]",
    text,
  ].join("\n");
}
