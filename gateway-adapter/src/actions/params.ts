import { z } from "zod";
import { isId } from "../mattermost/target.ts";
import { ActionError } from "./error.ts";

export const READ_MAX = 200;
const READ_USUAL = 60;

const text = z.string().trim().min(1);
const flag = z.preprocess((value) => (value === "true" ? true : value === "false" ? false : value), z.boolean());
const limit = z.coerce
  .number()
  .int()
  .min(1)
  .transform((value) => Math.min(value, READ_MAX));

/** Everything that an action may be told. OpenClaw hands over more, which is not Mattermost's. */
const paramsSchema = z.object({
  target: text.optional(),
  to: text.optional(),
  channelId: text.optional(),
  messageId: text.optional(),
  threadId: text.nullish(),
  emoji: z.string().optional(),
  remove: flag.default(false),
  message: z.string().optional(),
  text: z.string().optional(),
  limit: limit.default(READ_USUAL),
  before: text.optional(),
  after: text.optional(),
  around: text.optional(),
  query: z.string().trim().max(512).optional(),
  userId: text.optional(),
  authorId: text.optional(),
});

export interface ActionParams {
  /** The channel that is named, whatever the name of its field. */
  target: string | undefined;
  messageId: string | undefined;
  threadId: string | undefined;
  emoji: string | undefined;
  remove: boolean;
  message: string | undefined;
  limit: number;
  before: string | undefined;
  after: string | undefined;
  around: string | undefined;
  query: string | undefined;
  userId: string | undefined;
  authorId: string | undefined;
}

/** Reads what the agent or the command line gave: snake case too, and null for nothing. Throws `ActionError`. */
export function readParams(raw: Readonly<Record<string, unknown>>): ActionParams {
  const given = Object.entries(raw).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const parsed = paramsSchema.safeParse(Object.fromEntries(given.map(([key, value]) => [camelCase(key), value])));
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map((issue) => issue.path.join(".")))].join(", ");
    throw new ActionError("input", `This cannot be read: ${names}.`);
  }
  const { to, channelId, target, text: said, message, threadId, ...rest } = parsed.data;
  return {
    ...absent,
    ...rest,
    // OpenClaw has resolved what stands in `to` and `channelId`; a bare id in the latter is a channel's.
    target: to ?? (channelId === undefined ? target : channelTarget(channelId)),
    message: message ?? said,
    threadId: threadId ?? undefined,
  };
}

const absent = {
  messageId: undefined,
  emoji: undefined,
  before: undefined,
  after: undefined,
  around: undefined,
  query: undefined,
  userId: undefined,
  authorId: undefined,
};

const channelTarget = (id: string): string => (isId(id) ? `channel:${id}` : id);

const camelCase = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
