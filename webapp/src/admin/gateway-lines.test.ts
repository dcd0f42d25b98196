import { describe, expect, it } from "@jest/globals";
import { gatewayLines } from "./gateway-lines.ts";

const facts = { version: "1.2.3", token: "abcdefghijklmnopqrstuvwxyz", siteUrl: "https://chat.example.com/team-a" };

describe("gatewayLines", () => {
  it("gives the exact lines for the gateway host", () => {
    expect(gatewayLines(facts)).toEqual([
      "openclaw plugins install npm-pack:./openclaw-mattermost-adapter-1.2.3.tgz --force --accept-capabilities",
      "openclaw channels add --channel mattermost --bot-token abcdefghijklmnopqrstuvwxyz --http-url https://chat.example.com/team-a",
    ]);
  });

  it("quotes what a shell would read as more than a word", () => {
    const [, add = ""] = gatewayLines({ ...facts, siteUrl: "https://chat.example.com/$(id)'x" });
    expect(add).toContain(String.raw`--http-url 'https://chat.example.com/$(id)'\''x'`);
  });
});
