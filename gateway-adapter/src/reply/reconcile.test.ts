import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { onceId } from "./delivery-key.ts";
import { findSend } from "./reconcile.ts";
import { wasNotSent } from "./send-error.ts";

const network = (code: string): MattermostError =>
  new MattermostError("network", "no", {
    cause: new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) }),
  });

describe("N1 a send whose answer got lost", () => {
  it("N1 is sent again without looking only where nothing can have arrived", () => {
    expect(wasNotSent(network("ECONNREFUSED"))).toBe(true);
    expect(wasNotSent(network("ENOTFOUND"))).toBe(true);
    expect(wasNotSent(new MattermostError("http", "slow down", { status: 429 }))).toBe(true);
    expect(wasNotSent(network("ECONNRESET"))).toBe(false);
    expect(wasNotSent(new MattermostError("timeout", "no"))).toBe(false);
    expect(wasNotSent(new MattermostError("http", "oops", { status: 502 }))).toBe(false);
    expect(wasNotSent(new MattermostError("http", "too long", { status: 400 }))).toBe(false);
  });

  const look = (keys: (string | undefined)[], parts: number, fill = 0) =>
    findSend(
      {
        postsSince: async () => [
          ...keys.map((deliveryKey, i) => ({ id: `p${String(i)}`, deliveryKey, previewKey: undefined })),
          ...Array.from({ length: fill }, (_, i) => ({
            id: `f${String(i)}`,
            deliveryKey: undefined,
            previewKey: undefined,
          })),
        ],
      },
      { channelId: "c", queueId: "q", parts, sinceMs: 0 },
    );
  const key = (part: number): string => onceId(`q:${String(part)}`);

  it("N1 is found by its key, all of its parts", async () => {
    expect(await look([key(1), undefined, key(0)], 2)).toEqual({ kind: "sent", postIds: ["p2", "p0"] });
    expect(await look([onceId("other:0")], 1)).toEqual({ kind: "not_sent" });
    expect(await look([], 1)).toEqual({ kind: "not_sent" });
  });
  it("N1 is not repeated where that cannot be told", async () => {
    expect((await look([key(0)], 2)).kind).toBe("unclear");
    expect((await look([], 1, 1_000)).kind).toBe("unclear");
  });
});
