import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { fitting, keepAnswering } from "./answer.ts";

const refusal = (status: number, serverId: string): MattermostError =>
  new MattermostError("http", "no", { status, serverId });
const down = new MattermostError("network", "down");

/** A plugin that fails in these ways, one after the other, and then takes the answer. */
async function answering(...failures: Error[]): Promise<{ calls: number; pauses: number[]; failed: unknown }> {
  const pauses: number[] = [];
  let calls = 0;
  const answer = keepAnswering(
    {
      client: {
        answerCommand: () => {
          const failure = failures[calls++];
          return failure ? Promise.reject(failure) : Promise.resolve();
        },
      },
      sleep: (ms) => {
        pauses.push(ms);
        return Promise.resolve();
      },
      log: () => undefined,
    },
    new AbortController().signal,
  );
  let failed: unknown;
  await answer("id", ["well"]).catch((error: unknown) => (failed = error));
  return { calls, pauses, failed };
}

describe("N4 the answer of a command", () => {
  it("N4 is handed over again where the plugin cannot take it", async () => {
    expect(await answering(down, refusal(500, "internal"))).toMatchObject({
      calls: 3,
      pauses: [500, 1_000],
      failed: undefined,
    });
  });
  it("N4 counts as given where the plugin knows the command no more", async () => {
    expect(await answering(refusal(404, "item.unknown"))).toMatchObject({ calls: 1, failed: undefined });
  });
  it("N4 is tried on where a proxy, and not the plugin, says that there is nothing", async () => {
    expect((await answering(refusal(404, ""))).calls).toBe(2);
  });
  it("N4 rejects in the end, so that the command is run again later", async () => {
    expect(await answering(...Array.from({ length: 9 }, () => down))).toMatchObject({ calls: 6, failed: down });
  });
  it("N4 says so where it is longer than the plugin takes", () => {
    expect(fitting(["a", "b"])).toEqual(["a", "b"]);
    const long = fitting(Array.from({ length: 9 }, () => "ü".repeat(10_000)));
    expect(long).toHaveLength(3);
    expect(long.at(-1)).toContain("too long");
    expect(fitting(Array.from({ length: 50 }, () => "x"))).toHaveLength(20);
  });
});
