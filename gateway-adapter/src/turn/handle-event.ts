import type { ChannelEvent, PostEvent } from "@openclaw-mattermost/contract";
import { offerPairing, runTurn, type IngressLifecycle, type TurnDeps } from "./agent-turn.ts";
import { conversationOf } from "./conversation.ts";
import { passGates, type Admitted } from "./gates.ts";
import { tellReaction } from "./reaction.ts";
import type { Runs } from "./runs.ts";

/** What the inbox remembers of posts; `inbox/memory.ts`. */
export interface PostMemory {
  verdictOf: (postId: string) => { verdict: string; editAt: number } | undefined;
  decide: (postId: string, verdict: "turn" | "context" | "deleted" | `dropped:${string}`, editAt: number) => void;
  isDeleted: (postId: string) => boolean;
  latestEdit: (postId: string) => PostEvent | undefined;
  hasStaleBehind: (event: PostEvent) => boolean;
  keepForLater: (event: PostEvent) => void;
  dropKept: (postId: string) => void;
  keptIn: (lane: string) => PostEvent[];
  tellKeptWith: (lane: string, carrierId: string) => void;
}

export interface HandleDeps extends TurnDeps {
  memory: PostMemory;
  runs: Runs;
}

/** What became of an event. */
export type EventVerdict = { kind: "dispatched" | "kept" | "told" } | { kind: "dropped"; reason: string };

const dropped = (reason: string): EventVerdict => ({ kind: "dropped", reason });

/** Works off one event of a lane; the next one of the lane waits until this resolves or its turn is adopted. */
export async function handleEvent(
  deps: HandleDeps,
  event: ChannelEvent,
  lifecycle: IngressLifecycle,
): Promise<EventVerdict> {
  switch (event.type) {
    case "post.created":
      return handleCreated(deps, event, lifecycle);
    case "post.edited":
      return handleEdited(deps, event, lifecycle);
    case "post.deleted":
      return handleDeleted(deps, event);
    case "reaction.added":
    case "reaction.removed":
      return (await tellReaction(deps, event)) ? { kind: "told" } : dropped("not_allowed");
    case "command.invoked":
    case "action.clicked":
      return dropped("not_served");
  }
}

async function handleCreated(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<EventVerdict> {
  const { memory } = deps;
  if (memory.isDeleted(event.post.id)) {
    memory.decide(event.post.id, "deleted", 0);
    return dropped("deleted");
  }
  // An edit that came before the turn replaces the text.
  const edit = memory.latestEdit(event.post.id);
  return decide(deps, edit ? { ...event, post: edit.post } : event, lifecycle);
}

/** An edit counts only where the post has started nothing so far: a mention may have been added. */
async function handleEdited(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<EventVerdict> {
  const { memory } = deps;
  const before = memory.verdictOf(event.post.id);
  if (memory.isDeleted(event.post.id)) return dropped("deleted");
  if (before && (before.editAt >= event.post.edit_at || !before.verdict.startsWith("dropped:")))
    return dropped("known");
  return decide(deps, event, lifecycle);
}

async function handleDeleted(
  deps: HandleDeps,
  event: Extract<ChannelEvent, { type: "post.deleted" }>,
): Promise<EventVerdict> {
  deps.memory.dropKept(event.post.id);
  return deps.runs.cancel(event.post.id) ? { kind: "told" } : dropped("nothing_to_cancel");
}

/** Gates, then a turn; of several stale posts in a lane only the last one starts it, with the others told along. */
async function decide(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<EventVerdict> {
  const { memory, runtime } = deps;
  const account = deps.account();
  const gates = await passGates({ runtime, account, bot: deps.bot }, event);
  const moreBehind = event.stale && memory.hasStaleBehind(event);
  if (gates.kind === "admitted") {
    if (!moreBehind) return turn(deps, event, gates, { id: event.id, lifecycle });
    memory.keepForLater(event);
    memory.decide(event.post.id, "context", event.post.edit_at);
    return { kind: "kept" };
  }
  const reason = gates.kind === "pairing" ? "pairing" : gates.reason;
  if (gates.kind === "pairing") await offerPairing(deps, account, event);
  memory.decide(event.post.id, `dropped:${reason}`, event.post.edit_at);
  if (event.stale && !moreBehind) await answerKept(deps, event, lifecycle);
  return dropped(reason);
}

/** The last stale post of a lane starts nothing itself: the last one before it that was kept is answered. */
async function answerKept(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<void> {
  const owed = deps.memory.keptIn(event.lane).at(-1);
  if (!owed) return;
  const gates = await passGates({ runtime: deps.runtime, account: deps.account(), bot: deps.bot }, owed);
  if (gates.kind === "admitted") await turn(deps, owed, gates, { id: event.id, lifecycle });
}

/** `carrier` is the event that the inbox is working off: with it the kept posts are told, in one write. */
async function turn(
  deps: HandleDeps,
  event: PostEvent,
  admitted: Admitted,
  carrier: { id: string; lifecycle: IngressLifecycle },
): Promise<EventVerdict> {
  const { memory, runs } = deps;
  const missed = memory.keptIn(event.lane).filter((kept) => kept.id !== event.id);
  memory.decide(event.post.id, "turn", event.post.edit_at);
  memory.tellKeptWith(event.lane, carrier.id);
  const run = runs.begin(event.post.id);
  try {
    await runTurn(deps, { event, admitted, missed, lifecycle: carrier.lifecycle, signal: run.signal });
  } catch (error) {
    // Taken back on the way: there is nothing to try again.
    if (!run.signal.aborted) throw error;
  } finally {
    run.end();
  }
  if (!run.signal.aborted) return { kind: "dispatched" };
  await sayCancelled(deps, event);
  return dropped("deleted");
}

/** In the thread, unless the deleted post was its root: then in the channel. */
async function sayCancelled(deps: HandleDeps, event: PostEvent): Promise<void> {
  const { replyRoot } = conversationOf(event, deps.account());
  const rootId = replyRoot === event.post.id ? "" : replyRoot;
  await deps.send(`channel:${event.channel.id}`, "The request was deleted, so I stopped working on it.", rootId);
}
