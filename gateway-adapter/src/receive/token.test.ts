import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { jwksSchema, type RefusalCode } from "@openclaw-mattermost/contract";
import { createHash } from "node:crypto";
import { createReplayMemory } from "./replay.ts";
import { verifyToken, type Expectation } from "./token.ts";

interface Vectors {
  now: number;
  trusted: unknown;
  expect: Expectation;
  body: string;
  cases: { name: string; token: string; after?: string[]; code: RefusalCode | null }[];
}
const vectors = JSON.parse(
  readFileSync(new URL("../../../contract/vectors/tokens.json", import.meta.url), "utf8"),
) as Vectors;
const keys = new Map<string, KeyObject>(
  jwksSchema.parse(vectors.trusted).keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]),
);
const hash = createHash("sha256").update(vectors.body).digest("base64url");

/** One showing of a token: the checks of the contract from the token to the replay memory. */
async function show(token: string, replays: ReturnType<typeof createReplayMemory>): Promise<RefusalCode | null> {
  const verdict = await verifyToken(token, async (kid) => keys.get(kid), vectors.expect, vectors.now);
  if (!verdict.ok) return verdict.code;
  if (verdict.claims.body_sha256 !== hash) return "token.body";
  return replays.reserve({ jti: verdict.claims.jti, untilMs: verdict.claims.exp * 1_000 }) === "reserved"
    ? null
    : "token.replayed";
}

describe("C3 the signature", () => {
  for (const vector of vectors.cases) {
    it(`C3 token: ${vector.name}`, async () => {
      const replays = createReplayMemory({ now: () => vectors.now * 1_000 });
      for (const earlier of vector.after ?? []) await show(earlier, replays);
      expect(await show(vector.token, replays)).toBe(vector.code);
    });
  }

  it("C3 a key set that cannot be read is an error and not a refusal", async () => {
    const broken = verifyToken(
      vectors.cases[0]?.token,
      () => Promise.reject(new Error("no answer")),
      vectors.expect,
      vectors.now,
    );
    await expect(broken).rejects.toThrow("no answer");
  });
});
