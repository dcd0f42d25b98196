import type { ChannelEvent, PostEvent } from "@openclaw-mattermost/contract";
import type { IngressLifecycle } from "./adoption.ts";
import { offerPairing, runTurn, type TurnDeps } from "./agent-turn.ts";
import type { BotBudget } from "./bot-budget.ts";
import { messageOf } from "../errors.ts";
import { conversationOf } from "./conversation.ts";
import { passGates, type Admitted } from "./gates.ts";
import { tellReaction } from "./reaction.ts";
import type { Run, Runs } from "./runs.ts";

/** What the inbox remembers of posts; `inbox/memory.ts`. */
export interface PostMemory {
  verdictOf: (postId: string) => { verdict: string; editAt: number; by: string } | undefined;
  decide: (decision: {
    postId: string;
    lane: string;
    verdict: "turn" | "context" | "deleted" | `dropped:${string}`;
    editAt: number;
    by: string;
  }) => void;
  isDeleted: (post: { id: string; root_id: string }) => boolean;
  latestEdit: (postId: string) => PostEvent | undefined;
  hasStaleBehind: (event: PostEvent) => boolean;
  keepForLater: (event: PostEvent) => void;
  rewordKept: (edit: PostEvent) => boolean;
  dropKept: (postId: string) => void;
  keptIn: (lane: string) => PostEvent[];
  tellKeptWith: (lane: string, carrierId: string) => void;
}

export interface HandleDeps extends TurnDeps {
  memory: PostMemory;
  runs: Runs;
  botBudget: BotBudget;
  now: () => number;
}

/** What became of an event. */
export type EventVerdict = { kind: "dispatched" | "kept" | "told" } | { kind: "dropped"; reason: string };

/** So long the inbox surely remembers what became of a post; it keeps its tombstones for longer. */
const REMEMBERED_MS = 13 * 24 * 3_600_000;

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
    case "dialog.submitted":
      return dropped("not_served");
  }
}

