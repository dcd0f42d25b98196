import { describe, expect, it } from "@jest/globals";
import { until } from "./wait.ts";

describe("until", () => {
  it("answers with the first value that is one", async () => {
    const answers = [undefined, null, false, 0];
    expect(await until(() => answers.shift(), { what: "a value", deadlineMs: 5000 })).toBe(0);
  });

  it("takes an error of the probe for 'not yet'", async () => {
    let asked = 0;
    const probe = (): string => {
      asked += 1;
      if (asked < 3) throw new Error("connection refused");
      return "there";
    };
    expect(await until(probe, { what: "an answer", deadlineMs: 5000 })).toBe("there");
  });

  it("says what was missing, why, and quotes the log", async () => {
    const refused = (): never => {
      throw new Error("connection refused");
    };
    const waiting = until(refused, { what: "the link", deadlineMs: 1, tail: () => "--- the log" });
    await expect(waiting).rejects.toMatchObject({
      code: "wait.timeout",
      message: "the link did not happen within 0.001 s; last: connection refused\n--- the log",
    });
  });

  it("ends when it is told to", async () => {
    const stop = new AbortController();
    const waiting = until(() => undefined, { what: "nothing", deadlineMs: 60_000, signal: stop.signal });
    stop.abort(new Error("it died"));
    await expect(waiting).rejects.toThrow();
  });
});
