import { describe, expect, it } from "@jest/globals";
import { outcome, tableOf } from "./table.ts";

describe("the table of attacks", () => {
  it("fails what got through, what broke something, and what was never tried", () => {
    expect(outcome(5, 0, 0).passed).toBe(true);
    expect(outcome(5, 1, 0).passed).toBe(false);
    expect(outcome(5, 0, 1).passed).toBe(false);
    expect(outcome(0, 0, 0).passed).toBe(false);
  });

  it("is Markdown", () => {
    const line = { attacker: "forger", defence: "signature", ...outcome(3, 0, 0, "n") };
    expect(tableOf([line]).split("\n").at(-1)).toBe("| forger | signature | 3 | 0 | 0 | held | n |");
  });
});
