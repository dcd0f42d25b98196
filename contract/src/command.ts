import { z } from "zod";

/** An argument of a command. `rest`: it takes what is left of the line. `choices` are offered as they are now. */
export const commandArgSchema = z.object({
  name: z.string().min(1).max(32),
  description: z.string().max(200).default(""),
  required: z.boolean().default(false),
  rest: z.boolean().default(false),
  choices: z
    .array(z.object({ value: z.string().min(1).max(200), label: z.string().max(200).default("") }))
    .max(100)
    .default([]),
});

/** A command that this gateway serves; people type it as `/oc_<name>`. */
export const commandSpecSchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,58}$/),
  /** A skill's answer is a post like any other; a command's may be for the asker alone. */
  kind: z.enum(["command", "skill"]).default("command"),
  description: z.string().max(200).default(""),
  /** Whether it changes anything, or only tells. */
  changes: z.boolean().default(true),
  args: z.array(commandArgSchema).max(8).default([]),
});
export type CommandSpec = z.infer<typeof commandSpecSchema>;

export const COMMANDS_MAX = 200;
export const catalogueSchema = z.array(commandSpecSchema).max(COMMANDS_MAX);

/**
 * What a command said: `POST …/api/v1/commands/<id>/answer` with the bot token. No text: it is done, and whatever it has to
 * say is said by posts.
 */
export const commandAnswerSchema = z.object({ texts: z.array(z.string().min(1).max(16_383)).max(20) });
export type CommandAnswer = z.infer<typeof commandAnswerSchema>;
