import { randomBytes } from "node:crypto";
import {
  LIVE_CALL_MAX,
  LIVE_TEXT_MAX,
  LIVE_THINKING_MAX,
  LIVE_TOOLS_MAX,
  type LiveCall,
  type LiveTool,
} from "@openclaw-mattermost/contract";
import { MattermostError, messageOf } from "../../errors.ts";

export interface LiveDraftDeps {
  send: (call: LiveCall) => Promise<unknown>;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** The plugin does not show drafts of this bot here. */
  onRefused: (error: MattermostError) => void;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

export interface LivePlace {
  channelId: string;
  rootId: string;
  /** The post that is answered. */
  requestId: string;
}

/** Between two calls: often enough to read along, and few enough for a client that was away for a moment. */
const PACE_MS = 120;
/** The plugin ends a draft that it hears nothing of for 30 s. */
const ALIVE_MS = 10_000;
const AGAIN_MS = 1_000;

interface Shown {
  text: string;
  thinking: string;
}

/**
 * An answer on its way, shown by the plugin. What is said is sent at a steady pace, only what is new of it. Its own failures
 * never reach the run. Nothing is sent before something is said.
 */
export function createLiveDraft(deps: LiveDraftDeps, place: LivePlace) {
  const id = `openclaw-${newId()}`;
  const startedAt = deps.now();
  const over = new AbortController();
  const wanted: Shown = { text: "", thinking: "" };
  const shown: Shown = { text: "", thinking: "" };
  const tools = new Map<string, LiveTool>();
  const untold = new Set<string>();
  let seq = 0;
  let dirty = false;
  let pumping: Promise<void> | undefined;
  let refused = false;

  const call = (type: LiveCall["type"]): LiveCall => {
    seq += 1;
    return {
      draft: id,
      seq,
      type,
      channel_id: place.channelId,
      root_id: place.rootId,
      request_id: place.requestId,
      started_at: startedAt,
    };
  };

  /** Sends what is new; false if that has to be tried again. */
  async function tell(): Promise<boolean> {
    const text = growth(shown.text, wanted.text);
    const thinking = growth(shown.thinking, wanted.thinking);
    const told = [...untold];
    await deps.send({
      ...call(seq === 0 ? "start" : "delta"),
      ...(text ? { text: { offset: text.offset, text: text.text } } : {}),
      ...(thinking ? { thinking: { offset: thinking.offset, text: thinking.text } } : {}),
      tools: told.flatMap((key) => tools.get(key) ?? []).slice(-LIVE_TOOLS_MAX),
    });
    if (text) shown.text = text.after;
    if (thinking) shown.thinking = thinking.after;
    for (const key of told) untold.delete(key);
    return shown.text === wanted.text && shown.thinking === wanted.thinking;
  }

  async function pump(): Promise<void> {
    while (!over.signal.aborted && !refused) {
      let pause = dirty ? PACE_MS : ALIVE_MS;
      dirty = false;
      try {
        dirty = !(await tell()) || dirty;
      } catch (error) {
        pause = failed(error);
      }
      if (!dirty) pause = ALIVE_MS;
      await rest(pause);
    }
  }

  let wake: (() => void) | undefined;
  /** Sleeps; where nothing was to be said, something new ends it, but never before the pace allows. */
  async function rest(ms: number): Promise<void> {
    await deps.sleep(Math.min(ms, PACE_MS), over.signal);
    if (ms <= PACE_MS || dirty || over.signal.aborted) return;
    const waking = new AbortController();
    wake = () => {
      waking.abort();
    };
    await deps.sleep(ms - PACE_MS, AbortSignal.any([over.signal, waking.signal]));
    wake = undefined;
  }

  /** How long to wait after a failure. */
  function failed(error: unknown): number {
    if (!(error instanceof MattermostError)) throw error;
    if (error.serverId === "live.gap") {
      shown.text = "";
      shown.thinking = "";
      dirty = true;
      return PACE_MS;
    }
    if (error.status === 429 || error.status === 0 || error.status >= 500) {
      dirty = true;
      return error.retryAfterMs ?? AGAIN_MS;
    }
    refused = true;
    if (error.serverId !== "live.ended") deps.onRefused(error);
    return 0;
  }

  function say(): void {
    if (over.signal.aborted) return;
    dirty = true;
    wake?.();
    pumping ??= pump().catch((error: unknown) => {
      deps.log("An answer could not be shown on its way.", { channel: place.channelId, reason: messageOf(error) });
    });
  }

  return {
    id,
    startedAt,
    /** The whole answer so far. */
    text(text: string): void {
      wanted.text = clip(text, LIVE_TEXT_MAX);
      if (wanted.text !== shown.text) say();
    },
    /** The whole thinking so far. */
    thinking(text: string): void {
      wanted.thinking = clip(text, LIVE_THINKING_MAX);
      if (wanted.thinking !== shown.thinking) say();
    },
    tool(tool: LiveTool): void {
      const before = tools.get(tool.id);
      if (before?.text === tool.text && before.state === tool.state) return;
      tools.set(tool.id, tool);
      untold.add(tool.id);
      say();
    },
    /** What the tools did, for the post. */
    tools: (): LiveTool[] => [...tools.values()],
    thought: (): string => wanted.thinking,
    isShown: (): boolean => seq > 0 && !refused,
    /** The answer is posted (`end`), or there will be none. Resolves when nothing is sent any more; never rejects. */
    async end(type: "end" | "abort"): Promise<void> {
      if (over.signal.aborted) return;
      over.abort();
      await pumping;
      if (seq === 0 || refused) return;
      try {
        await deps.send(call(type));
      } catch (error) {
        // It ends by its silence.
        deps.log("The end of an answer on its way could not be told.", {
          channel: place.channelId,
          reason: messageOf(error),
        });
      }
    },
  };
}
export type LiveDraft = ReturnType<typeof createLiveDraft>;

/** What has to be said so that `before` becomes `wanted`: from the first difference on, as much as fits into a call. */
function growth(before: string, wanted: string): { offset: number; text: string; after: string } | undefined {
  if (before === wanted) return undefined;
  let offset = 0;
  while (offset < before.length && before[offset] === wanted[offset]) offset += 1;
  offset = wholeAt(wanted, offset);
  const text = clip(wanted.slice(offset), LIVE_CALL_MAX);
  return { offset, text, after: wanted.slice(0, offset) + text };
}

/** Not between the halves of a surrogate pair. */
function wholeAt(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  return at > 0 && code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
}

const clip = (text: string, max: number): string => (text.length <= max ? text : text.slice(0, wholeAt(text, max)));

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
function newId(): string {
  return Array.from(randomBytes(26), (byte) => LETTERS[byte % LETTERS.length]).join("");
}
