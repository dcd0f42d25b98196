import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createOpenSocket } from "../../host/websocket.ts";
import { connectSocket, socketUrl, type Connection } from "./connection.ts";
import { createFakeClock, until } from "./fake-clock.ts";
import { startFakeMattermost, type FakeMattermost } from "./fake-mattermost.ts";

let server: FakeMattermost;
let clock: ReturnType<typeof createFakeClock>;
let stop: AbortController;
let events: string[];

beforeEach(async () => {
  server = await startFakeMattermost();
  clock = createFakeClock();
  stop = new AbortController();
  events = [];
});
afterEach(async () => {
  stop.abort();
  await server.stop();
});

const connect = (): Promise<Connection> =>
  connectSocket(
    {
      open: createOpenSocket(true),
      url: socketUrl(server.url),
      token: "secret-token",
      sleep: clock.sleep,
      onEvent: ({ event }) => events.push(event),
    },
    stop.signal,
  );

describe("a connection", () => {
  it("S17 says who the bot is over the socket, never in the address", async () => {
    await connect();
    expect(server.said).toEqual([{ seq: 1, action: "authentication_challenge", data: { token: "secret-token" } }]);
    server.tell("posted", "town", {});
    await until(() => events.length === 2);
    expect(events).toEqual(["hello", "posted"]);
  });

  it("S17 follows a server address with a path, and its scheme", () => {
    expect(socketUrl("https://chat.example.com/sub")).toBe("wss://chat.example.com/sub/api/v4/websocket");
    expect(socketUrl("http://chat:8065")).toBe("ws://chat:8065/api/v4/websocket");
  });

  it("S17 is refused where the server does not take the token", async () => {
    server.mood.replies = "fail";
    await expect(connect()).rejects.toThrow("refused");
  });

  it("S17 gives up on a server that takes the connection and says nothing", async () => {
    server.mood.replies = "none";
    const connecting = connect().catch((error: unknown) => error);
    await until(() => server.said.length === 1);
    await clock.pass(15_000);
    await expect(connecting).resolves.toMatchObject({ code: "timeout" });
  });

  it("S17 pings, and goes on while the answers come", async () => {
    const connection = await connect();
    let over = false;
    void connection.ended.then(() => {
      over = true;
    });
    for (const count of [1, 2, 3]) {
      await clock.pass(30_000);
      await until(() => server.said.filter(({ action }) => action === "ping").length === count);
      // The answer has to be read before the time goes on.
      server.tell("typing", "town", {});
      await until(() => events.length === count + 1);
    }
    expect(over).toBe(false);
  });

  it("S17 a frozen connection is noticed by the deadline of the ping", async () => {
    const connection = await connect();
    server.mood.replies = "none";
    await clock.pass(30_000);
    await until(() => server.said.at(-1)?.action === "ping");
    await clock.pass(9_999);
    const early = await Promise.race([connection.ended, Promise.resolve("still there")]);
    expect(early).toBe("still there");
    await clock.pass(1);
    await expect(connection.ended).resolves.toContain("did not answer a ping");
  });

  it("S17 ends when the server leaves an event out, so that it is read by REST", async () => {
    const connection = await connect();
    server.skip();
    server.tell("posted", "town", {});
    await expect(connection.ended).resolves.toContain("left something out");
    expect(events).toEqual(["hello"]);
  });

  it("S17 ends when it is cut, and when the account stops", async () => {
    const first = await connect();
    server.cut();
    await expect(first.ended).resolves.toContain("ended");
    const second = await connect();
    stop.abort();
    await expect(second.ended).resolves.toContain("stops");
    await until(() => server.connections() === 0);
  });

  it("L7 does not connect to a private address without leave", async () => {
    await expect(createOpenSocket(false)(socketUrl(server.url), {} as never)).rejects.toMatchObject({
      code: "address_refused",
    });
  });
});
