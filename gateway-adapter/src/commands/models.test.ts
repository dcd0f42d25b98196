import { describe, expect, it } from "@jest/globals";
import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { configuredModels } from "./models.ts";

const config = (over: object): OpenClawConfig => over;
const providers = { local: { models: [{ id: "small" }, { id: "large" }] }, empty: {} };

describe("C2 the models that a config names", () => {
  it("C2 are those of its own providers, and what agents use by default", () => {
    const model = { primary: "local/large", fallbacks: ["far/away"] };
    expect(configuredModels(config({ agents: { defaults: { model } }, models: { providers } }))).toEqual([
      "local/large",
      "far/away",
      "local/small",
    ]);
  });

  it("C2 are only those that its policy allows, where it does not allow all", () => {
    const models = { "far/away": {}, "far/near": {}, alias: {} };
    const names = (allow?: string[]): string[] =>
      configuredModels(
        config({
          agents: { defaults: { models, ...(allow ? { modelPolicy: { allow } } : {}) } },
          models: { providers },
        }),
      );
    expect(names()).toEqual(["far/away", "far/near", "local/small", "local/large"]);
    expect(names([])).toEqual(names());
    expect(names(["local/*", "far/near", "new/one"])).toEqual(["far/near", "new/one", "local/small", "local/large"]);
  });

  it("C2 are none in an empty config", () => {
    expect(configuredModels(config({}))).toEqual([]);
  });
});
