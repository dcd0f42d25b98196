import type { Live, LiveDraft, LiveTool } from "@openclaw-mattermost/contract";

/** An answer on its way, as this client has it. */
export interface Draft extends Omit<LiveDraft, "draft"> {
  id: string;
  /** When something was heard of it last, in ms of this client's clock. */
  heardAt: number;
}

/** What became of a message about a draft. `gap`: something before it is missing. */
export type Heard = "new" | "grown" | "ended" | "aborted" | "gap" | "old";

/** The server ends drafts that it hears nothing of for 30 s; this is for clients that miss that. */
export const SILENCE_MS = 45_000;
const FINISHED_MAX = 500;

/**
 * The answers on their way. Their text lives here and not in Redux: a change redraws the one component that shows it, and
 * nothing else. Drafts that ended do not come back by a message that is late.
 */
export function createDrafts(now: () => number) {
  const drafts = new Map<string, Draft>();
  const finished = new Set<string>();
  /** Drafts of which something is missing until the server has been asked. */
  const torn = new Set<string>();
  const listeners = new Map<string, Set<() => void>>();

  function set(draft: Draft): void {
    drafts.set(draft.id, draft);
    for (const listener of listeners.get(draft.id) ?? []) listener();
  }

  function remember(id: string): void {
    const [oldest] = finished;
    if (oldest !== undefined && finished.size >= FINISHED_MAX) finished.delete(oldest);
    finished.add(id);
  }

  return {
    get: (id: string): Draft | undefined => drafts.get(id),
    all: (): Draft[] => [...drafts.values()],
    isFinished: (id: string): boolean => finished.has(id),
    hear(said: Live & { user_id: string }): Heard {
      const known = drafts.get(said.draft);
      if (finished.has(said.draft) || (known && said.seq <= known.seq)) return "old";
      if (said.type === "end" || said.type === "abort") {
        // What the server is asked about meanwhile does not bring it back.
        if (!known) remember(said.draft);
        return !known ? "old" : said.type === "end" ? "ended" : "aborted";
      }
      const before = said.type === "start" ? undefined : known;
      const text = grown(before?.text ?? "", said.text);
      const thinking = grown(before?.thinking ?? "", said.thinking);
      const { draft: id, tools, seq, channel_id, root_id, request_id, user_id, started_at } = said;
      // Who comes late lacks what was said before, also where nothing is said now.
      const isMissing = text === undefined || thinking === undefined || (!before && said.type !== "start");
      if (said.type === "start") torn.delete(id);
      if (isMissing) torn.add(id);
      const gap = torn.has(id);
      set({
        ...{ id, channel_id, root_id, request_id, user_id, started_at },
        seq: gap ? (before?.seq ?? 0) : seq,
        text: text ?? before?.text ?? "",
        thinking: thinking ?? before?.thinking ?? "",
        tools: withTools(before?.tools ?? [], tools),
        heardAt: now(),
      });
      return gap ? "gap" : known ? "grown" : "new";
    },
    /** Takes a draft over as the server has it; false if this client knows as much. */
    take({ draft: id, ...facts }: LiveDraft): boolean {
      const before = drafts.get(id);
      if (finished.has(id) || (before && before.seq >= facts.seq)) return false;
      torn.delete(id);
      set({ id, ...facts, heardAt: now() });
      return true;
    },
    /** It has ended, and never comes back. */
    finish(id: string): void {
      drafts.delete(id);
      torn.delete(id);
      remember(id);
      for (const listener of listeners.get(id) ?? []) listener();
    },
    /** Drafts of which nothing was heard for too long. */
    silent: (): Draft[] => [...drafts.values()].filter((draft) => now() - draft.heardAt > SILENCE_MS),
    /** Calls `listener` at each change of a draft, until the returned function is called. */
    listen(id: string, listener: () => void): () => void {
      const of = listeners.get(id) ?? new Set();
      listeners.set(id, of.add(listener));
      return () => {
        of.delete(listener);
        if (of.size === 0) listeners.delete(id);
      };
    },
  };
}
export type Drafts = ReturnType<typeof createDrafts>;

/** Undefined where something in between is missing. */
function grown(before: string, growth: Live["text"]): string | undefined {
  if (!growth) return before;
  return growth.offset > before.length ? undefined : before.slice(0, growth.offset) + growth.text;
}

function withTools(before: readonly LiveTool[], news: readonly LiveTool[]): LiveTool[] {
  const tools = [...before];
  for (const tool of news) {
    const at = tools.findIndex(({ id }) => id === tool.id);
    if (at < 0) tools.push(tool);
    else tools[at] = tool;
  }
  return tools;
}
