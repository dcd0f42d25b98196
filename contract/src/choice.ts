import { z } from "zod";

/** Where the buttons of a linked bot's posts lead, relative to the server's own address. */
export const CLICKS_PATH = "/plugins/com.openclaw.mattermost/api/v1/clicks";

/** Whether somebody may choose, and what is said if not: `POST …/api/v1/clicks/<id>/verdict` with the bot token. */
export const verdictSchema = z.object({ allowed: z.boolean(), text: z.string().max(1_000).default("") });
export type Verdict = z.input<typeof verdictSchema>;

/** Whether it is the choice that counts: of those who may, the first one does. */
export const countingSchema = z.object({ counts: z.boolean() });
