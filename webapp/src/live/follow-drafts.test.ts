import { describe, expect, it } from "@jest/globals";
import type { GlobalState } from "@mattermost/types/store";
import type { Live, LiveDraft } from "@openclaw-mattermost/contract";
import { followDrafts } from "./follow-drafts.ts";

const ID = `openclaw-${"d".repeat(26)}`;
const say = (seq: number, type: Live["type"], more: Partial<Live> = {}): Live & { user_id: string } => ({
  ...{ draft: ID, seq, type, channel_id: "town", root_id: "", request_id: "asked", started_at: 5, user_id: "bot" },
  tools: [],
  ...more,
});

interface LocalPost {
  id: string;
  channel_id: string;
  root_id: string;
  pending_post_id?: string;
}
type Action =
  | { type: "RECEIVED_NEW_POST"; data: LocalPost; features: { crtEnabled: boolean } }
  | { type: "POST_REMOVED"; data: LocalPost };

/** As much of Mattermost's store as matters here, with its reducers for posts. */
function createStore(loaded: string[]) {
  const posts: Record<string, LocalPost> = {};
  const postsInChannel: Record<string, { order: string[]; recent: boolean }[]> = {};
  for (const channel of loaded) postsInChannel[channel] = [{ order: [], recent: true }];
  const channels = { currentChannelId: "town" };
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const drop = (id: string, channel: string): void => {
    delete posts[id];
    for (const block of postsInChannel[channel] ?? []) block.order = block.order.filter((each) => each !== id);
  };
  const dispatch = (action: Action): void => {
    const { data } = action;
    if (action.type === "POST_REMOVED") drop(data.id, data.channel_id);
    else {
      if (data.pending_post_id) drop(data.pending_post_id, data.channel_id);
      posts[data.id] = data;
      const [block] = postsInChannel[data.channel_id] ?? [];
      if (block && !block.order.includes(data.id)) block.order.unshift(data.id);
    }
    changed();
  };
  const views = { rhs: { selectedPostId: "" } };
  const state = {
    views,
    entities: {
      posts: { posts, postsInChannel },
      teams: { currentTeamId: "team" },
      channels,
      general: { config: { CollapsedThreads: "always_on" } },
      preferences: { myPreferences: {} },
    },
  } as unknown as GlobalState;
  return {
    store: {
      getState: () => state,
      dispatch: dispatch as (action: never) => unknown,
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    order: (channel: string) => postsInChannel[channel]?.[0]?.order,
    has: (id: string) => id in posts,
    load: (channel: string): void => {
      postsInChannel[channel] = [{ order: [], recent: true }];
      changed();
    },
    look: (channel: string): void => {
      channels.currentChannelId = channel;
      changed();
    },
    /** Opens a thread beside the channel. */
    openThread: (root: LocalPost): void => {
      posts[root.id] = root;
      views.rhs.selectedPostId = root.id;
      changed();
    },
    /** What Mattermost's client does with the post of the answer. */
    answer: (post: Partial<LocalPost>) => {
      const data = { id: "answer", channel_id: "town", root_id: "", pending_post_id: ID, ...post };
      dispatch({ type: "RECEIVED_NEW_POST", data, features: { crtEnabled: true } });
    },
  };
}

/** Lets promises that are kept already be heard. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
}

function setUp(loaded = ["town"]) {
  const page = createStore(loaded);
  let now = 1_000_000;
  let timers: { at: number; work: () => void }[] = [];
  const asked: string[] = [];
  let server: LiveDraft[] = [];
  let answers = Promise.resolve();
  const live = followDrafts({
    store: page.store,
    snapshot: (channel) => {
      asked.push(channel);
      const found = server;
      return answers.then(() => found);
    },
    working: () => "Working",
    now: () => now,
    later: (ms, work) => {
      const timer = { at: now + ms, work };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  });
  return {
    ...page,
    live,
    asked,
    serve: (drafts: LiveDraft[]) => (server = drafts),
    /** Holds the server's answers back until the returned function is called. */
    hold: (): (() => void) => {
      let release = (): void => undefined;
      answers = new Promise((resolve) => (release = resolve));
      return release;
    },
    pass: async (ms: number): Promise<void> => {
      const until = now + ms;
      await settle();
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((each) => each !== next);
        now = next.at;
        next.work();
        await settle();
      }
      now = until;
    },
  };
}

