import {
  buildChannelProgressDraftLineForEntry,
  createChannelProgressDraftCompositor,
  resolveChannelStreamingPreviewToolProgress,
} from "../../host/streaming.ts";
import type { StreamingSection } from "../../config/schema.ts";
import type { RunView } from "../../host/run-view.ts";
import type { Preview } from "./preview.ts";

export type PreviewMode = "partial" | "block" | "progress";

export interface PreviewViewOptions {
  mode: PreviewMode;
  /** `streaming` of the account. */
  streaming: StreamingSection;
  /** Chooses one of `streaming.progress.labels`. */
  seed: string;
}

const THINKING = "Thinking…";

/**
 * Shows a run by a post that is edited. `partial`: the answer as it grows, and what the tools do until it begins. `block`: each
 * finished stretch of text or of tool activity stays as a post, the open one is shown. `progress`: tools and plan only.
 */
export function previewView(preview: Preview, { mode, streaming, seed }: PreviewViewOptions): RunView {
  const entry = { streaming };
  const toolLines = resolveChannelStreamingPreviewToolProgress(entry, mode !== "progress", mode);
  const showsProgress = mode === "progress" || toolLines;
  const progress = createChannelProgressDraftCompositor({
    entry,
    mode,
    active: true,
    seed,
    shouldStartNow: (line) => typeof line === "object" && line.kind === "item",
    update: async (text, options) => {
      preview.show(text);
      if (options.flush) await preview.flush();
    },
    deleteCurrent: () => preview.clear(),
  });
  let shown: "nothing" | "text" | "tools" | "thinking" = "nothing";
  let text = "";

  /** In `block` mode what was shown before stays, unless it only said that the agent thinks. */
  async function turnTo(next: "text" | "tools" | "thinking", begins = false): Promise<void> {
    const before = shown;
    shown = next;
    const same = before === next && !begins;
    if (mode !== "block" || same || before === "nothing") return;
    progress.resetActivity();
    if (before !== "thinking") await preview.keep();
  }

  const view: RunView = {
    replyOptions: {
      disableBlockStreaming: true,
      suppressDefaultToolProgressMessages: true,
      preserveProgressCallbackStartOrder: true,
      ...(showsProgress ? { allowProgressCallbacksWhenSourceDeliverySuppressed: true } : {}),
      onPartialReply: async (payload) => {
        if (mode === "progress") return false;
        const next = payload.text?.trim() ?? "";
        // What is said to end shorter than it was is a correction that the next one brings.
        if (next === "" || next === text || text.startsWith(next)) return false;
        const begins = text !== "" && !next.startsWith(text.slice(0, 20));
        text = next;
        await turnTo("text", begins && shown === "text");
        progress.resetActivity({ suppressed: true });
        preview.show(next);
        return true;
      },
      onAssistantMessageStart: () => {
        text = "";
        progress.beginAssistantMessage();
        return false;
      },
      onReasoningStream: async (payload) => {
        if (mode === "progress") {
          const snapshot = payload.isReasoningSnapshot === true;
          return progress.pushReasoningProgress(payload.text || THINKING, { snapshot });
        }
        if (text !== "") return false;
        await turnTo("thinking");
        preview.show(THINKING);
        return true;
      },
      onReasoningEnd: () => {
        progress.resetReasoningProgress();
        return false;
      },
      onPlanUpdate: async ({ phase, steps, explanation, explanationFormat }) => {
        if (!showsProgress || phase !== "update") return false;
        await turnTo("tools");
        return progress.pushPlanProgress(steps, {
          ...(explanation === undefined ? {} : { explanation }),
          ...(explanationFormat === undefined ? {} : { explanationFormat }),
        });
      },
      onToolStart: async ({ detailMode, ...tool }) => {
        if (!showsProgress) return false;
        text = "";
        await turnTo("tools");
        const line = buildChannelProgressDraftLineForEntry(
          entry,
          { event: "tool", ...tool },
          detailMode ? { detailMode } : undefined,
        );
        return progress.pushToolProgress(line, { startImmediately: true });
      },
      onItemEvent: async (item) => {
        if (!showsProgress) return false;
        await turnTo("tools");
        return progress.pushItemEvent(item);
      },
    },
    begun: () => undefined,
    onFinal: () => progress.markFinalReplyStarted(),
    end: async () => {
      progress.cancel();
      await preview.end();
    },
  };
  return view;
}
