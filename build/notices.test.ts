import { describe, expect, it } from "@jest/globals";
import { noticesText, npmComponents } from "./notices.ts";
import { fromRoot } from "./repository.ts";

describe("npmComponents", () => {
  it("finds the package of each file once, and leaves our own files out", () => {
    const inputs = ["contract/src/index.ts", "node_modules/zod/v4/index.js", "node_modules/zod/index.js"].map((path) =>
      fromRoot(path),
    );
    const [zod, ...more] = npmComponents(inputs);
    expect(more).toEqual([]);
    expect(zod).toMatchObject({ name: "zod", license: "MIT" });
    expect(zod?.text).toMatch(/^MIT License/);
  });
});

describe("noticesText", () => {
  const component = { name: "b", version: "2.0.0", license: "MIT", text: "Permission is granted." };

  it("names each component with its version and the text of its licence, in order", () => {
    const text = noticesText([component, { name: "a", version: "1.0.0", license: "ISC", text: "" }]);
    expect(text.indexOf("a 1.0.0 (ISC)\n\nLicensed under ISC.")).toBeGreaterThan(0);
    expect(text.indexOf("b 2.0.0 (MIT)\n\nPermission is granted.")).toBeGreaterThan(text.indexOf("a 1.0.0"));
  });

  it("refuses a component that grants nothing", () => {
    expect(() => noticesText([{ ...component, license: "", text: "" }])).toThrow("No licence found for b");
  });
});
