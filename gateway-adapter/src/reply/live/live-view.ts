import type { LiveTool } from "@openclaw-mattermost/contract";
import type { StreamingSection } from "../../config/schema.ts";
import {
  buildChannelProgressDraftLineForEntry,
  resolveChannelStreamingPreviewToolProgress,
} from "../../host/streaming.ts";
import type { RunView } from "../../host/run-view.ts";
import type { Preview } from "../progress/preview.ts";
import type { LiveDraft, LivePlace } from "./draft.ts";
import type { Expected, Final, Finals } from "./finals.ts";

export interface LiveViewDeps {
  draft: LiveDraft;
  finals: Finals;
  streaming: StreamingSection;
  place: LivePlace;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** The post that tells those without the web plugin of a long run; undefined for none. */
  notice: { preview: Preview; afterMs: number } | undefined;
}

/** What of a run stays in the props of its post. */
const STORED_TOOLS = 20;
const STORED_THINKING = 4_000;
const LATE_MS = 20_000;
const NOTICE = "Still working on it. The answer comes as a post of its own.";

/** Shows a run by a live draft: the answer as it grows, what was thought, and what the tools do. */
export function liveView({ draft, finals, streaming, place, now, sleep, notice }: LiveViewDeps): RunView {
  const entry = { streaming };
  const showsTools = resolveChannelStreamingPreviewToolProgress(entry, true, "partial");
  const over = new AbortController();
  let expected: Expected | undefined;
  let thought = "";

  async function tellLongRun(): Promise<void> {
    if (!notice || notice.afterMs <= 0) return;
    await sleep(notice.afterMs, over.signal);
    if (!over.signal.aborted) notice.preview.show(NOTICE);
  }

  async function settle(): Promise<void> {
    expected?.end();
    await draft.end(expected?.wasTaken() ? "end" : "abort");
  }

  /** The outbox had to begin anew: the draft stays until the answer is posted, or does not come soon. */
  async function settleLate({ taken }: Expected): Promise<void> {
    const late = new AbortController();
    await Promise.race([taken, sleep(LATE_MS, late.signal)]);
    late.abort();
    await settle();
  }

  function tool(event: "tool" | "item", payload: ToolEvent): boolean {
    if (!showsTools || payload.hideFromChannelProgress || payload.suppressChannelProgress) return false;
    // What the model says on the way is text, and no step of its own.
    if (event === "item" && !payload.toolCallId && TALK.has(payload.kind ?? "")) return false;
    const { detailMode, ...input } = unwrapped(payload);
    const line = buildChannelProgressDraftLineForEntry(
      entry,
      event === "tool" ? { event, ...input } : { event, ...input, ...(input.kind ? { itemKind: input.kind } : {}) },
      detailMode ? { detailMode } : undefined,
    );
    const id = payload.toolCallId ?? payload.itemId ?? payload.name;
    if (!line || !id) return false;
    const text = [line.icon, line.detail ? `${line.label}: ${line.detail}` : line.label].filter(Boolean).join(" ");
    draft.tool({ id: id.slice(0, 128), text: (text || line.text).slice(0, 300), state: stateOf(payload) });
    return true;
  }

  return {
    replyOptions: {
      disableBlockStreaming: true,
      suppressDefaultToolProgressMessages: true,
      preserveProgressCallbackStartOrder: true,
      ...(showsTools ? { allowProgressCallbacksWhenSourceDeliverySuppressed: true } : {}),
      onPartialReply: ({ text }) => {
        if (text?.trim()) draft.text(text);
        return text !== undefined;
      },
      onReasoningStream: ({ text, isReasoningSnapshot }) => {
        if (!text) return false;
        thought = isReasoningSnapshot || text.startsWith(thought) ? text : thought + text;
        draft.thinking(thought);
        return true;
      },
      onToolStart: (payload) => tool("tool", payload),
      onItemEvent: (payload) => tool("item", payload),
    },
    begun: () => void tellLongRun(),
    onFinal: () => {
      if (draft.isShown())
        expected ??= finals.expect(place.channelId, place.rootId, () => finalOf(draft, place, now()));
    },
    end: async () => {
      over.abort();
      await notice?.preview.end();
      if (expected && !expected.wasTaken()) void settleLate(expected);
      else await settle();
    },
  };
}

const TALK = new Set(["preamble", "message", "reasoning", "analysis", "plan"]);

/** OpenClaw keeps most tools behind one; the reader wants to know which. */
function unwrapped(payload: ToolEvent): ToolEvent {
  const { id, args } = payload.args ?? {};
  if (payload.name !== "tool_call" || typeof id !== "string") return payload;
  return { ...payload, name: id, args: typeof args === "object" ? (args as Record<string, unknown>) : {} };
}

interface ToolEvent {
  args?: Record<string, unknown>;
  itemId?: string;
  toolCallId?: string;
  name?: string;
  kind?: string;
  phase?: string;
  status?: string;
  detailMode?: "explain" | "raw";
  hideFromChannelProgress?: boolean;
  suppressChannelProgress?: boolean;
}

function stateOf({ phase = "", status = "" }: ToolEvent): LiveTool["state"] {
  if (/fail|error|denied|cancel/i.test(status)) return "failed";
  if (/^(end|result|complete|completed|done)$/i.test(phase) || /^(completed|done|ok|success)/i.test(status))
    return "done";
  return "running";
}

/** The web plugin renders posts of this type itself; to everybody else the post is plain text. */
function finalOf(draft: LiveDraft, place: LivePlace, now: number): Final {
  const tools = draft
    .tools()
    .slice(-STORED_TOOLS)
    .map(({ text, state }) => ({ text, state: state === "failed" ? "failed" : "done" }));
  const thinking = draft.thought().slice(0, STORED_THINKING);
  return {
    pendingPostId: draft.id,
    props: {
      type: "custom_openclaw",
      openclaw_run: {
        draft: draft.id,
        request_id: place.requestId,
        ms: now - draft.startedAt,
        ...(tools.length > 0 ? { tools } : {}),
        ...(thinking ? { thinking } : {}),
      },
    },
  };
}
