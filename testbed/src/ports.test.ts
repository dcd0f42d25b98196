import { createServer, type Server } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { freePort, onFreePort } from "./ports.ts";

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      resolve(server);
    });
  });
}

describe("freePort", () => {
  it("gives a port that can be listened on, below those of outgoing connections", async () => {
    const port = await freePort();
    expect(port).toBeLessThan(32_768);
    const server = await listen(port);
    server.close();
  });
});

describe("onFreePort", () => {
  it("takes another port when somebody was quicker", async () => {
    const tried: number[] = [];
    const won = await onFreePort((port) => {
      tried.push(port);
      return tried.length === 1 ? Promise.reject(new Error("listen EADDRINUSE 127.0.0.1")) : Promise.resolve(port);
    });
    expect(tried).toHaveLength(2);
    expect(won).toBe(tried[1]);
  });

  it("does not try again after any other failure", async () => {
    let tries = 0;
    const start = (): Promise<void> => {
      tries += 1;
      return Promise.reject(new Error("no such database"));
    };
    await expect(onFreePort(start)).rejects.toThrow("no such database");
    expect(tries).toBe(1);
  });
});
