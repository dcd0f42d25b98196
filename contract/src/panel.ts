import { z } from "zod";
import { mattermostId, optionalId, timestampMs } from "./event.ts";

/** Capability in hello of an adapter that answers `panel.asked` and honours a channel's `engagement`. */
export const PANEL_CAPABILITY = "panel";

/** Runs in one call. */
export const RUNS_MAX = 50;
/** How often an adapter repeats what is under way, and how long the plugin believes it without. */
export const RUN_REPEAT_MS = 20_000;
export const RUN_SILENCE_MS = 60_000;

/** A request on its way through the agent. The last three states end it. */
export const runSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  channel_id: mattermostId,
  /** Root of the thread that is answered in, empty for the channel itself. */
  root_id: optionalId,
  /** The post that asked; empty for a command. */
  post_id: optionalId,
  /** Who asked. */
  user_id: mattermostId,
  state: z.enum(["queued", "working", "done", "failed", "stopped"]),
  /** Name of the tool that is at work, empty between tools. */
  tool: z.string().max(64).default(""),
  started_at: timestampMs,
});
export type Run = z.infer<typeof runSchema>;

/** What is under way: `POST …/api/v1/runs` with the bot token. The latest of an `id` counts. */
export const runsSchema = z.object({ runs: z.array(runSchema).min(1).max(RUNS_MAX) });
export type RunsCall = z.infer<typeof runsSchema>;

const level = z.string().max(64).default("");

/** A conversation's session as OpenClaw reports it. What is not known is empty or null. */
export const sessionFactsSchema = z.object({
  channel_id: mattermostId,
  root_id: optionalId,
  key: z.string().max(300),
  title: z.string().max(200).default(""),
  /** `provider/model`. */
  model: z.string().max(200).default(""),
  thinking: level,
  verbose: level,
  reasoning: level,
  queue: level,
  tokens: z.object({ input: z.int().min(0), output: z.int().min(0), total: z.int().min(0) }).nullable(),
  /** `max` 0: unknown. */
  context: z.object({ used: z.int().min(0), max: z.int().min(0) }).nullable(),
  cost_usd: z.number().min(0).nullable(),
  updated_at: timestampMs,
});
export type SessionFacts = z.infer<typeof sessionFactsSchema>;

export const SESSIONS_MAX = 100;

/** One of the gateway's sessions in Mattermost: of a channel, or of a person's direct messages. */
export const sessionRowSchema = z.object({
  key: z.string().max(300),
  channel_id: optionalId,
  /** Whose direct messages; empty in channels. */
  user_id: optionalId,
  root_id: optionalId,
  title: z.string().max(200).default(""),
  model: z.string().max(200).default(""),
  updated_at: timestampMs,
  total_tokens: z.int().min(0),
});
export type SessionRow = z.infer<typeof sessionRowSchema>;

/** Somebody who asked to be let in by direct message. */
export const pairingRequestSchema = z.object({
  id: z.string().min(1).max(128),
  user_id: z.string().max(64),
  username: z.string().max(64).default(""),
  at: timestampMs,
});
export type PairingRequest = z.infer<typeof pairingRequestSchema>;

/** The answer to an ask, and what changed since for whoever asked lately: `POST …/api/v1/panel/answer` with the bot token. */
export const panelAnswerSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("session"),
    user_id: mattermostId,
    channel_id: mattermostId,
    root_id: optionalId,
    /** Null: there is no session yet, or who asked may not talk here. */
    session: sessionFactsSchema.nullable(),
  }),
  z.object({
    kind: z.literal("sessions"),
    user_id: mattermostId,
    sessions: z.array(sessionRowSchema).max(SESSIONS_MAX),
  }),
  z.object({ kind: z.literal("pairing"), requests: z.array(pairingRequestSchema).max(50) }),
]);
export type PanelAnswer = z.infer<typeof panelAnswerSchema>;
