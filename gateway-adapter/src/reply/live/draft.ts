import { randomBytes } from "node:crypto";
import {
  LIVE_TEXT_MAX,
  LIVE_THINKING_MAX,
  LIVE_TOOLS_MAX,
  type LiveCall,
  type LiveTool,
} from "@openclaw-mattermost/contract";
import { MattermostError, messageOf } from "../../errors.ts";
import { bytesOf, clip, fitting, growth, SAID_MAX_BYTES } from "./growth.ts";

export interface LiveDraftDeps {
  send: (call: LiveCall) => Promise<unknown>;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** The plugin does not show this draft any more. */
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
/** After a failure, twice as long after each further one. */
const AGAIN_MS = 1_000;
/** Who is not told of an end shows the draft for half a minute more. */
const END_TRIES = 5;

interface Shown {
  text: string;
  thinking: string;
}

/**
 * An answer on its way, shown by the plugin. What is said is sent at a steady pace, only what is new of it. A plugin that has
 * lost it is told all of it anew. Its own failures never reach the run. Nothing is sent before something is said.
 */
export function createLiveDraft(deps: LiveDraftDeps, place: LivePlace) {
  let id = newId();
  const startedAt = deps.now();
  const over = new AbortController();
  const wanted: Shown = { text: "", thinking: "" };
  const shown: Shown = { text: "", thinking: "" };
  const tools = new Map<string, LiveTool>();
  const untold = new Set<string>();
  let seq = 0;
  let failures = 0;
  /** The plugin has this draft. */
  let isKnown = false;
  /** It has had it, or one before that fell silent. */
  let wasKnown = false;
  let isRenewed = false;
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

  /** Sends what is new; false if there is more of it. */
  async function tell(): Promise<boolean> {
    const told = fitting([...untold].flatMap((key) => tools.get(key) ?? []).slice(0, LIVE_TOOLS_MAX));
    const room = SAID_MAX_BYTES - bytesOf(told);
    const text = growth(shown.text, wanted.text, room);
    const thinking = growth(shown.thinking, wanted.thinking, room - bytesOf(text?.text ?? ""));
    await deps.send({
      ...call(isKnown ? "delta" : "start"),
      ...(text ? { text: { offset: text.offset, text: text.text } } : {}),
      ...(thinking ? { thinking: { offset: thinking.offset, text: thinking.text } } : {}),
      tools: told,
    });
    failures = 0;
    isKnown = wasKnown = true;
    isRenewed = false;
    if (text) shown.text = text.after;
    if (thinking) shown.thinking = thinking.after;
    // What a tool did since is told with the next call.
    for (const tool of told) if (tools.get(tool.id) === tool) untold.delete(tool.id);
    return shown.text === wanted.text && shown.thinking === wanted.thinking && untold.size === 0;
  }

  async function pump(): Promise<void> {
    while (!over.signal.aborted && !refused) {
      dirty = false;
      try {
        dirty = !(await tell()) || dirty;
        await rest(dirty ? PACE_MS : ALIVE_MS);
      } catch (error) {
        dirty = true;
        await deps.sleep(failed(error), over.signal);
      }
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
      beginAnew();
      return PACE_MS;
    }
    if (error.serverId === "live.ended" && !isRenewed) {
      // It fell silent for too long, as while Mattermost was away. The run goes on, so it is shown again.
      id = newId();
      isRenewed = true;
      beginAnew();
      return PACE_MS;
    }
    if (mayPass(error)) return pauseAfter(error);
    refused = true;
    deps.onRefused(error);
    return 0;
  }

  function pauseAfter(error: MattermostError): number {
    failures += 1;
    return error.retryAfterMs ?? Math.min(AGAIN_MS * 2 ** (failures - 1), ALIVE_MS);
  }

  function beginAnew(): void {
    isKnown = false;
    shown.text = "";
    shown.thinking = "";
    for (const key of [...tools.keys()].slice(-LIVE_TOOLS_MAX)) untold.add(key);
  }

  /** Says that it is over until the plugin has heard it, or knows nothing of it. */
  async function tellEnd(type: "end" | "abort", tries: number): Promise<void> {
    try {
      await deps.send(call(type));
    } catch (error) {
      if (error instanceof MattermostError && error.serverId === "live.ended") return;
      if (error instanceof MattermostError && mayPass(error) && tries > 1) {
        const pause = pauseAfter(error);
        // Nobody waits for it.
        void deps.sleep(pause, new AbortController().signal).then(() => tellEnd(type, tries - 1));
        return;
      }
      // It ends by its silence.
      deps.log("The end of an answer on its way could not be told.", {
        channel: place.channelId,
        reason: messageOf(error),
      });
    }
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
    /** The plugin's name for it now. */
    get id() {
      return id;
    },
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
    isShown: (): boolean => wasKnown || (seq > 0 && !refused),
    /**
     * The answer is posted (`end`), or there will be none. Resolves when nothing is sent any more but the end again, where it
     * could not be told; never rejects.
     */
    async end(type: "end" | "abort"): Promise<void> {
      if (over.signal.aborted) return;
      over.abort();
      await pumping;
      failures = 0;
      if (seq > 0 && (wasKnown || !refused)) await tellEnd(type, END_TRIES);
    },
  };
}
export type LiveDraft = ReturnType<typeof createLiveDraft>;

/** Whether it may go better in a while. A server whose plugin is just being started answers 404 without a code. */
function mayPass({ status, serverId }: MattermostError): boolean {
  return status === 0 || status === 429 || status >= 500 || (status === 404 && serverId === "");
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
function newId(): string {
  return `openclaw-${Array.from(randomBytes(26), (byte) => LETTERS[byte % LETTERS.length]).join("")}`;
}
