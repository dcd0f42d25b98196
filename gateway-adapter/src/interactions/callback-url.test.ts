import { describe, expect, it } from "@jest/globals";
import { interactionsUrl } from "./callback-url.ts";

const url = (gateway: object, callbackBaseUrl?: string, accountId = "default"): string =>
  interactionsUrl({ gateway }, { accountId, callbackBaseUrl });

describe("S13 where clicks go without the plugin", () => {
  it("S13 what the config says wins, whatever it ends with", () => {
    expect(url({ port: 1 }, "https://gateway.example.com/")).toBe(
      "https://gateway.example.com/mattermost/interactions/default",
    );
    expect(url({}, "https://g.example.com/base//", "my account")).toBe(
      "https://g.example.com/base/mattermost/interactions/my%20account",
    );
  });

  it("S13 else the gateway's host and port, else localhost", () => {
    expect(url({ customBindHost: "10.0.0.5", port: 1234 })).toBe(
      "http://10.0.0.5:1234/mattermost/interactions/default",
    );
    expect(url({ customBindHost: "fd00::1" })).toBe("http://[fd00::1]:18789/mattermost/interactions/default");
    for (const customBindHost of [undefined, " ", "0.0.0.0", "::", "[::]"])
      expect(url({ customBindHost })).toBe("http://localhost:18789/mattermost/interactions/default");
  });
});
