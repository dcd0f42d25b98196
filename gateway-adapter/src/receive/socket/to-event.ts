import { eventSchema, STALE_AFTER_MS, type ChannelEvent } from "@openclaw-mattermost/contract";
import type { Facts } from "./facts.ts";
import { isOutOfSight } from "./rest.ts";
import { postRowSchema, reactionRowSchema, type PostRow, type ReactionRow } from "../../mattermost/rows.ts";
import type { SocketMessage } from "./rows.ts";

export interface MapperDeps {
  facts: Facts;
  /** What the bot itself does makes no event. */
  botId: string;
  now: () => number;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/** An event before it is known who did it, and where. */
export interface Draft {
  id: string;
  type: ChannelEvent["type"];
  ts: number;
  channelId: string;
  actorId: string;
  isWebhook: boolean;
  /** Undefined: the post knows. */
  threadRoot: string | undefined;
  postId: string;
  body: Record<string, unknown>;
}

/** Types of messages that become events; the rest is not kept. */
export const SOCKET_EVENTS: ReadonlySet<string> = new Set([
  "posted",
  "post_edited",
  "post_deleted",
  "reaction_added",
  "reaction_removed",
]);

const PROPS = ["from_webhook", "from_bot", "from_plugin", "override_username"] as const;
const PROP_MAX = 64;

/** Makes of rows the same events, with the same ids, as the plugin does (contract/README.md). */
export function createMapper(deps: MapperDeps) {
  const { facts, log } = deps;

  /** Looks up who and where. Undefined where the bot may not see it any more. Throws `MattermostError`. */
  async function complete(draft: Draft): Promise<ChannelEvent | undefined> {
    if (draft.threadRoot !== undefined) facts.rememberThread(draft.postId, draft.threadRoot);
    try {
      const [actor, channel, threadRoot] = [
        await facts.actor(draft.actorId),
        await facts.channel(draft.channelId),
        draft.threadRoot ?? (await facts.threadRoot(draft.postId)),
      ];
      const event = eventSchema.safeParse({
        id: draft.id,
        type: draft.type,
        lane: draft.channelId,
        ts: draft.ts,
        stale: deps.now() - draft.ts > STALE_AFTER_MS,
        actor: { ...actor, is_webhook: draft.isWebhook },
        channel,
        thread_root: threadRoot,
        ...draft.body,
      });
      if (event.success && event.data.type !== "ping" && event.data.type !== "panel.asked") return event.data;
      log("A happening breaks the contract, so it is left out.", { event: draft.id });
    } catch (error) {
      if (!isOutOfSight(error)) throw error;
      log("The bot may not see who did it or where, so it is left out.", { event: draft.id });
    }
    return undefined;
  }

  return {
    complete,
    /** The event of a message; undefined if it makes none. Throws `MattermostError` if a fact cannot be had just now. */
    async ofMessage(message: SocketMessage): Promise<ChannelEvent | undefined> {
      const draft = draftOf(message, deps);
      return draft && complete(draft);
    },
    /** What a row that was read after a gap tells of the time since then, oldest first. */
    ofRow: (row: PostRow, sinceMs: number): Draft[] => draftsOfRow(row, sinceMs, deps),
  };
}
export type Mapper = ReturnType<typeof createMapper>;

function draftOf(message: SocketMessage, deps: MapperDeps): Draft | undefined {
  const channelId = message.broadcast?.channel_id ?? "";
  switch (message.event) {
    case "posted":
      return ofPost(readRow(message.data?.["post"]), deps, created);
    case "post_edited":
      return ofPost(readRow(message.data?.["post"]), deps, edited);
    case "post_deleted":
      return ofPost(readRow(message.data?.["post"]), deps, (row) => deleted(row, row.delete_at || deps.now()));
    case "reaction_added":
      return ofReaction(readReaction(message.data?.["reaction"]), channelId, deps, "reaction.added");
    case "reaction_removed":
      return ofReaction(readReaction(message.data?.["reaction"]), channelId, deps, "reaction.removed");
    default:
      return undefined;
  }
}

function draftsOfRow(row: PostRow, sinceMs: number, deps: MapperDeps): Draft[] {
  // Earlier versions of edited posts lie in the same table.
  if (row.original_id !== "") return [];
  const made: (Draft | undefined)[] = [];
  if (row.delete_at > 0) {
    if (row.delete_at > sinceMs) made.push(ofPost(row, deps, (each) => deleted(each, each.delete_at)));
  } else {
    if (row.create_at > sinceMs) made.push(ofPost(row, deps, created));
    if (row.edit_at > sinceMs) made.push(ofPost(row, deps, edited));
    for (const reaction of row.metadata?.reactions ?? []) {
      const draft = ofReaction(reaction, row.channel_id, deps, "reaction.added");
      if (draft && draft.ts > sinceMs) made.push({ ...draft, threadRoot: row.root_id });
    }
  }
  return made.filter((draft) => draft !== undefined);
}

/** Leaves out the bot's own posts, system posts, and posts that burn on reading: their text must not outlive it. */
function ofPost(
  row: PostRow | undefined,
  { botId }: MapperDeps,
  make: (row: PostRow) => Draft | undefined,
): Draft | undefined {
  if (!row || row.user_id === botId || row.type.startsWith("system_") || row.type === "burn_on_read") return undefined;
  return make(row);
}

const created = (row: PostRow): Draft =>
  ofRow(row, "post.created", `post.created:${row.id}`, row.create_at, whole(row));

/** A pin comes as an edit, too, but leaves `edit_at` as it was. */
const edited = (row: PostRow): Draft | undefined =>
  row.edit_at > 0
    ? ofRow(row, "post.edited", `post.edited:${row.id}:${String(row.edit_at)}`, row.edit_at, whole(row))
    : undefined;

/** Never before it was made, so that the two keep their order. */
const deleted = (row: PostRow, atMs: number): Draft =>
  ofRow(row, "post.deleted", `post.deleted:${row.id}`, Math.max(atMs, row.create_at, row.edit_at), bare(row));

function ofRow(row: PostRow, type: Draft["type"], id: string, ts: number, post: Record<string, unknown>): Draft {
  return {
    id,
    type,
    ts,
    channelId: row.channel_id,
    actorId: row.user_id,
    // Whoever sets it on an own post only gives rights away.
    isWebhook: row.props?.["from_webhook"] !== undefined,
    threadRoot: row.root_id,
    postId: row.id,
    body: { post },
  };
}

const bare = ({ id, user_id, root_id, create_at }: PostRow) => ({ id, user_id, root_id, create_at });

const whole = (row: PostRow): Record<string, unknown> => ({
  ...bare(row),
  message: row.message,
  type: row.type,
  edit_at: row.edit_at,
  file_ids: row.file_ids ?? [],
  props: Object.fromEntries(
    PROPS.flatMap((name) => {
      const value = row.props?.[name];
      return typeof value === "string" ? [[name, Array.from(value).slice(0, PROP_MAX).join("")]] : [];
    }),
  ),
});

/** A row keeps the `create_at` of the first time that this emoji was added; `update_at` is the time of this one. */
function ofReaction(
  row: ReactionRow | undefined,
  channelId: string,
  { botId, now }: MapperDeps,
  type: "reaction.added" | "reaction.removed",
): Draft | undefined {
  if (!row || row.user_id === botId) return undefined;
  const ts = type === "reaction.added" ? Math.max(row.update_at, row.create_at) : row.update_at || now();
  return {
    id: [type, row.post_id, row.user_id, row.emoji_name, ts].join(":"),
    type,
    ts,
    channelId,
    actorId: row.user_id,
    isWebhook: false,
    threadRoot: undefined,
    postId: row.post_id,
    body: { reaction: { post_id: row.post_id, emoji_name: row.emoji_name, create_at: row.create_at } },
  };
}

const readRow = (json: unknown): PostRow | undefined => postRowSchema.safeParse(parsed(json)).data;
const readReaction = (json: unknown): ReactionRow | undefined => reactionRowSchema.safeParse(parsed(json)).data;

/** Rows travel as text within the message. */
function parsed(json: unknown): unknown {
  if (typeof json !== "string") return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
