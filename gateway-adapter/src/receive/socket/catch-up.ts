import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { z } from "zod";
import { MattermostError } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";
import { isOutOfSight, type Get } from "./rest.ts";
import { channelRowSchema, postListSchema, type ChannelRow, type PostRow } from "../../mattermost/rows.ts";
import type { Draft, Mapper } from "./to-event.ts";

const PER_PAGE = 200;
/** Of posts as long as Mattermost allows, with their link previews. */
const PAGE_MAX_BYTES = 64 * 1024 * 1024;
const APPEND_AT_ONCE = 100;
/** People change what they wrote lately; in channels that have been quiet for longer changes are not asked for. */
const CHANGES_WITHIN_MS = 24 * 3_600_000;
/** More than this `posts?since=` does not tell, and it tells any of them. */
const CHANGES_MAX = 1_000;
/** How far the pages go on behind the gap where more changed than that. */
const OLDER_PAGES_MAX = 10;

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
 * however many they are; edits, deletions and reactions of older posts are what `posts?since=` tells, and in a channel
 * where more than 1,000 posts changed, what the pages of the last day show: deletions they do not. Returns the number of
 * events.
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
  const dayBefore = since - CHANGES_WITHIN_MS;
  const changes = channel.last_post_at > dayBefore ? await changesSince(deps.get, channel.id, since) : [];
  for (const row of changes) rows.set(row.id, row);
  const overflow = changes.length >= CHANGES_MAX;
  if (channel.last_post_at > since || overflow) {
    const reach = overflow ? { from: dayBefore, olderPages: OLDER_PAGES_MAX } : { from: since, olderPages: 0 };
    for (const row of await postsSince(deps.get, channel.id, since, reach)) rows.set(row.id, row);
  }
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

/**
 * All posts that are newer than `since`, and those before that are newer than `from`, up to so many pages of them: pages
 * backwards, each of which overlaps the one before.
 */
async function postsSince(
  get: Get,
  channelId: string,
  since: number,
  reach: { from: number; olderPages: number },
): Promise<PostRow[]> {
  const seen = new Map<string, PostRow>();
  let before: Boundary | undefined;
  for (let older = 0; older <= reach.olderPages;) {
    const rows = await page(get, channelId, `per_page=${String(PER_PAGE)}${before ? `&before=${before.id}` : ""}`);
    if (before?.overlaps === true && rows.length === 0)
      throw new MattermostError("malformed", "Posts went away while they were read.");
    const fresh = rows.filter((row) => !seen.has(row.id));
    for (const row of fresh) seen.set(row.id, row);
    const oldest = rows.at(-1);
    if (!oldest || fresh.length === 0 || oldest.create_at <= reach.from) break;
    if (oldest.create_at <= since) older += 1;
    before = boundary(rows, oldest);
  }
  return [...seen.values()];
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

/** Posts of every age that were made, edited, deleted or reacted to. */
const changesSince = (get: Get, channelId: string, since: number): Promise<PostRow[]> =>
  page(get, channelId, `since=${String(Math.max(since, 1))}`);

async function page(get: Get, channelId: string, query: string): Promise<PostRow[]> {
  const path = `/api/v4/channels/${channelId}/posts?${query}&skipFetchThreads=true`;
  const { order, posts } = await get(path, postListSchema, PAGE_MAX_BYTES);
  return (order ?? []).flatMap((id) => posts?.[id] ?? []);
}
