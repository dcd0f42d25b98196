import { z } from "zod";

/** What comes over the socket: events, and replies to what was asked. */
export const messageSchema = z.object({
  event: z.string().default(""),
  data: z.record(z.string(), z.unknown()).nullish(),
  /** Number of an event in its connection, from 0. */
  seq: z.number().default(0),
  broadcast: z.object({ channel_id: z.string().default("") }).nullish(),
  status: z.string().default(""),
  seq_reply: z.number().default(0),
});
export type SocketMessage = z.infer<typeof messageSchema>;
