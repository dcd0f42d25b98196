import { describe, expect, it } from "@jest/globals";
import { welcomeSchema, type Welcome } from "@openclaw-mattermost/contract";
import { MattermostError, type Problem } from "../errors.ts";
import { keepSayingHello, problemOfFailure, problemsOf } from "./hello.ts";

const NOW = 1_790_000_000_000;
const welcome = (
  over: { link?: Welcome["link"]; delivery?: Partial<Welcome["delivery"]>; server_time?: number } = {},
): Welcome =>
  welcomeSchema.parse({
    v: 1,
    plugin_version: "0.1.0",
    server_version: "11.1.0",
    server_id: "srv",
    bot: { user_id: "b".repeat(26), username: "openclaw" },
    link: over.link ?? { state: "linked", message: "" },
    delivery: {
      state: "ready",
      transport: "webhook",
      url: "https://gw.example.com",
      pending: 0,
      overflowed: 0,
      delivered: 0,
      dead: 0,
      last_delivery_at: 0,
      last_error: null,
      ...over.delivery,
    },
    jwks: {
      keys: [{ kty: "EC", crv: "P-256", alg: "ES256", use: "sig", kid: "k", x: "A".repeat(43), y: "A".repeat(43) }],
    },
    server_time: over.server_time ?? NOW,
  });
const codes = (problems: readonly Problem[]): string[] => problems.map((problem) => problem.code);

describe("N3 hello", () => {
  it("N3 says what is missing, each with what to do", () => {
    const found = (over: Parameters<typeof welcome>[0]): Problem[] => problemsOf(welcome(over), NOW, "webhook");
    expect(found({})).toEqual([]);
    expect(codes(found({ link: { state: "pending", message: "" } }))).toEqual(["link.pending"]);
    expect(codes(found({ link: { state: "refused", message: "" } }))).toEqual(["link.refused"]);
    for (const state of ["unset", "unverified", "retrying", "paused"] as const) {
      const problems = found({ delivery: { state } });
      expect(codes(problems)).toEqual([`delivery.${state}`]);
      expect(problems[0]?.fix).not.toBe("");
    }
  });
  it("N2 who can pull needs no gateway URL, and a broken one is no error", () => {
    const found = (state: Welcome["delivery"]["state"], transport: "auto" | "pull"): string[] =>
      problemsOf(welcome({ delivery: { state } }), NOW, transport).map(({ severity, code }) => `${severity} ${code}`);
    expect(found("unset", "auto")).toEqual([]);
    expect(found("unverified", "auto")).toEqual(["warning delivery.unverified"]);
    expect(found("paused", "auto")).toEqual(["warning delivery.paused"]);
    for (const state of ["unset", "unverified", "retrying"] as const) expect(found(state, "pull")).toEqual([]);
  });
  it("N3 a clock that is off by more than the tolerance is named", () => {
    expect(codes(problemsOf(welcome({ server_time: NOW - 30_000 }), NOW, "auto"))).toEqual([]);
    expect(problemsOf(welcome({ server_time: NOW - 60_000 }), NOW, "auto")[0]?.message).toContain("60 s ahead");
    expect(problemsOf(welcome({ server_time: NOW + 60_000 }), NOW, "auto")[0]?.message).toContain("60 s behind");
  });
  it("N3 each way to fail has its own words", () => {
    const http = (status: number): string => problemOfFailure(new MattermostError("http", "x", { status })).code;
    expect([401, 403, 404, 409, 500].map(http)).toEqual([
      "token.refused",
      "token.not_a_bot",
      "plugin.missing",
      "protocol.unsupported",
      "hello.refused",
    ]);
    expect(problemOfFailure(new MattermostError("network", "x")).code).toBe("server.unreachable");
    expect(problemOfFailure(new MattermostError("address_refused", "x")).fix).toContain(
      "dangerouslyAllowPrivateNetwork",
    );
    expect(problemOfFailure(new MattermostError("malformed", "x")).code).toBe("server.not_mattermost");
  });

  it("N3 keeps trying, quicker while something is missing, and stops when told to", async () => {
    const answers: (Welcome | Error)[] = [
      new MattermostError("network", "down"),
      new MattermostError("network", "down"),
      welcome({ delivery: { state: "unset" } }),
      welcome(),
      welcome(),
    ];
    const pauses: number[] = [];
    const told: string[][] = [];
    const stop = new AbortController();
    await keepSayingHello(
      {
        client: {
          hello: async () => {
            const next = answers.shift();
            if (next instanceof Error || next === undefined) throw next ?? new Error("no more");
            return next;
          },
        },
        hello: {
          gateway_id: "gateway-1",
          account: "default",
          adapter_version: "1",
          openclaw_version: "1",
          proposed_url: "",
          transport: "webhook",
        },
        catalogue: () => Promise.resolve([]),
        mark: () => 7,
        now: () => NOW,
        sleep: async (ms) => {
          pauses.push(ms);
          if (answers.length === 0) stop.abort();
        },
        onWelcome: () => undefined,
        onProblems: (problems) => told.push(codes(problems)),
      },
      stop.signal,
    );
    expect(pauses).toEqual([1_000, 2_000, 15_000, 300_000, 300_000]);
    expect(told).toEqual([["server.unreachable"], ["server.unreachable"], ["delivery.unset"], [], []]);
  });
});
