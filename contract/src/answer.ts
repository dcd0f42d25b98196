import { z } from "zod";
import { EVENTS_MAX } from "./limits.ts";

/** Why an event of an accepted delivery was not stored. */
export const failureSchema = z.object({
  id: z.string().min(1).max(200),
  code: z.string().min(1).max(64),
  /** True: offer it again later. False: it will never be accepted. */
  retry: z.boolean(),
});

/** The answer to a delivery: only an id named in `acked` is acknowledged. */
export const answerSchema = z.object({
  acked: z.array(z.string().min(1).max(200)).max(EVENTS_MAX),
  failed: z.array(failureSchema).max(EVENTS_MAX).default([]),
});
export type Answer = z.infer<typeof answerSchema>;

/** The acknowledgement of a pulled delivery, by the `jti` of its token: `POST …/api/v1/events` with the bot token. */
export const pullAckSchema = answerSchema.extend({ delivery: z.string().min(16).max(64) });
export type PullAck = z.infer<typeof pullAckSchema>;

/** Every refusal of the receiver, with the status that it is answered with. */
export const REFUSALS = {
  "route.unknown": 404,
  "account.unknown": 404,
  "keys.unavailable": 503,
  "method.not_allowed": 405,
  "content_type.unsupported": 415,
  "body.too_large": 413,
  "failures.too_many": 429,
  busy: 503,
  "token.missing": 401,
  "token.malformed": 401,
  "token.header": 401,
  "token.key_unknown": 401,
  "token.signature": 401,
  "token.claims": 401,
  "token.issuer": 401,
  "token.audience": 401,
  "token.subject": 401,
  "token.expired": 401,
  "token.not_yet": 401,
  "token.lifetime": 401,
  "token.method": 401,
  "token.path": 401,
  "token.body": 401,
  "token.replayed": 401,
  "body.timeout": 408,
  "body.json": 400,
  "body.schema": 422,
  "inbox.unavailable": 503,
  "link.ended": 410,
} as const satisfies Record<string, number>;
export type RefusalCode = keyof typeof REFUSALS;

/** Body of every answer that is not 200. `message` is for people; nothing may depend on it. */
export const refusalSchema = z.object({
  error: z.object({ code: z.string().min(1).max(64), message: z.string().max(500) }),
});
export type RefusalBody = z.infer<typeof refusalSchema>;
