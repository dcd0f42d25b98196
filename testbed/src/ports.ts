import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { TestbedError } from "./errors.ts";

/**
 * Ports for servers come from here, below the range from which Linux and macOS take the local ports of outgoing
 * connections: there, a port that is free now may be a client's a second later, and a server that is down for a while
 * could not come back on its own address.
 */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 31_999;
const ATTEMPTS = 200;

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT + 1);
    if (await isFree(port)) return port;
  }
  throw new TestbedError("port.none_free", `No free port between ${LOWEST_PORT} and ${HIGHEST_PORT}.`);
}

/**
 * Starts something on a free port, and on another one if somebody took the port in between.
 * `start` must reject with an error that quotes the log of what it started.
 */
export async function onFreePort<T>(start: (port: number) => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt >= attempts || !saysPortTaken(error)) throw error;
    }
  }
}

/** Whether an error, or the log it quotes, says that the address is in use. */
export function saysPortTaken(error: unknown): boolean {
  return error instanceof Error && /EADDRINUSE|address already in use|port \d+ is already in use/i.test(error.message);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => {
      resolve(false);
    });
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
