import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { resolveAccount, type MattermostAccount } from "./config/account-config.ts";
import { probeAccount } from "./probe.ts";
import { fakeId, startFakeMattermost, type FakeMattermost } from "./receive/socket/fake-mattermost.ts";
import { accountSnapshot, statusIssues } from "./status.ts";

let server: FakeMattermost;

beforeEach(async () => {
  server = await startFakeMattermost();
  server.addUser("bot", { is_bot: true });
});
afterEach(async () => {
  await server.stop();
});

const account = (more: object = {}): MattermostAccount => {
  const section = {
    botToken: "token",
    baseUrl: server.url,
    network: { dangerouslyAllowPrivateNetwork: true },
    ...more,
  };
  // What the config says of itself is tested beside it.
  return { ...resolveAccount({ channels: { mattermost: section } }, "default", {}), problems: [] };
};
const codes = ({ problems }: { problems: readonly { code: string }[] }): string[] => problems.map(({ code }) => code);

describe("a probe of a server without the plugin", () => {
  it("S17 tries the WebSocket, and says why", async () => {
    const probe = await probeAccount(account(), 5_000);
    expect(probe).toMatchObject({ ok: true, transport: "websocket", bot: { id: fakeId("bot"), username: "bot" } });
    expect(codes(probe)).toEqual(["transport.websocket"]);
    expect(server.said).toHaveLength(1);
    const snapshot = accountSnapshot(account(), undefined, probe);
    expect(snapshot).toMatchObject({ mode: "websocket", connected: true, lastError: null });
    expect(statusIssues([snapshot])[0]?.message).toContain("events come by WebSocket");
  });

  it("S17 asks for no reason where the config names the WebSocket, and not for the plugin either", async () => {
    const probe = await probeAccount(account({ transport: "websocket" }), 5_000);
    expect(probe).toMatchObject({ ok: true, transport: "websocket", problems: [] });
    expect(server.asked).toEqual(["/api/v4/users/me", "/api/v4/users/me/teams"]);
  });

  it("S16 says of a bot that nobody has invited why it hears nothing in channels", async () => {
    server.mood.uninvited = true;
    const probe = await probeAccount(account({ transport: "websocket" }), 5_000);
    expect(probe.ok).toBe(true);
    expect(codes(probe)).toEqual(["bot.no_team"]);
  });

  it("S17 says that the plugin is missing where the config wants it", async () => {
    for (const transport of ["pull", "webhook"]) {
      const probe = await probeAccount(account({ transport }), 5_000);
      expect(probe.ok).toBe(false);
      expect(codes(probe)).toEqual(["plugin.missing"]);
    }
  });

  it("S17 names a WebSocket that does not work, and gives up in time", async () => {
    server.mood.replies = "fail";
    const refused = await probeAccount(account(), 5_000);
    expect(refused).toMatchObject({ ok: false, transport: "websocket" });
    expect(codes(refused)).toEqual(["socket.down", "transport.websocket"]);
    server.mood.replies = "none";
    expect(codes(await probeAccount(account(), 200))).toContain("socket.down");
  });

  it("S17 an address that is not Mattermost's is not a missing plugin", async () => {
    server.mood.refuse = 401;
    expect(codes(await probeAccount(account(), 5_000))).toEqual(["token.refused"]);
  });
});
