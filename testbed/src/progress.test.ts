import { describe, expect, it } from "@jest/globals";
import { createProgress } from "./progress.ts";

describe("createProgress", () => {
  it("says when something begins and how long it took", async () => {
    const lines: string[] = [];
    let clock = 0;
    const progress = createProgress(
      (line) => {
        lines.push(line);
      },
      () => clock,
    );
    clock = 1500;
    await progress.during("gateway", () => {
      clock = 13_700;
      return Promise.resolve();
    });
    expect(lines).toEqual(["[   1.5 s] gateway …", "[  13.7 s] gateway: done in 12.2 s"]);
  });

  it("says so when it failed, and passes the error on", async () => {
    const lines: string[] = [];
    const progress = createProgress(
      (line) => {
        lines.push(line);
      },
      () => 0,
    );
    await expect(progress.during("link", () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    expect(lines.at(-1)).toContain("link: FAILED");
  });
});
