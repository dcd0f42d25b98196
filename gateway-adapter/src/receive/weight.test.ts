import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { BODY_MAX_BYTES, CLOCK_TOLERANCE_S } from "@openclaw-mattermost/contract";
import { openReceiver, PATH, type OpenReceiver } from "./fake-plugin.ts";
import { createFailureLimiter } from "./failure-limiter.ts";
import { createReplayMemory } from "./replay.ts";

const PING =
  '{"v":1,"epoch":0,"events":[{"id":"ping:0123456789abcdef","type":"ping","lane":"ping","ts":1,"stale":false,"ping":{"challenge":"0123456789abcdef"}}]}';

let now: number;
let far: OpenReceiver;
let sockets: Socket[];

beforeEach(async () => {
  now = 1_700_000_000_000;
  sockets = [];
  far = await openReceiver({ now: () => now });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await far.close();
});

/** A connection that says `text` and then nothing. */
async function open(text: string): Promise<Socket> {
  const socket = connect(far.port, "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return socket;
}
const head = (more: string): string =>
  `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${more}\r\n`;

describe("C3 a replayer", () => {
  it("C3 is refused at once, and after ten minutes, also by a receiver that was started again", async () => {
    const token = far.sign(PING);
    expect((await far.send({ body: PING, token })).status).toBe(200);
    const again = async (): Promise<string | undefined> => (await far.send({ body: PING, token })).json.error?.code;
    expect(await again()).toBe("token.replayed");
    now += (60 + CLOCK_TOLERANCE_S) * 1_000;
    expect(await again()).toBe("token.replayed");
    now += 2_000;
    expect(await again()).toBe("token.expired");
    now += 600_000;
    expect(await again()).toBe("token.expired");
    far.receiver.replays = createReplayMemory({ now: () => now });
    expect(await again()).toBe("token.expired");
  });

  it("C3 is refused before a body is waited for, so that a recorded token holds no place", async () => {
    const token = far.sign(PING);
    await far.send({ body: PING, token });
    const answer = await far.send({ body: "{", token, length: 1_000, stallAfter: true });
    expect([answer.json.error?.code, far.receiver.inFlight.count]).toEqual(["token.replayed", 0]);
  });

  it("C3 is remembered by what the inbox kept of the process before", async () => {
    const kept = { jti: "0123456789abcdef-1", untilMs: now + 1_000 };
    far.receiver.replays = createReplayMemory({ now: () => now, known: [kept] });
    const answer = await far.deliver(PING, { jti: kept.jti });
    expect(answer.json.error?.code).toBe("token.replayed");
  });
});

describe("C4 a heavy or slow caller", () => {
  it("C4 cannot take the places of those who sign, with however many sockets", async () => {
    await Promise.all([
      ...Array.from({ length: 100 }, () => open(head("Content-Length: 1000\r\n"))),
      ...Array.from({ length: 100 }, () => open(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n`)),
    ]);
    expect((await far.deliver(PING)).status).toBe(200);
    expect(far.receiver.inFlight.count).toBe(0);
  });

  it("C4 is answered without its 100 MB being read, declared or in chunks", async () => {
    const hundred = 100 * 1024 * 1024;
    const declared = await far.send({ length: hundred, stallAfter: true, token: far.sign(PING) });
    expect(declared.json.error?.code).toBe("body.too_large");
    const chunked = await open(head(`Transfer-Encoding: chunked\r\nX-OpenClaw-Signature: ${far.sign(PING)}\r\n`));
    const answered = once(chunked, "data");
    chunked.write(`${(BODY_MAX_BYTES + 1).toString(16)}\r\n${" ".repeat(BODY_MAX_BYTES + 1)}`);
    expect(String((await answered)[0])).toMatch(/^HTTP\/1.1 413 [^]*Connection: close/i);
  });

  it("C4 finds nothing that would be unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, " "));
    const answer = await far.send({ body: bomb, token: far.sign(bomb), headers: { "content-encoding": "gzip" } });
    expect(answer.json.error?.code).toBe("body.json");
  });

  it("C4 leaves no trace that grows: neither memory, nor the log", async () => {
    const limiter = createFailureLimiter({ now: () => now, peersMax: 100 });
    for (let i = 0; i < 10_000; i += 1) limiter.failed(`peer-${String(i)}`);
    expect(limiter.size()).toBe(100);
    for (let i = 0; i < 200; i += 1) await far.send({ body: PING, token: "a.b.c" });
    expect(far.logged.length).toBe(5);
    expect(far.receiver.replays.size()).toBe(0);
  });
});
