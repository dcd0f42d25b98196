import type { Run as RunState } from "@openclaw-mattermost/contract";

/** What a run is told when it is taken back. */
export type TakenBack = "deleted" | "edited" | "stopped";

/** Who asked, and where the answer goes. `postId` is empty for a command. */
export interface RunFacts {
  channelId: string;
  rootId: string;
  postId: string;
  userId: string;
}

/** A request on its way through OpenClaw. */
export interface Run {
  /** Aborts when the request is taken back. */
  signal: AbortSignal;
  /** Why it was taken back, if it was. */
  takenBack: () => TakenBack | undefined;
  /** OpenClaw has it, and has not said yet whether it begins or waits: until then an edit is noted. */
  handed: () => void;
  /** It waits behind another run of its session. An edit takes it back, also one that came since it was handed over. */
  queued: () => void;
  /** The agent works on it: from now on an edit comes too late. */
  begun: () => void;
  hasBegun: () => boolean;
  /** The tool that is at work now; empty for none. */
  uses: (tool: string) => void;
  end: (how?: "done" | "failed") => void;
}

interface Running extends Run {
  post: { id: string; root_id: string };
  /** Its post was edited. */
  revise: () => void;
  facts: RunFacts;
  controller: AbortController;
}

export interface RunsDeps {
  newId: () => string;
  now: () => number;
  /** Told of each run that people may see, as it changes. */
  onState: (state: RunState) => void;
}

const TOOL_MAX = 64;

/** The requests that are under way, by the post that asked for them, from the first look at it to the end of the agent's run. */
export function createRuns({ newId, now, onState }: RunsDeps) {
  const running = new Map<string, Running>();

  function take(run: Running, why: TakenBack): boolean {
    if (run.signal.aborted) return false;
    run.controller.abort(why);
    return true;
  }
  const takeAll = (why: TakenBack, concerns: (run: Running) => boolean): number =>
    [...running.values()].filter(concerns).filter((run) => take(run, why)).length;

  return {
    /** `post` stands for the request: a command has none, and gives its own id. */
    begin(post: { id: string; root_id: string }, facts: RunFacts): Run {
      const controller = new AbortController();
      const { signal } = controller;
      let stage: "new" | "handed" | "queued" | "begun" = "new";
      let revised = false;
      let shown: RunState | undefined;
      const tell = (change: Pick<RunState, "state" | "tool">): void => {
        shown ??= {
          id: newId(),
          channel_id: facts.channelId,
          root_id: facts.rootId,
          post_id: facts.postId,
          user_id: facts.userId,
          started_at: now(),
          ...change,
        };
        shown = { ...shown, ...change };
        onState(shown);
      };
      const takenBack = (): TakenBack | undefined => (signal.aborted ? (signal.reason as TakenBack) : undefined);
      const run: Running = {
        post,
        facts,
        controller,
        signal,
        takenBack,
        revise: () => {
          if (stage === "handed") revised = true;
          else if (stage !== "begun") take(run, "edited");
        },
        handed: () => {
          stage = "handed";
          tell({ state: "working", tool: "" });
        },
        queued: () => {
          stage = "queued";
          tell({ state: "queued", tool: "" });
          if (revised) take(run, "edited");
        },
        begun: () => {
          stage = "begun";
          if (shown?.state !== "working") tell({ state: "working", tool: "" });
        },
        hasBegun: () => stage === "begun",
        uses: (tool) => {
          const name = tool.slice(0, TOOL_MAX);
          if (stage === "begun" && shown?.tool !== name) tell({ state: "working", tool: name });
        },
        end: (how = "done") => {
          if (running.get(post.id) === run) running.delete(post.id);
          if (shown) tell({ state: takenBack() ? "stopped" : how, tool: "" });
          shown = undefined;
        },
      };
      running.set(post.id, run);
      return run;
    },
    /** A post was deleted, and with it, if it was a root, its thread: cancels their runs. True if there was one. */
    cancel: (postId: string): boolean =>
      takeAll("deleted", ({ post }) => post.id === postId || post.root_id === postId) > 0,
    /** A post was edited: a run that has not begun is taken back, to begin again with the new text. */
    revise: (postId: string): void => running.get(postId)?.revise(),
    /** Whether what this post asked for is under way. */
    has: (postId: string): boolean => running.has(postId),
    /**
     * Somebody wants their own run of a post stopped, those of a thread, or at top level all of theirs in the channel. Returns how
     * many were.
     */
    stop: (by: { userId: string; channelId: string; rootId: string; postId?: string | undefined }): number =>
      takeAll(
        "stopped",
        ({ post, facts }) =>
          facts.userId === by.userId &&
          facts.channelId === by.channelId &&
          (by.postId === undefined || post.id === by.postId) &&
          (by.rootId === "" || facts.rootId === by.rootId),
      ),
  };
}
export type Runs = ReturnType<typeof createRuns>;
