import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { z } from "zod";
import { MattermostError } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";
import { isOutOfSight, type Get } from "./rest.ts";
import { channelRowSchema, postListSchema, type ChannelRow, type PostRow } from "./rows.ts";
import type { Draft, Mapper } from "./to-event.ts";

const PER_PAGE = 200;
/** Of posts as long as Mattermost allows, with their link previews. */
const PAGE_MAX_BYTES = 64 * 1024 * 1024;
const APPEND_AT_ONCE = 100;
/** People change what they wrote lately; in channels that have been quiet for longer changes are not asked for. */
const CHANGES_WITHIN_MS = 24 * 3_600_000;
/** More than this Mattermost does not tell, and without order. */
const CHANGES_MAX = 1_000;

export interface CatchUpDeps {
  get: Get;
  mapper: Mapper;
  cursor: Cursor;
  botId: string;
  /** Stores events, all or none; throws if they cannot be made durable. */
  append: (events: readonly ChannelEvent[]) => void;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/**
 * Reads by REST what happened since the cursor, channel by channel, oldest first, and stores it. New posts are complete
 * however many they are; edits and deletions of older posts are what `posts?since=` tells. Returns the number of events.
 * Throws `MattermostError`; the cursor moves only when everything is stored.
 */
export async function catchUp(deps: CatchUpDeps): Promise<number> {
  const channels = await deps.get("/api/v4/users/me/channels", z.array(channelRowSchema), PAGE_MAX_BYTES);
  const newest = Math.max(0, ...channels.map((channel) => channel.last_post_at));
  const since = deps.cursor.since(deps.botId);
  if (since === undefined) {
    deps.cursor.begin(deps.botId, newest);
    return 0;
  }
  let events = 0;
  for (const channel of channels) {
    try {
      events += await catchUpChannel(deps, channel, since);
    } catch (error) {
      if (!isOutOfSight(error)) throw error;
      deps.log("The bot may not read a channel of its own any more.", { channel: channel.id });
    }
  }
  deps.cursor.move(deps.botId, newest);
  deps.cursor.flush();
  return events;
}

async function catchUpChannel(deps: CatchUpDeps, channel: ChannelRow, since: number): Promise<number> {
  const rows = new Map<string, PostRow>();
  if (channel.last_post_at > since - CHANGES_WITHIN_MS)
    for (const row of await changesSince(deps, channel.id, since)) rows.set(row.id, row);
  if (channel.last_post_at > since)
    for (const row of await postsSince(deps.get, channel.id, since)) rows.set(row.id, row);
  const drafts = [...rows.values()].flatMap((row) => deps.mapper.ofRow(row, since)).sort(byTime);
  let stored = 0;
  for (let i = 0; i < drafts.length; i += APPEND_AT_ONCE) {
    const events: ChannelEvent[] = [];
    for (const draft of drafts.slice(i, i + APPEND_AT_ONCE)) {
      const event = await deps.mapper.complete(draft);
      if (event) events.push(event);
    }
    if (events.length > 0) deps.append(events);
    stored += events.length;
  }
  return stored;
}

/** `sort` is stable, so that a post that was edited in the millisecond of its creation is created first. */
const byTime = (a: Draft, b: Draft): number => a.ts - b.ts;

/** All posts that are newer than `since`: pages backwards, each of which overlaps the one before. */
async function postsSince(get: Get, channelId: string, since: number): Promise<PostRow[]> {
  const seen = new Map<string, PostRow>();
  let before: Boundary | undefined;
  for (;;) {
    const { rows } = await page(get, channelId, `per_page=${String(PER_PAGE)}${before ? `&before=${before.id}` : ""}`);
    if (before?.overlaps === true && rows.length === 0)
      throw new MattermostError("malformed", "Posts went away while they were read.");
    const fresh = rows.filter((row) => !seen.has(row.id));
    for (const row of fresh) seen.set(row.id, row);
    const oldest = rows.at(-1);
    if (!oldest || fresh.length === 0 || oldest.create_at <= since) break;
    before = boundary(rows, oldest);
  }
  return [...seen.values()].filter((row) => row.create_at > since);
}

interface Boundary {
  id: string;
  overlaps: boolean;
}

/**
 * Posts of one millisecond could be torn apart by a page's end, as `before` means strictly older. So the next page begins
 * at the last post that is newer than the page's oldest.
 */
function boundary(rows: readonly PostRow[], oldest: PostRow): Boundary {
  const newer = rows.findLast((row) => row.create_at > oldest.create_at);
  return newer ? { id: newer.id, overlaps: true } : { id: oldest.id, overlaps: false };
}

async function changesSince(deps: CatchUpDeps, channelId: string, since: number): Promise<PostRow[]> {
  const { rows } = await page(deps.get, channelId, `since=${String(Math.max(since, 1))}`);
  if (rows.length >= CHANGES_MAX)
    deps.log("So much happened in a channel that some edits and deletions may be missed.", { channel: channelId });
  // New posts are read page by page.
  return rows.filter((row) => row.create_at <= since || row.delete_at > 0);
}

async function page(get: Get, channelId: string, query: string): Promise<{ rows: PostRow[] }> {
  const path = `/api/v4/channels/${channelId}/posts?${query}&skipFetchThreads=true`;
  const { order, posts } = await get(path, postListSchema, PAGE_MAX_BYTES);
  return { rows: (order ?? []).flatMap((id) => posts?.[id] ?? []) };
}
