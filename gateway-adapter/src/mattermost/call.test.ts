import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { z } from "zod";
import { MattermostError } from "../errors.ts";
import { at, createCalls, type Http } from "./call.ts";
import { createMattermostClient } from "./client.ts";
import { anyAnswer, TOKEN } from "./fake-answers.ts";

type Answer = Awaited<ReturnType<Http>>;

const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: new Headers(headers),
  body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
});

function callsWith(...answers: (Answer | Error)[]) {
  const slept: number[] = [];
  const asked: Parameters<Http>[0][] = [];
  const http: Http = async (call) => {
    asked.push(call);
    const next = answers.shift() ?? answer(200);
    if (next instanceof Error) throw next;
    return next;
  };
  const deps = {
    baseUrl: "https://chat.example.com",
    botToken: TOKEN,
    http,
    sleep: async (ms: number) => slept.push(ms),
  };
  return { ...createCalls(deps), client: createMattermostClient(deps), slept, asked };
}

const failure = async (promise: Promise<unknown>): Promise<MattermostError> => {
  const error = await promise.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MattermostError);
  return error as MattermostError;
};

describe("S10 calls of Mattermost", () => {
  it("S10 a refusal carries Mattermost's id, its request id and its words", async () => {
    const { call } = callsWith(
      answer(403, { id: "api.context.permissions.app_error", message: "No permission.", request_id: "r1" }),
      answer(502, Buffer.from("<html>bad gateway</html>"), { "x-request-id": "r2" }),
    );
    expect(await failure(call("GET", "/x", z.unknown()))).toMatchObject({
      code: "http",
      status: 403,
      serverId: "api.context.permissions.app_error",
      requestId: "r1",
      message: "Mattermost answered 403: No permission.",
    });
    expect(await failure(call("GET", "/x", z.unknown()))).toMatchObject({ status: 502, serverId: "", requestId: "r2" });
  });
  it.each([
    ["2", 2_000],
    [new Date(Date.now() + 3_600_000).toUTCString(), expect.any(Number)],
    ["soon", undefined],
    ["-1", undefined],
  ])("S10 reads Retry-After %j", async (header, ms) => {
    const { call } = callsWith(answer(429, {}, { "retry-after": header }));
    expect((await failure(call("GET", "/x", z.unknown()))).retryAfterMs).toEqual(ms);
  });
  it("S10 a patient call waits as long as the rate limiter asks, and then asks again", async () => {
    const limited = answer(429, {}, { "retry-after": "3" });
    const { call, slept } = callsWith(limited, answer(429), answer(200, { ok: 1 }));
    expect(await call("GET", "/x", z.unknown(), { patient: true })).toEqual({ ok: 1 });
    expect(slept).toEqual([3_000, 1_000]);
  });
  it("S10 no call waits longer than ten seconds in all, and an impatient one not at all", async () => {
    const limited = (seconds: number): Answer => answer(429, {}, { "retry-after": String(seconds) });
    const long = callsWith(limited(11));
    expect((await failure(long.call("GET", "/x", z.unknown(), { patient: true }))).retryAfterMs).toBe(11_000);
    const often = callsWith(...Array.from({ length: 9 }, () => limited(4)));
    await failure(often.call("GET", "/x", z.unknown(), { patient: true }));
    expect(often.slept).toEqual([4_000, 4_000]);
    const once = callsWith(limited(1));
    await failure(once.call("GET", "/x", z.unknown()));
    expect([long.slept, once.slept]).toEqual([[], []]);
  });
  it("S10 every call has a deadline and a bound for its answer", async () => {
    const { client, asked } = callsWith();
    await client.person("u").catch(() => undefined);
    await client.typing("c", "");
    await client.file("f", 77);
    for (const { timeoutMs, maxBytes } of asked) {
      expect(timeoutMs).toBeGreaterThan(0);
      expect(maxBytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
    expect(asked[2]?.maxBytes).toBe(77);
  });
  it("S10 a value in a path cannot lead to another path", () => {
    expect(at`/posts/${"a/../../users"}/pin?n=${5}`).toBe("/posts/a%2F..%2F..%2Fusers/pin?n=5");
    for (const value of ["", ".", ".."]) expect(() => at`/posts/${value}`).toThrow(MattermostError);
  });

  it("S10 the token is in no error, whoever says it", async () => {
    const wrong = new TypeError(`Headers.append: "Bearer ${TOKEN}" is an invalid header value.`);
    const echoed = { id: TOKEN, message: `you sent ${TOKEN}`, request_id: TOKEN };
    const wrapped = new MattermostError("network", "no", { cause: wrong });
    const { call } = callsWith(
      wrong,
      wrapped,
      answer(500, echoed),
      answer(403, { error: { code: TOKEN, message: TOKEN } }),
    );
    for (let times = 0; times < 4; times += 1) {
      const error = await failure(call("GET", "/x", z.unknown()));
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(TOKEN);
    }
  });
});

describe("S10 answers that are not Mattermost's", () => {
  it("S10 whatever the server answers, every method gives an answer or a MattermostError without the token", async () => {
    const methods = Object.keys(callsWith().client) as (keyof ReturnType<typeof callsWith>["client"])[];
    expect(methods.length).toBeGreaterThan(30);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), anyAnswer, async (name, any) => {
        const { client } = callsWith(any, any, any);
        const method = client[name] as (...given: unknown[]) => Promise<unknown>;
        const given = argumentsOf(name);
        const error = await method(...given).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) return;
        expect(error).toBeInstanceOf(MattermostError);
        expect((error as Error).message).not.toContain(TOKEN);
      }),
      { numRuns: 1_500 },
    );
  });
});

function argumentsOf(name: string): unknown[] {
  switch (name) {
    case "get":
      return ["/x", z.object({ id: z.string() })];
    case "people":
      return [["u"]];
    case "createPost":
      return [{ channelId: "c", message: "m" }];
    case "posts":
      return ["c", { limit: 3, before: "p" }];
    case "uploadFile":
      return [{ channelId: "c", name: "n", content: Buffer.from("x"), contentType: "text/plain" }];
    case "pull":
      return [{ gatewayId: "g", waitS: 0, signal: new AbortController().signal }];
    case "challenge":
      return ["c".repeat(32)];
    case "hello":
    case "answerCommand":
      return ["x", {}];
    default:
      return ["a", "b", "c"];
  }
}
