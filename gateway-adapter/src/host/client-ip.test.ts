import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { comesFrom } from "./client-ip.ts";

const from = (remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;

describe("L5 where a click may come from", () => {
  it("L5 without a list, from this machine only", () => {
    expect(comesFrom(from("127.0.0.1"), [])).toBe(true);
    expect(comesFrom(from("::ffff:127.0.0.1"), [])).toBe(true);
    expect(comesFrom(from("10.0.0.7"), [])).toBe(false);
  });

  it("L5 with a list, from its addresses and networks", () => {
    expect(comesFrom(from("10.0.0.7"), ["10.0.0.0/24"])).toBe(true);
    expect(comesFrom(from("10.0.1.7"), ["10.0.0.0/24", "10.0.1.8"])).toBe(false);
  });

  it("L5 behind a trusted proxy, from whom the proxy names; nobody else's word counts", () => {
    const forwarded = { "x-forwarded-for": "10.0.0.7" };
    expect(comesFrom(from("10.9.9.9", forwarded), ["10.0.0.7"], { trustedProxies: ["10.9.9.9"] })).toBe(true);
    expect(comesFrom(from("10.9.9.9", forwarded), ["10.0.0.7"])).toBe(false);
    expect(comesFrom(from("10.8.8.8", forwarded), ["10.0.0.7"], { trustedProxies: ["10.9.9.9"] })).toBe(false);
  });
});