async function handleCreated(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<EventVerdict> {
  const { memory, botBudget } = deps;
  botBudget.heard(event);
  const before = memory.verdictOf(event.post.id);
  // An edit that came first has told the whole post already.
  if (before && before.by !== event.id) return dropped("known");
  return decideNewest(deps, event, lifecycle);
}

/** An edit counts only where the post has started nothing so far: a mention may have been added. */
async function handleEdited(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<EventVerdict> {
  const { memory } = deps;
  const before = memory.verdictOf(event.post.id);
  // A turn that failed is tried again by the same event.
  if (before && before.by !== event.id) {
    if (before.verdict === "context" && memory.rewordKept(event)) return { kind: "kept" };
    if (before.editAt >= event.post.edit_at || !before.verdict.startsWith("dropped:")) return dropped("known");
  }
  // What became of so old a post is forgotten: it may have been answered long ago.
  if (!before && deps.now() - event.post.create_at > REMEMBERED_MS) return dropped("too_old");
  return decideNewest(deps, event, lifecycle);
}

/** A deleted post starts nothing, and an edit that waits replaces the text. */
async function decideNewest(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<EventVerdict> {
  if (deps.memory.isDeleted(event.post)) return gone(deps, event);
  return decide(deps, asItReads(deps, event), lifecycle);
}

function asItReads({ memory }: HandleDeps, event: PostEvent): PostEvent {
  const edit = memory.latestEdit(event.post.id);
  return edit && edit.post.edit_at > event.post.edit_at ? { ...event, post: edit.post } : event;
}

/** What is kept of a lane, without what was deleted in the meantime. */
const keptNow = (deps: HandleDeps, lane: string): PostEvent[] =>
  deps.memory
    .keptIn(lane)
    .filter(({ post }) => !deps.memory.isDeleted(post))
    .map((kept) => asItReads(deps, kept));

function gone({ memory }: HandleDeps, event: PostEvent): EventVerdict {
  memory.decide(decisionOf(event, "deleted"));
  return dropped("deleted");
}

/** `by` the event that is being worked off; its post may read as a later edit has it. */
const decisionOf = <V>({ id, lane, post }: PostEvent, verdict: V) => ({
  postId: post.id,
  lane,
  verdict,
  editAt: post.edit_at,
  by: id,
});

async function handleDeleted(
  deps: HandleDeps,
  event: Extract<ChannelEvent, { type: "post.deleted" }>,
): Promise<EventVerdict> {
  deps.memory.dropKept(event.post.id);
  return deps.runs.cancel(event.post.id) ? { kind: "told" } : dropped("nothing_to_cancel");
}

/** Gates, then a turn; of several stale posts in a lane only the last one starts it, with the others told along. */
async function decide(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<EventVerdict> {
  const { memory } = deps;
  const account = deps.account();
  const gates = await passGates({ ...deps, account }, event);
  const moreBehind = event.stale && memory.hasStaleBehind(event);
  if (gates.kind === "admitted" && moreBehind) {
    memory.keepForLater(event);
    memory.decide(decisionOf(event, "context"));
    return { kind: "kept" };
  }
  if (gates.kind === "admitted" && deps.botBudget.allows(event, deps.bot.id, account))
    return turn(deps, event, gates, { event, lifecycle });
  const reason = gates.kind === "admitted" ? "bot_budget" : gates.kind === "pairing" ? "pairing" : gates.reason;
  const offered = gates.kind === "pairing" && (await offerPairing(deps, account, event));
  await deps.notify(event, gates, offered);
  memory.decide(decisionOf(event, `dropped:${reason}` as const));
  if (event.stale && !moreBehind) await answerKept(deps, event, lifecycle);
  return dropped(reason);
}

/** The last stale post of a lane starts nothing itself: the last one before it that was kept is answered. */
async function answerKept(deps: HandleDeps, event: PostEvent, lifecycle: IngressLifecycle): Promise<void> {
  const owed = keptNow(deps, event.lane).at(-1);
  if (!owed) return;
  const gates = await passGates({ ...deps, account: deps.account() }, owed);
  if (gates.kind === "admitted") await turn(deps, owed, gates, { event, lifecycle });
}

/** `carrier` is the event that the inbox is working off: with it the kept posts are told, in one write. */
async function turn(
  deps: HandleDeps,
  event: PostEvent,
  admitted: Admitted,
  carrier: { event: PostEvent; lifecycle: IngressLifecycle },
): Promise<EventVerdict> {
  const { memory, runs } = deps;
  const { lifecycle } = carrier;
  const run = runs.begin(event.post, {
    channelId: event.channel.id,
    rootId: admitted.where.replyRoot,
    postId: event.post.id,
    userId: event.actor.id,
  });
  // It may have been deleted or edited while the gates were asked, before there was anything to take back.
  if (memory.isDeleted(event.post) || asItReads(deps, event) !== event) {
    run.end();
    return decideNewest(deps, carrier.event, lifecycle);
  }
  const missed = keptNow(deps, event.lane).filter((kept) => kept.id !== event.id);
  memory.decide(decisionOf(event, "turn"));
  memory.tellKeptWith(event.lane, carrier.event.id);
  const onSettled = (): void => {
    void endQueued(deps, event, run);
  };
  let state: "ended" | "waiting" | "failed" = "failed";
  try {
    state = await runTurn(deps, { event, admitted, missed, lifecycle, run, onSettled });
  } catch (error) {
    // Taken back on the way: there is nothing to try again.
    if (!run.takenBack()) throw error;
  } finally {
    if (state !== "waiting") run.end(state === "failed" ? "failed" : "done");
  }
  const takenBack = state === "waiting" ? undefined : run.takenBack();
  if (takenBack === undefined) return { kind: "dispatched" };
  // Before the agent knew of it: once more, as it reads now.
  if (takenBack === "edited") return decideNewest(deps, carrier.event, lifecycle);
  if (takenBack === "deleted" && run.hasBegun()) await sayCancelled(deps, event);
  return dropped(takenBack);
}

/** A request that had to wait for its session is through, or was taken back before its turn came: then it said nothing. */
async function endQueued(deps: HandleDeps, event: PostEvent, run: Run): Promise<void> {
  run.end();
  if (run.takenBack() !== "deleted" || !run.hasBegun()) return;
  try {
    await sayCancelled(deps, event);
  } catch (error) {
    deps.log("That a request was cancelled could not be said.", { event: event.id, reason: messageOf(error) });
  }
}

/** In the thread, unless its root is gone: then in the channel. */
async function sayCancelled(deps: HandleDeps, event: PostEvent): Promise<void> {
  const { replyRoot } = conversationOf(event, deps.account());
  const rootId = deps.memory.isDeleted({ id: replyRoot, root_id: "" }) ? "" : replyRoot;
  await deps.send(`channel:${event.channel.id}`, "The request was deleted, so I stopped working on it.", rootId);
}
