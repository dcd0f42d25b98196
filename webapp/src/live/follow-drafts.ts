import type { GlobalState } from "@mattermost/types/store";
import type { Live, LiveDraft } from "@openclaw-mattermost/contract";
import { createDrafts, type Draft } from "./drafts.ts";
import { hasPost, isHidden, putDraft, removeShown, type LocalStore } from "./local-posts.ts";

export interface FollowDeps {
  store: LocalStore & { subscribe: (listener: () => void) => () => void };
  /** The answers on their way in a channel, from the server. */
  snapshot: (channelId: string) => Promise<LiveDraft[]>;
  /** What is said of an answer on its way where it cannot be shown as it grows. */
  working: () => string;
  now: () => number;
  /** Calls once after a time; the returned function takes it back. */
  later: (ms: number, work: () => void) => () => void;
}

/** After an end, the post of the answer has this long to arrive; then the draft goes all the same. */
const SWAP_MS = 5_000;
const LOOK_MS = 5_000;
/** Several gaps at once are one question. */
const ASK_MS = 300;
/** The server tells of a channel for ten minutes after it was asked for it. */
const ASK_AGAIN_MS = 4 * 60_000;

/**
 * Keeps Mattermost's store in agreement with the answers on their way: each has a local post, which Mattermost's own client
 * replaces by the post of the answer, and which is taken away when there will be none.
 */
export function followDrafts(deps: FollowDeps) {
  const { store } = deps;
  const drafts = createDrafts(deps.now);
  const put = new Set<string>();
  const asking = new Set<string>();
  const timers = new Set<() => void>();
  const tried = new Map<string, number>();
  /** Channels that the user looks at, and when the server was asked for them last. */
  const looked = new Map<string, number>();
  let closed = false;
  let waiting = false;

  function later(ms: number, work: () => void): void {
    const cancel = deps.later(ms, () => {
      timers.delete(cancel);
      work();
    });
    timers.add(cancel);
  }

  function show(draft: Draft): void {
    put.add(draft.id);
    tried.set(draft.id, deps.now());
    putDraft(store, draft, deps.working());
  }

  function finish(draft: Draft): void {
    drafts.finish(draft.id);
    put.delete(draft.id);
    tried.delete(draft.id);
    removeShown(store, draft);
  }

  function hear(said: Live & { user_id: string }): void {
    switch (drafts.hear(said)) {
      case "new":
        showNew(said.draft);
        break;
      case "gap":
        showNew(said.draft);
        ask(said.channel_id);
        break;
      case "ended":
        endSoon(said.draft);
        break;
      case "aborted":
        finishKnown(said.draft);
        break;
      case "grown":
      case "old":
    }
  }

  function showNew(id: string): void {
    const draft = drafts.get(id);
    if (draft && !put.has(id)) show(draft);
  }
  /** When Mattermost's client has had its time to put the post in its place. */
  function endSoon(id: string): void {
    later(SWAP_MS, () => {
      finishKnown(id);
    });
  }
  function finishKnown(id: string): void {
    const draft = drafts.get(id);
    if (draft) finish(draft);
  }

  /** Asks for what the user looks at and the server was not asked for, or long ago. */
  function lookAround(): void {
    const channels = lookedAt(store.getState());
    for (const channel of looked.keys()) if (!channels.includes(channel)) looked.delete(channel);
    for (const channel of channels) {
      if (deps.now() - (looked.get(channel) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_MS) continue;
      looked.set(channel, deps.now());
      ask(channel);
    }
  }

  /** Asks the server how the drafts of a channel stand. What fails is asked again with the next gap or reconnect. */
  function ask(channel: string): void {
    if (asking.has(channel)) return;
    asking.add(channel);
    later(ASK_MS, () => {
      const askedAt = deps.now();
      deps.snapshot(channel).then(
        (found) => {
          asking.delete(channel);
          if (!closed) agree(channel, found, askedAt);
        },
        () => {
          asking.delete(channel);
        },
      );
    });
  }

  /** What the server did not have any more has ended while nobody listened; what is heard of since has begun meanwhile. */
  function agree(channel: string, found: readonly LiveDraft[], askedAt: number): void {
    const known = new Set(found.map(({ draft }) => draft));
    for (const draft of found) if (drafts.take(draft)) showNew(draft.draft);
    for (const draft of drafts.all()) {
      const isKnown = known.has(draft.id) || draft.heardAt >= askedAt;
      if (draft.channel_id === channel && !isKnown) finish(draft);
    }
  }

  const unsubscribe = store.subscribe(() => {
    lookAround();
    compare();
  });

  /** Whether the store still has what was put there. */
  function compare(): void {
    for (const draft of drafts.all()) {
      const state = store.getState();
      if (put.has(draft.id) && !hasPost(state, draft.id) && drafts.get(draft.id)) swapped(draft);
      else if (draft.channel_id === currentChannel(state) && isHidden(state, draft)) showAgain(draft);
    }
  }

  /** A list that does not take the draft is not asked again at once. */
  function showAgain(draft: Draft): void {
    if (deps.now() - (tried.get(draft.id) ?? 0) > ASK_MS) show(draft);
    else if (!waiting) {
      // A page on which nothing else happens says nothing more.
      waiting = true;
      later(ASK_MS + 1, () => {
        waiting = false;
        if (!closed) compare();
      });
    }
  }

  /** Mattermost has put the answer in the draft's place, or has forgotten the channel's posts. */
  function swapped(draft: Draft): void {
    put.delete(draft.id);
    const state = store.getState();
    const isLoaded = draft.channel_id in state.entities.posts.postsInChannel;
    if (isLoaded) drafts.finish(draft.id);
  }

  function look(): void {
    if (closed) return;
    for (const draft of drafts.silent()) finish(draft);
    lookAround();
    later(LOOK_MS, look);
  }
  look();

  return {
    drafts,
    hear,
    /** The post of an answer is there: its draft has ended, also where nothing else says so. */
    answered: ({ draft: id, userId }: { draft: string; userId: string }): void => {
      const draft = drafts.get(id);
      if (!draft) drafts.finish(id);
      // Anybody may write into a post that it is the answer.
      else if (draft.user_id === userId) endSoon(id);
    },
    /** After a break in the connection. */
    reload: (): void => {
      looked.clear();
      lookAround();
      for (const channel of new Set(drafts.all().map((draft) => draft.channel_id))) ask(channel);
    },
    /** Takes everything away. */
    close: (): void => {
      closed = true;
      unsubscribe();
      for (const cancel of timers) cancel();
      for (const draft of drafts.all()) finish(draft);
    },
  };
}

function currentChannel(state: GlobalState): string {
  return state.entities.channels.currentChannelId;
}

/** What Mattermost's client keeps of its views; its types do not tell. */
interface Views {
  views?: {
    rhs?: { selectedPostId?: string };
    threads?: { selectedThreadIdInTeam?: Record<string, string | undefined> };
  };
}

/** The channels that are open: the one in the middle, and those of the threads beside it and in the list of threads. */
function lookedAt(state: GlobalState & Views): string[] {
  const { posts } = state.entities.posts;
  const { rhs, threads } = state.views ?? {};
  const roots = [rhs?.selectedPostId, threads?.selectedThreadIdInTeam?.[state.entities.teams.currentTeamId]];
  const ofRoots = roots.map((id) => (posts as Partial<typeof posts>)[id ?? ""]?.channel_id);
  return [...new Set([currentChannel(state), ...ofRoots])].filter((id) => id !== undefined && id !== "") as string[];
}
