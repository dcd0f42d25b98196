import { expect, it } from "@jest/globals";
import { withTables } from "./tables.ts";

const TABLE = "Before\n\n| name | age |\n|---|---|\n| Anna | 7 |\n\nafter";

it.each(["off", "block"] as const)(
  "S2 N13 markdown.tables %s leaves tables to Mattermost, which draws them",
  (mode) => {
    expect(withTables(TABLE, mode)).toBe(TABLE);
  },
);
it.each(["bullets", "code"] as const)(
  "S2 N13 markdown.tables %s makes something else of them, and loses nothing",
  (mode) => {
    const drawn = withTables(TABLE, mode);
    expect(drawn).not.toContain("|---|");
    for (const word of ["Before", "Anna", "7", "after"]) expect(drawn).toContain(word);
    expect(drawn.includes("```")).toBe(mode === "code");
  },
);
it("N13 a table that would not fit any more stays one", () => {
  expect(withTables(TABLE, "code", TABLE.length - 1)).toBe(TABLE);
});
