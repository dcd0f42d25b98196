import { callGatewayFromCli } from "openclaw/plugin-sdk/gateway-runtime";
import { z } from "zod";

const CHANNEL = "mattermost";
const TIMEOUT_MS = 15_000;

const listSchema = z.object({
  requests: z.array(
    z.object({
      requestId: z.string(),
      senderId: z.string(),
      createdAt: z.union([z.string(), z.number()]).optional(),
      requestedAt: z.union([z.string(), z.number()]).optional(),
      meta: z.record(z.string(), z.unknown()).optional(),
      metadata: z.record(z.string(), z.unknown()).optional(),
      displayName: z.string().optional(),
    }),
  ),
});

/** Somebody who waits to be let in by direct message. `at`: milliseconds since 1970. */
export interface WaitingSender {
  id: string;
  userId: string;
  username: string;
  at: number;
}

/**
 * OpenClaw's own pairing, by the gateway's own interface: what its Control UI calls. A third-party channel can make requests
 * in process, but neither list nor decide them.
 */
export const pairing = {
  async list(accountId: string): Promise<WaitingSender[]> {
    const { requests } = listSchema.parse(await ask("channels.pairing.list", { channel: CHANNEL, accountId }));
    return requests.map((request) => ({
      id: request.requestId,
      userId: request.senderId,
      username: textOf((request.meta ?? request.metadata)?.["username"]),
      at: timeOf(request.createdAt ?? request.requestedAt),
    }));
  },
  /** Lets somebody in and tells them. */
  approve: (accountId: string, requestId: string): Promise<unknown> =>
    ask("channels.pairing.approve", { channel: CHANNEL, accountId, requestId, notify: true }),
  /** Takes a request away; whoever made it may ask again. */
  deny: (accountId: string, requestId: string): Promise<unknown> =>
    ask("channels.pairing.dismiss", { channel: CHANNEL, accountId, requestId }),
};
export type Pairing = typeof pairing;

const ask = (method: string, params: object): Promise<unknown> =>
  callGatewayFromCli(method, { json: true, timeout: String(TIMEOUT_MS) }, params, {
    progress: false,
    scopes: ["operator.pairing"],
  });

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const timeOf = (value: string | number | undefined): number => {
  const ms = typeof value === "number" ? value : Date.parse(value ?? "");
  return Number.isFinite(ms) ? ms : 0;
};
