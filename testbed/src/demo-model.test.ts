import { describe, expect, it } from "@jest/globals";
import { realModel } from "./demo-model.ts";

describe("realModel", () => {
  it("is the stub without a key", () => {
    expect(realModel({ OPENAI_API_KEY: "", PATH: "/bin" })).toBeUndefined();
  });

  it("takes the first provider with a key, and passes on only that key", () => {
    expect(realModel({ ANTHROPIC_API_KEY: "k", XAI_API_KEY: "x" })).toEqual({
      kind: "provider",
      name: "anthropic/claude-opus-5",
      env: { ANTHROPIC_API_KEY: "k" },
    });
  });

  it("uses the model that is asked for", () => {
    expect(realModel({ OPENAI_API_KEY: "k", DEMO_MODEL: "openai/small" })?.kind).toBe("provider");
    expect(realModel({ OPENAI_API_KEY: "k", DEMO_MODEL: "openai/small" })).toMatchObject({ name: "openai/small" });
  });
});
