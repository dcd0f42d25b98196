import { z } from "zod";
import { mattermostId, optionalId, timestampMs } from "./event.ts";

/** Longest answer that is shown while it grows, in UTF-16 code units. The stored post has all of it. */
export const LIVE_TEXT_MAX = 100_000;
/** Longest thinking that is shown. */
export const LIVE_THINKING_MAX = 20_000;
/** Text in one call. */
export const LIVE_CALL_MAX = 16_384;
/** A draft of which nothing was heard for this long has ended. */
export const LIVE_SILENCE_MS = 30_000;
/** Tools of which a draft tells. */
export const LIVE_TOOLS_MAX = 50;

/** A draft's id; the final post has it as its `pending_post_id`. */
export const draftId = z.string().regex(/^openclaw-[a-z0-9]{26}$/);

/** What follows after `offset` UTF-16 code units of what was said before; 0 begins anew. */
const growth = (max: number) =>
  z
    .object({ offset: z.int().min(0).max(max), text: z.string().max(LIVE_CALL_MAX) })
    .refine(({ offset, text }) => offset + text.length <= max, "too long");

/** What a tool does; the latest of an `id` counts. */
export const liveToolSchema = z.object({
  id: z.string().min(1).max(128),
  text: z.string().min(1).max(300),
  state: z.enum(["running", "done", "failed"]),
});
export type LiveTool = z.infer<typeof liveToolSchema>;

/** An answer on its way: `POST …/api/v1/live` with the bot token. */
export const liveSchema = z.object({
  draft: draftId,
  /** Grows with each call of a draft. */
  seq: z.int().min(1),
  /** `start` and `delta` say what is new, `end`: the answer is posted, `abort`: there will be none. */
  type: z.enum(["start", "delta", "end", "abort"]),
  channel_id: mattermostId,
  root_id: optionalId.default(""),
  /** The post that is answered. */
  request_id: optionalId.default(""),
  started_at: timestampMs,
  text: growth(LIVE_TEXT_MAX).optional(),
  thinking: growth(LIVE_THINKING_MAX).optional(),
  tools: z.array(liveToolSchema).max(LIVE_TOOLS_MAX).default([]),
});
export type Live = z.infer<typeof liveSchema>;
export type LiveCall = z.input<typeof liveSchema>;

/** A draft as it stands: `GET …/api/v1/channels/<id>/live`. */
export const liveDraftSchema = z.object({
  draft: draftId,
  seq: z.int().min(1),
  channel_id: mattermostId,
  root_id: optionalId,
  request_id: optionalId,
  user_id: mattermostId,
  started_at: timestampMs,
  text: z.string(),
  thinking: z.string(),
  tools: z.array(liveToolSchema),
});
export type LiveDraft = z.infer<typeof liveDraftSchema>;

/** Something that one person alone is shown: `POST …/api/v1/ephemeral` with the bot token. */
export const ephemeralSchema = z.object({
  user_id: mattermostId,
  channel_id: mattermostId,
  root_id: optionalId.default(""),
  text: z.string().min(1).max(4_000),
});
export type Ephemeral = z.input<typeof ephemeralSchema>;