describe("drafts in Mattermost's store", () => {
  it("N5 one draft is one local post, which the answer replaces", async () => {
    const { live, order, answer, pass } = setUp();
    live.hear(say(1, "start", { text: { offset: 0, text: "half" } }));
    live.hear(say(2, "delta", { text: { offset: 4, text: " an answer" } }));
    expect([order("town"), live.drafts.get(ID)?.text]).toEqual([[ID], "half an answer"]);
    answer({});
    live.hear(say(3, "end"));
    await pass(60_000);
    expect([order("town"), live.drafts.all()]).toEqual([["answer"], []]);
  });

  it("N5 a client that renders no post's body says that it is at work", () => {
    const { live, store } = setUp();
    live.hear(say(1, "start", { text: { offset: 0, text: "half" } }));
    expect(store.getState().entities.posts.posts[ID]?.message).toBe("Working");
  });

  it("N5 it goes when there will be no answer, and when the answer was missed", async () => {
    const { live, order, pass } = setUp();
    live.hear(say(1, "start"));
    live.hear(say(2, "abort"));
    expect(order("town")).toEqual([]);
    const other = `openclaw-${"e".repeat(26)}`;
    live.hear(say(1, "start", { draft: other }));
    live.hear(say(2, "end", { draft: other }));
    expect(order("town")).toEqual([other]);
    await pass(5_000);
    expect(order("town")).toEqual([]);
  });

  it("N5 it goes with the post of its answer, also where its end is not heard", async () => {
    const { live, order, serve, pass } = setUp();
    await pass(400);
    live.hear(say(1, "start"));
    live.answered({ draft: ID, userId: "somebody else" });
    await pass(6_000);
    expect(order("town")).toEqual([ID]);
    live.answered({ draft: ID, userId: "bot" });
    await pass(6_000);
    expect(order("town")).toEqual([]);
    const other = `openclaw-${"e".repeat(26)}`;
    live.answered({ draft: other, userId: "bot" });
    serve([{ ...say(7, "delta"), draft: other, text: "so far", thinking: "", tools: [] }]);
    live.reload();
    await pass(1_000);
    expect(order("town")).toEqual([]);
  });

  it("N5 a run that died leaves nothing", async () => {
    const { live, order, pass } = setUp();
    live.hear(say(1, "start"));
    await pass(60_000);
    expect(order("town")).toEqual([]);
  });

  it("N5 who opens the channel late sees it, once it is loaded", async () => {
    const { live, order, load, look, asked, serve, pass } = setUp([]);
    serve([{ ...say(7, "delta"), channel_id: "late", text: "so far", thinking: "", tools: [] }]);
    look("late");
    await pass(400);
    expect(asked).toContain("late");
    expect(live.drafts.get(ID)?.text).toBe("so far");
    await pass(1_000);
    load("late");
    expect(order("late")).toEqual([ID]);
  });

  it("N5 a list that is loaded right after it has it too, also where nothing happens any more", async () => {
    const { live, order, load, look, serve, pass } = setUp([]);
    serve([{ ...say(7, "delta"), channel_id: "late", text: "so far", thinking: "", tools: [] }]);
    look("late");
    await pass(310);
    load("late");
    expect([order("late"), live.drafts.all()]).toEqual([[], [expect.objectContaining({ id: ID })]]);
    await pass(1_000);
    expect(order("late")).toEqual([ID]);
  });

  it("N5 the server knows what the user looks at: the channel, that of a thread beside it, and no other for long", async () => {
    const { asked, look, openThread, pass } = setUp();
    await pass(1_000);
    openThread({ id: "root", channel_id: "hall", root_id: "" });
    await pass(1_000);
    expect(asked).toEqual(["town", "hall"]);
    look("garden");
    await pass(239_000);
    expect(asked).toEqual(["town", "hall", "garden"]);
    await pass(10_000);
    expect([...asked.slice(3)].sort()).toEqual(["garden", "hall"]);
  });

  it("N5 after a gap or a break the server is asked, and what it does not know has ended", async () => {
    const { live, has, asked, serve, pass } = setUp();
    await pass(400);
    asked.length = 0;
    serve([{ ...say(9, "delta"), text: "all of it", thinking: "", tools: [] }]);
    live.hear(say(5, "delta", { text: { offset: 30, text: "…" } }));
    live.hear(say(6, "delta", { text: { offset: 31, text: "…" } }));
    await pass(400);
    expect([asked, live.drafts.get(ID)?.text]).toEqual([["town"], "all of it"]);
    serve([]);
    live.reload();
    await pass(400);
    expect(has(ID)).toBe(false);
  });

  it("N5 what begins while the server's answer is on its way stays", async () => {
    const { live, order, hold, pass } = setUp();
    const release = hold();
    await pass(400);
    live.hear(say(1, "start", { text: { offset: 0, text: "just begun" } }));
    await pass(2_000);
    release();
    await pass(1_000);
    expect(order("town")).toEqual([ID]);
  });

  it("N5 nothing stays when the plugin is taken away", async () => {
    const { live, has, pass } = setUp();
    live.hear(say(1, "start"));
    live.close();
    await pass(60_000);
    expect(has(ID)).toBe(false);
  });
});
