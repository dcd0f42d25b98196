import { createHash, timingSafeEqual } from "node:crypto";
import {
  CLOCK_TOLERANCE_S,
  eventsPath,
  type Answer,
  type AskEvent,
  type ChannelEvent,
  type RefusalCode,
  type TokenClaims,
} from "@openclaw-mattermost/contract";
import { messageOf } from "../errors.ts";
import { readBatch } from "./batch.ts";
import type { KeyRing } from "./keys.ts";
import type { Attempt, ReplayMemory } from "./replay.ts";
import { verifyToken } from "./token.ts";
import { pass } from "../stations.ts";

/** What a delivery needs of a running account, whichever way it comes. */
export interface Receiver {
  accountId: string;
  keys: KeyRing;
  replays: ReplayMemory;
  /** The server's id from its answer to hello; undefined before the first. */
  serverId: () => string | undefined;
  gatewayId: string;
  /** Events still come by another way, which has to end first. */
  isHeld: () => boolean;
  /** Stores events and the attempt that brought them, all or none; throws if they cannot be made durable. */
  append: (events: readonly ChannelEvent[], attempt: Attempt) => void;
  /** Proves to the plugin that a ping arrived. */
  answerChallenge: (challenge: string) => void;
  /** Answers a panel, in its own time. */
  answerAsk: (ask: AskEvent) => void;
  inFlight: { count: number };
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

export interface Refusal {
  code: RefusalCode;
  message: string;
  retryAfterS?: number;
}

export const RETRY_AFTER_S = 2;
const REPLAYED: Refusal = { code: "token.replayed", message: "This attempt was seen before." };

/**
 * Check 6 of `contract/README.md`: is this delivery signed by the plugin, for this account, and for this way, and not seen
 * before? `knownKeysOnly`: nobody is waited for.
 */
export async function checkToken(
  receiver: Receiver,
  serverId: string,
  htm: "GET" | "POST",
  token: string | undefined,
  options: { now: () => number; knownKeysOnly?: boolean },
): Promise<TokenClaims | Refusal> {
  const expect = {
    iss: serverId,
    aud: receiver.gatewayId,
    sub: receiver.accountId,
    htm,
    htu: eventsPath(receiver.accountId),
  };
  try {
    const findKey = async (kid: string) =>
      options.knownKeysOnly ? receiver.keys.findNow(kid) : await receiver.keys.find(kid);
    const verdict = await verifyToken(token, findKey, expect, Math.floor(options.now() / 1_000));
    if (!verdict.ok) return { code: verdict.code, message: "The signature was refused." };
    return receiver.replays.has(verdict.claims.jti) ? REPLAYED : verdict.claims;
  } catch (error) {
    receiver.log("The plugin's keys cannot be read.", { account: receiver.accountId, reason: messageOf(error) });
    return {
      code: "keys.unavailable",
      message: "The plugin's keys cannot be read at the moment.",
      retryAfterS: RETRY_AFTER_S,
    };
  }
}

/** Checks 9 to 14: from the bytes of a body whose token was accepted to the answer. What it acknowledges is stored. */
export function take(receiver: Receiver, claims: TokenClaims, body: Buffer): Answer | Refusal {
  // 9 body hash
  const hash = createHash("sha256").update(body).digest();
  const signed = Buffer.from(claims.body_sha256, "base64url");
  if (signed.length !== hash.length || !timingSafeEqual(signed, hash))
    return { code: "token.body", message: "The body is not the one that was signed." };
  // 10 replay
  const attempt = { jti: claims.jti, untilMs: (claims.exp + CLOCK_TOLERANCE_S + 1) * 1_000 };
  const reserved = receiver.replays.reserve(attempt);
  if (reserved === "replayed") return REPLAYED;
  if (reserved === "full") return { code: "busy", message: "Too many deliveries at once.", retryAfterS: RETRY_AFTER_S };
  // 11 and 12 JSON, schema
  const batch = readBatch(body);
  if (batch.kind === "refused") return { code: batch.code, message: "The body is not a delivery of version 1." };
  // 13 inbox
  const { events, pings, asks, dropped, failed } = batch.read;
  if (events.length > 0 && receiver.isHeld())
    return { code: "busy", message: "Events still come by WebSocket.", retryAfterS: RETRY_AFTER_S };
  try {
    receiver.append(events, attempt);
    pass("stored");
  } catch (error) {
    receiver.log("The inbox cannot store events. Is the disk full?", {
      account: receiver.accountId,
      reason: messageOf(error),
    });
    return { code: "inbox.unavailable", message: "The events cannot be stored at the moment.", retryAfterS: 5 };
  }
  // 14 answer
  for (const ping of pings) receiver.answerChallenge(ping.ping.challenge);
  for (const ask of asks) receiver.answerAsk(ask);
  return { acked: [...[...events, ...pings, ...asks].map(({ id }) => id), ...dropped], failed };
}
