import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { withDmRetry, type DmRetryPolicy } from "./dm-retry.ts";

const DEFAULTS: DmRetryPolicy = { maxRetries: 3, initialDelayMs: 1_000, maxDelayMs: 10_000, timeoutMs: 30_000 };
const refused = (status: number, retryAfterMs?: number): MattermostError =>
  new MattermostError("http", "no", { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

/** Fails with these errors in turn, then succeeds; gives what happened and how long it slept. */
async function run(
  errors: Error[],
  policy: Partial<DmRetryPolicy> = {},
  random = 0.5,
): Promise<{ result: string; slept: number[]; calls: number }> {
  const slept: number[] = [];
  let calls = 0;
  const deps = {
    policy: () => ({ ...DEFAULTS, ...policy }),
    sleep: async (ms: number) => {
      slept.push(ms);
    },
    random: () => random,
  };
  const result = await withDmRetry(deps, async () => {
    const error = errors[calls];
    calls += 1;
    if (error) throw error;
    return "channel";
  }).catch((error: unknown) => (error as Error).message);
  return { result, slept, calls };
}

describe("S10 dmChannelRetry", () => {
  it("S10 tries again after 429, 5xx, no answer and time-outs, each time twice as long later", async () => {
    const errors = [refused(503), refused(429), new MattermostError("network", "no")];
    expect(await run(errors)).toEqual({ result: "channel", slept: [1_000, 2_000, 4_000], calls: 4 });
    expect((await run([new MattermostError("timeout", "no")])).result).toBe("channel");
  });
  it("S10 gives up after maxRetries with the last error", async () => {
    expect(await run([refused(500), refused(500), refused(500), refused(502)])).toMatchObject({
      result: "no",
      calls: 4,
    });
    expect(await run([refused(500)], { maxRetries: 0 })).toMatchObject({ result: "no", calls: 1 });
  });
  it.each([400, 401, 403, 404])("S10 %d is final", async (status) => {
    expect(await run([refused(status)])).toMatchObject({ result: "no", slept: [], calls: 1 });
  });
  it("S10 an error that is not the network's is final", async () => {
    expect(await run([new Error("no")])).toMatchObject({ result: "no", calls: 1 });
    expect(await run([new MattermostError("address_refused", "no")])).toMatchObject({ result: "no", calls: 1 });
  });
  it("S10 spreads by a quarter, honours Retry-After, and never waits longer than maxDelayMs", async () => {
    expect((await run([refused(500)], {}, 0)).slept).toEqual([750]);
    expect((await run([refused(500)], {}, 0.999)).slept[0]).toBeCloseTo(1_249.5);
    expect((await run([refused(429, 5_000)])).slept).toEqual([5_000]);
    expect((await run([refused(429, 60_000)])).slept).toEqual([10_000]);
    expect((await run([refused(500)], { initialDelayMs: 60_000 })).slept).toEqual([10_000]);
  });
});
