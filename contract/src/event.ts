import { z } from "zod";
import { EVENTS_MAX, PROTOCOL_VERSION } from "./limits.ts";

/** A Mattermost id: 26 characters of lower-case base32. */
export const mattermostId = z.string().regex(/^[a-z0-9]{26}$/);

/** Milliseconds since 1970, as Mattermost stores them. */
export const timestampMs = z.int().min(0);

export const optionalId = z.union([mattermostId, z.literal("")]);

/** Who did it. Every field is the server's own fact, never taken from what a user can set. */
export const actorSchema = z.object({
  id: mattermostId,
  username: z.string().min(1).max(64),
  display_name: z.string().max(200).default(""),
  is_bot: z.boolean(),
  is_guest: z.boolean().default(false),
  is_system: z.boolean().default(false),
  is_webhook: z.boolean().default(false),
  /** The account is closed. */
  is_deactivated: z.boolean().default(false),
});
export type Actor = z.infer<typeof actorSchema>;

/** Where it happened. `type` is Mattermost's: O public, P private, D direct, G group. */
export const channelSchema = z.object({
  id: mattermostId,
  type: z.enum(["O", "P", "D", "G"]),
  name: z.string().max(128),
  display_name: z.string().max(128).default(""),
  team_id: optionalId,
  team_name: z.string().max(64).default(""),
  /** How the bot takes part here, as set in Mattermost; missing: as the account says. Never widens who may talk. */
  engagement: z.enum(["off", "mention", "thread", "all"]).optional(),
});
export type Channel = z.infer<typeof channelSchema>;

/** A post as it was when the event was made. `root_id` is empty for a top-level post. */
export const postSchema = z.object({
  id: mattermostId,
  user_id: mattermostId,
  root_id: optionalId,
  message: z.string().max(65_535),
  type: z.string().max(64).default(""),
  create_at: timestampMs,
  edit_at: timestampMs.default(0),
  file_ids: z.array(mattermostId).max(50).default([]),
  props: z.record(z.string(), z.unknown()).default({}),
});
export type Post = z.infer<typeof postSchema>;

/** The deleted post; its text does not travel. */
export const deletedPostSchema = postSchema.pick({ id: true, user_id: true, root_id: true, create_at: true });

export const reactionSchema = z.object({
  post_id: mattermostId,
  emoji_name: z.string().min(1).max(64),
  create_at: timestampMs,
});

/** A slash command of ours, as typed. */
export const commandSchema = z.object({
  id: mattermostId,
  trigger: z.string().min(1).max(128),
  text: z.string().max(16_383).default(""),
});

/** A click on a button, or a choice in a select, of one of the bot's posts. */
export const clickSchema = z.object({
  id: mattermostId,
  post_id: mattermostId,
  action_id: z.string().min(1).max(128),
  /** What the button or the chosen option says. */
  label: z.string().max(3_000).default(""),
  selected_option: z.string().max(3_000).default(""),
  /** As it is stored in the post. */
  context: z.record(z.string(), z.unknown()).default({}),
});
export type Click = z.infer<typeof clickSchema>;

/** What was written into the dialog that a button of one of the bot's posts opened. */
export const dialogSchema = clickSchema.omit({ selected_option: true }).extend({ text: z.string().min(1).max(3_000) });
export type Dialog = z.infer<typeof dialogSchema>;

const common = {
  /** Derived from the row, so that every path makes the same id for the same happening. */
  id: z.string().min(1).max(200),
  /** Events of one lane are delivered one after the other. For what happens in a channel: its id. */
  lane: z.string().min(1).max(64),
  /** When it happened. */
  ts: timestampMs,
  /** Delivered more than 15 minutes after it happened. */
  stale: z.boolean().default(false),
};

const inChannel = {
  ...common,
  actor: actorSchema,
  channel: channelSchema,
  /** Root of the thread that it belongs to, empty at top level. */
  thread_root: optionalId,
};

export const eventSchema = z.discriminatedUnion("type", [
  z.object({ ...inChannel, type: z.literal("post.created"), post: postSchema }),
  z.object({ ...inChannel, type: z.literal("post.edited"), post: postSchema }),
  z.object({ ...inChannel, type: z.literal("post.deleted"), post: deletedPostSchema }),
  z.object({ ...inChannel, type: z.literal("reaction.added"), reaction: reactionSchema }),
  z.object({ ...inChannel, type: z.literal("reaction.removed"), reaction: reactionSchema }),
  z.object({ ...inChannel, type: z.literal("command.invoked"), command: commandSchema }),
  z.object({ ...inChannel, type: z.literal("action.clicked"), click: clickSchema }),
  z.object({ ...inChannel, type: z.literal("dialog.submitted"), dialog: dialogSchema }),
  /** A panel wants to know something; never stored, and answered at once or not at all. */
  z.object({
    ...common,
    type: z.literal("panel.asked"),
    actor: actorSchema,
    channel: channelSchema.optional(),
    thread_root: optionalId.default(""),
    ask: z.object({
      kind: z.enum(["session", "sessions", "pairing", "pairing.approve", "pairing.deny"]),
      request: z.string().max(128).default(""),
    }),
  }),
  z.object({ ...common, type: z.literal("ping"), ping: z.object({ challenge: z.string().min(16).max(128) }) }),
]);

/** One thing that happened in Mattermost. */
export type OcEvent = z.infer<typeof eventSchema>;
export type EventType = OcEvent["type"];
export type AskEvent = Extract<OcEvent, { type: "panel.asked" }>;
export type ChannelEvent = Exclude<OcEvent, { type: "ping" | "panel.asked" }>;
/** A choice that somebody made of one of the bot's posts. */
export type ChoiceEvent = Extract<OcEvent, { type: "action.clicked" | "dialog.submitted" }>;
export type PostEvent = Extract<OcEvent, { type: "post.created" | "post.edited" }>;

/** The types of this version; others are acknowledged and dropped. */
export const EVENT_TYPES: readonly EventType[] = [
  "post.created",
  "post.edited",
  "post.deleted",
  "reaction.added",
  "reaction.removed",
  "command.invoked",
  "action.clicked",
  "dialog.submitted",
  "panel.asked",
  "ping",
];

/** What every event has, known type or not: enough to acknowledge it. */
export const envelopeSchema = z.looseObject({
  id: common.id,
  type: z.string().min(1).max(64),
  lane: common.lane,
});
export type Envelope = z.infer<typeof envelopeSchema>;

/**
 * A delivery, before its events are read one by one: an event that breaks its schema fails alone
 * and does not hold the others back.
 */
export const batchSchema = z.object({
  v: z.literal(PROTOCOL_VERSION),
  /** Lease of the server node that sent it; grows with each change of owner. */
  epoch: z.int().min(0).default(0),
  events: z.array(envelopeSchema).min(1).max(EVENTS_MAX),
});
export type Batch = z.infer<typeof batchSchema>;

/** A delivery in which each event is of a known type and whole: what a sender may produce. */
export const deliverySchema = batchSchema.extend({ events: z.array(eventSchema).min(1).max(EVENTS_MAX) });
export type Delivery = z.infer<typeof deliverySchema>;
