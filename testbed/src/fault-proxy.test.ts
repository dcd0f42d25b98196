import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

let server: Server;
let proxy: FaultProxy;
let asked: string[];
let random: number[];

const ask = async (what: string, signal?: AbortSignal): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${proxy.port}/${what}`, {
    method: "POST",
    body: what,
    ...(signal ? { signal } : {}),
  });
  return `${String(response.status)} ${await response.text()}`;
};

beforeEach(async () => {
  asked = [];
  random = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    request.resume().once("end", () => response.end(`answer to ${request.url ?? ""}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await startFaultProxy(() => random.shift() ?? 0.99);
  proxy.target = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

describe("the fault proxy", () => {
  it("passes everything on without a fault", async () => {
    expect(await ask("one")).toBe("200 answer to /one");
    expect(proxy.accepted()).toBe(1);
  });

  it("cuts a connection before a piece arrives", async () => {
    proxy.set({ kind: "resets", share: 0.3, of: "pieces" });
    random = [0.1, 0.9];
    await expect(ask("lost")).rejects.toThrow("fetch failed");
    expect(asked).toEqual([]);
    expect(await ask("next")).toBe("200 answer to /next");
  });

  it("cuts a connection before the answer arrives", async () => {
    proxy.set({ kind: "resets", share: 0.3, of: "pieces" });
    random = [0.1, 0.1];
    await expect(ask("heard")).rejects.toThrow("fetch failed");
    expect(asked).toEqual(["/heard"]);
  });

  it("cuts connections that there are, and new ones", async () => {
    await ask("kept alive");
    random = [0.1, 0.1];
    proxy.set({ kind: "resets", share: 0.3, of: "connections" });
    await expect(ask("refused")).rejects.toThrow("fetch failed");
    expect(await ask("let in")).toBe("200 answer to /let%20in");
  });

  it("lets what a black hole took arrive when it is over", async () => {
    await ask("before");
    proxy.set({ kind: "black hole" });
    const late = ask("late");
    expect(await Promise.race([late, new Promise((resolve) => setImmediate(resolve, "nothing"))])).toBe("nothing");
    expect(asked).toEqual(["/before"]);
    proxy.set({ kind: "none" });
    expect(await late).toBe("200 answer to /late");
  });

  it("delays what passes, and keeps its order", async () => {
    proxy.set({ kind: "delay", ms: 30 });
    const started = performance.now();
    expect(await ask("slow")).toBe("200 answer to /slow");
    expect(performance.now() - started).toBeGreaterThanOrEqual(60);
  });

  it("puts a stranger in the server's place, and takes it away again", async () => {
    await ask("before");
    proxy.set({ kind: "stranger", status: 503, headers: { "Retry-After": "1" }, body: "<html>" });
    expect(await ask("who")).toBe("503 <html>");
    proxy.set({ kind: "none" });
    expect(await ask("after")).toBe("200 answer to /after");
    expect(asked).toEqual(["/before", "/after"]);
  });

  it("refuses everybody while nobody listens", async () => {
    proxy.set({ kind: "refused" });
    await expect(ask("refused")).rejects.toThrow("fetch failed");
    proxy.set({ kind: "none" });
    expect(await ask("after")).toBe("200 answer to /after");
  });
});
