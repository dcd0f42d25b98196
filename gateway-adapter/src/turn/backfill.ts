import type { PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import { resolveChannelContextVisibilityMode } from "../host/sessions.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { PREVIEW_PROP } from "../mattermost/posts.ts";
import type { PostRow } from "../mattermost/rows.ts";
import { resolveAccess } from "./access.ts";
import type { TurnDeps } from "./agent-turn.ts";
import type { Admitted } from "./gates.ts";

export interface BackfillDeps {
  client: Pick<MattermostClient, "threadBefore" | "people">;
  /** The id of a session, undefined where there is none yet. */
  sessionId: (agentId: string, sessionKey: string) => string | undefined;
  isTold: (sessionKey: string, sessionId: string) => boolean;
}

/** What Mattermost is asked for at most. */
const POSTS_MAX = 200;
const DEADLINE_MS = 5_000;
/** What the agent is told of a thread at most. */
const HISTORY_MAX_CHARS = 16_000;
const DEFAULT_LIMIT = 50;

/**
 * What stands in a thread before the post, for a session that has no memory of it; undefined where there is nothing to tell.
 * Bounded by `historyLimit`, 200 posts, and five seconds: a server that does not answer holds no turn up.
 */
export async function threadHistory(
  deps: Pick<TurnDeps, "runtime" | "bot" | "log"> & { backfill: BackfillDeps },
  event: PostEvent,
  admitted: Admitted,
): Promise<string | undefined> {
  const { where, route, sessionKey, account, cfg } = admitted;
  const limit = Math.min(account.historyLimit ?? cfg.messages?.groupChat?.historyLimit ?? DEFAULT_LIMIT, POSTS_MAX);
  if (!where.sessionThread || !event.post.root_id || limit <= 0) return undefined;
  const session = deps.backfill.sessionId(route.agentId, sessionKey);
  if (session !== undefined && deps.backfill.isTold(sessionKey, session)) return undefined;
  try {
    return await within(DEADLINE_MS, read(deps, event, admitted, limit));
  } catch (error) {
    deps.log("A thread could not be read; the agent goes without what was said before.", {
      account: account.accountId,
      post: event.post.id,
      reason: messageOf(error),
    });
    return undefined;
  }
}

async function read(
  deps: Pick<TurnDeps, "runtime" | "bot"> & { backfill: BackfillDeps },
  event: PostEvent,
  admitted: Admitted,
  limit: number,
): Promise<string | undefined> {
  const before = { id: event.post.id, at: event.post.create_at };
  const posts = (await deps.backfill.client.threadBefore(event.post.root_id, before, limit + 1))
    .filter((post) => isTold(post, event))
    .sort((a, b) => a.create_at - b.create_at)
    .slice(-limit);
  return linesOf(await visible(deps, event, admitted, posts));
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error("Mattermost did not answer in time."));
  }, ms);
  return Promise.race([work, late.promise]).finally(() => {
    clearTimeout(timer);
  });
}

/** What people and bots wrote before; not what the server says, and nothing that was deleted. */
function isTold(post: PostRow, event: PostEvent): boolean {
  const { post: asked } = event;
  const inThread = post.id === asked.root_id || post.root_id === asked.root_id;
  const said = post.message.trim() !== "" || (post.file_ids ?? []).length > 0;
  return (
    inThread &&
    said &&
    post.id !== asked.id &&
    post.channel_id === event.channel.id &&
    post.create_at <= asked.create_at &&
    post.delete_at === 0 &&
    !post.type.startsWith("system_") &&
    typeof post.props?.[PREVIEW_PROP] !== "string"
  );
}

interface Line {
  name: string;
  text: string;
}

/** With names, and without those whom `contextVisibility` hides. */
async function visible(
  deps: Pick<TurnDeps, "runtime" | "bot"> & { backfill: BackfillDeps },
  event: PostEvent,
  { account, cfg }: Admitted,
  posts: readonly PostRow[],
): Promise<Line[]> {
  const ids = [...new Set(posts.map((post) => post.user_id))].filter((id) => id !== deps.bot.id);
  const users = ids.length > 0 ? await deps.backfill.client.people(ids) : [];
  const mode = resolveChannelContextVisibilityMode({ cfg, channel: CHANNEL_ID, accountId: account.accountId });
  const shown = new Map<string, string>([[deps.bot.id, `${deps.bot.username} (you)`]]);
  const isAllowed = async ({ id, username }: { id: string; username: string }): Promise<boolean> => {
    const access = await resolveAccess(deps.runtime, account, {
      cfg,
      actor: { ...event.actor, id, username },
      channel: event.channel,
      event: { kind: "message", authMode: "inbound", mayPair: false },
    });
    return access.ingress.decision === "allow";
  };
  for (const user of users) {
    if (mode === "all" || (await isAllowed(user))) shown.set(user.id, user.username);
  }
  return posts.flatMap((post) => {
    const name = shown.get(post.user_id);
    return name ? [{ name, text: post.message.trim() || "[a file]" }] : [];
  });
}

/** The latest lines that fit. */
function linesOf(lines: readonly Line[]): string | undefined {
  const kept: string[] = [];
  let room = HISTORY_MAX_CHARS;
  for (const { name, text } of [...lines].reverse()) {
    const line = `@${name}: ${text}`;
    room -= line.length;
    if (room < 0) break;
    kept.unshift(line);
  }
  return kept.length > 0 ? kept.join("\n") : undefined;
}
