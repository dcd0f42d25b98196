import { describe, expect, it } from "@jest/globals";
import type { AccountFacts } from "./account/facts.ts";
import { createStatusTeller, runtimePatch } from "./status.ts";

const facts = (more: Partial<AccountFacts> = {}): AccountFacts => ({
  welcome: undefined,
  connectedAt: 1,
  connected: true,
  problems: [],
  lastEventAt: undefined,
  pending: 0,
  transport: "pull",
  ...more,
});
const problem = (code: string) => ({ code, severity: "error" as const, message: "What is wrong.", fix: "What to do." });

describe("S17 what OpenClaw is told of a running account", () => {
  it("S17 an account that works is connected, by name of its transport", () => {
    expect(runtimePatch(facts())).toMatchObject({ running: true, connected: true, lastError: null, mode: "pull" });
  });
  it("S17 an account that waits for Mattermost's admin is not started anew, and says what it waits for", () => {
    for (const code of ["link.pending", "link.refused"]) {
      const told = runtimePatch(facts({ problems: [problem(code)] }));
      expect(told).toMatchObject({ running: true, connected: true, lastError: "What is wrong. What to do." });
    }
  });
  it("S17 any other error is no connection", () => {
    for (const problems of [[problem("token.refused")], [problem("plugin.away")]])
      expect(runtimePatch(facts({ problems }))).toMatchObject({ running: true, connected: false });
    expect(runtimePatch(facts({ connected: false, problems: [problem("link.pending")] })).connected).toBe(false);
  });
  it("S17 never says that an account is not linked: OpenClaw would not start it again", () => {
    expect(runtimePatch(facts({ problems: [problem("link.pending")] }))).not.toHaveProperty("linked");
  });
  it("S17 says since when there is no connection, so that OpenClaw lets it be found again", () => {
    const told: ReturnType<typeof runtimePatch>[] = [];
    let at = 1_000;
    const tell = createStatusTeller(
      (patch) => void told.push(patch),
      () => (at += 1),
    );
    const away = facts({ problems: [problem("plugin.away")] });
    for (const now of [facts(), away, away, facts(), away]) tell(now);
    expect(told.map(({ lastDisconnect }) => lastDisconnect)).toEqual([
      undefined,
      { at: 1_001 },
      { at: 1_001 },
      undefined,
      { at: 1_002 },
    ]);
  });
});
