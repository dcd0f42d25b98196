import { describe, expect, it } from "@jest/globals";
import type { Place } from "../mattermost.ts";
import type { PanelState, Run, SessionFacts } from "./facts.ts";
import { createPanelStore } from "./store.ts";

const STATE: PanelState = {
  bot: { user_id: "bot", username: "openclaw", in_channel: true },
  link: { state: "ready" },
  session: null,
  session_pending: true,
  runs: [],
  engagement: { mode: "mention", may_manage: true },
  is_admin: false,
  server_time: 5_000,
};
const run = (state: Run["state"], more: Partial<Run> = {}): Run => ({
  id: "run1",
  channel_id: "town",
  root_id: "",
  post_id: "",
  user_id: "anna",
  state,
  tool: "",
  started_at: 1,
  ...more,
});
const session = (more: Partial<SessionFacts> = {}): SessionFacts => ({
  channel_id: "town",
  root_id: "",
  key: "k",
  title: "",
  model: "stub/echo-1",
  thinking: "",
  verbose: "",
  reasoning: "",
  queue: "",
  tokens: null,
  context: null,
  cost_usd: null,
  updated_at: 1,
  ...more,
});

/** A store whose server answers when it is told to, and a user who can go elsewhere. */
function panel(state: PanelState = STATE) {
  let here: Place = { teamId: "acme", channelId: "town", rootId: "" };
  const movers = new Set<() => void>();
  const asked: { place: Place; answer: () => void; refuse: (error: Error) => void; signal: AbortSignal }[] = [];
  const store = createPanelStore({
    client: {
      panel: (place, signal) =>
        new Promise((resolve, reject) => asked.push({ place, answer: () => resolve(state), refuse: reject, signal })),
      commands: () => Promise.resolve([]),
      pairings: () => Promise.resolve([{ id: "p", user_id: "u", username: "bob", bot_id: "b", at: 1 }]),
      sessions: () => Promise.resolve([]),
    },
    place: () => here,
    onMove: (listener) => {
      movers.add(listener);
      return () => movers.delete(listener);
    },
    now: () => 4_000,
  });
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  return {
    store,
    asked,
    movers,
    settle,
    async answer() {
      asked.at(-1)?.answer();
      await settle();
    },
    goTo(channelId: string) {
      here = { ...here, channelId };
      for (const move of movers) move();
    },
  };
}

describe("N15 the panel's facts", () => {
  it("N15 are asked for when the panel opens, and a closed panel asks and hears nothing", async () => {
    const p = panel();
    p.store.hear({ name: "link", value: {} });
    p.goTo("lobby");
    expect(p.asked).toHaveLength(0);
    const close = p.store.open();
    await p.answer();
    expect(p.store.getView()).toMatchObject({ state: STATE, clockMs: 1_000, commands: [] });
    close();
    p.store.hear({ name: "run", value: run("working", { channel_id: "lobby" }) });
    p.store.hear({ name: "link", value: {} });
    expect(p.asked).toHaveLength(1);
    expect(p.movers.size).toBe(0);
    expect(p.store.getView().state?.runs).toEqual([]);
  });

  it("N15 follow the user to another channel, and forget what was asked for the one before", async () => {
    const p = panel();
    p.store.open();
    p.goTo("lobby");
    expect(p.asked[0]?.signal.aborted).toBe(true);
    expect(p.asked.map(({ place }) => place.channelId)).toEqual(["town", "lobby"]);
    p.asked[0]?.answer();
    await p.settle();
    expect(p.store.getView().state).toBeUndefined();
  });

  it("N7 a run is shown from its beginning to its end, of this channel alone", async () => {
    const p = panel();
    p.store.open();
    await p.answer();
    const runs = () => p.store.getView().state?.runs.map(({ id, tool }) => [id, tool]);
    p.store.hear({ name: "run", value: run("working", { channel_id: "lobby", id: "other" }) });
    p.store.hear({ name: "run", value: run("queued") });
    p.store.hear({ name: "run", value: run("working", { tool: "web_search" }) });
    expect(runs()).toEqual([["run1", "web_search"]]);
    p.store.hear({ name: "run", value: run("stopped") });
    expect(runs()).toEqual([]);
  });

  it("N15 an event outweighs an older answer that comes after it", async () => {
    const p = panel();
    p.store.open();
    await p.answer();
    void p.store.refresh();
    p.store.hear({ name: "session", value: { channel_id: "town", root_id: "", session: session() } });
    p.store.hear({
      name: "session",
      value: { channel_id: "town", root_id: "thread", session: session({ model: "another" }) },
    });
    await p.answer();
    expect(p.store.getView().state).toMatchObject({ session: { model: "stub/echo-1" }, session_pending: false });
  });

  it("N14 what another manager chose is shown at once", async () => {
    const p = panel();
    p.store.open();
    await p.answer();
    p.store.hear({ name: "engagement", value: { channel_id: "town", mode: "all" } });
    expect(p.store.getView().state?.engagement).toEqual({ mode: "all", may_manage: true });
  });

  it("N15 what the gateway says of pairing counts more than what the server remembered before", async () => {
    const admin = panel({ ...STATE, is_admin: true });
    const { store } = admin;
    store.open();
    await admin.answer();
    expect(store.getView().pairings).toHaveLength(1);
    void store.refresh();
    store.hear({ name: "pairing", value: { requests: [] } });
    await admin.answer();
    await admin.settle();
    expect(store.getView().pairings).toEqual([]);
  });

  it("N15 pairing requests are asked for by admins alone", async () => {
    const user = panel();
    user.store.open();
    await user.answer();
    expect(user.store.getView().pairings).toBeUndefined();
    const admin = panel({ ...STATE, is_admin: true });
    admin.store.open();
    await admin.answer();
    expect(admin.store.getView().pairings).toHaveLength(1);
  });

  it("N6 a refusal is told, and what was known stays", async () => {
    const p = panel();
    p.store.open();
    await p.answer();
    void p.store.refresh();
    const refused = new Error("no");
    p.asked.at(-1)?.refuse(refused);
    await p.settle();
    expect(p.store.getView()).toMatchObject({ failure: refused, state: STATE });
  });
});
