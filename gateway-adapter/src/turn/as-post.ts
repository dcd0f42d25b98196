import type { ChannelEvent, PostEvent } from "@openclaw-mattermost/contract";
import type { IngressLifecycle } from "./adoption.ts";
import { runTurn, type TurnDeps } from "./agent-turn.ts";
import type { Admitted } from "./gates.ts";
import type { Runs } from "./runs.ts";

/** What whoever may not talk is told. */
export const NO_ACCESS = "You may not use this assistant here. Ask the person who runs it to allow you.";
export const NOT_PAIRED =
  "You are not paired with this assistant yet. Follow the steps in its direct message, then try again.";

/**
 * To OpenClaw's policy a command or a click is what a post is that names the bot. `id` stands for the post, which there is none
 * of; `threadRoot` is where it belongs.
 */
export function asPostOf(
  event: ChannelEvent,
  bot: { username: string },
  { id, text, threadRoot = event.thread_root }: { id: string; text: string; threadRoot?: string },
): PostEvent {
  return {
    id: event.id,
    type: "post.created",
    lane: event.lane,
    ts: event.ts,
    stale: false,
    actor: event.actor,
    channel: event.channel,
    thread_root: threadRoot,
    post: {
      id,
      user_id: event.actor.id,
      root_id: threadRoot,
      message: `@${bot.username} ${text}`,
      type: "",
      create_at: event.ts,
      edit_at: 0,
      file_ids: [],
      props: {},
    },
  };
}

/** Runs the agent's turn of what stands for a post. A turn that was taken back is done. */
export async function runAsPost(
  deps: TurnDeps & { runs: Runs },
  event: PostEvent,
  admitted: Admitted,
  lifecycle: IngressLifecycle,
): Promise<void> {
  const run = deps.runs.begin(
    { id: event.post.id, root_id: event.thread_root },
    { channelId: event.channel.id, rootId: event.thread_root, postId: "", userId: event.actor.id },
  );
  let waiting = false;
  try {
    const turn = { event, admitted, missed: [], lifecycle, run, onSettled: run.end };
    waiting = (await runTurn(deps, turn)) === "waiting";
  } catch (error) {
    if (!run.takenBack()) throw error;
  } finally {
    if (!waiting) run.end();
  }
}
