import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { joinPair, type Pair } from "./fault-pair.ts";
import type { Fault } from "./fault.ts";

/** A TCP connection between two parts of the test bed that can be made to fail. */
export interface FaultProxy extends AsyncDisposable {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Where it leads to; nobody listens until that is set. */
  target: { readonly host: string; readonly port: number } | undefined;
  /** How many connections were accepted so far. */
  readonly accepted: () => number;
  /** From now on this goes wrong, also with the connections that there are. */
  readonly set: (fault: Fault) => void;
}

const NONE: Fault = { kind: "none" };

/** Starts a proxy on a free port. `random` is uniform in [0, 1). */
export async function startFaultProxy(random: () => number = Math.random): Promise<FaultProxy> {
  let fault = NONE;
  let accepted = 0;
  const pairs = new Set<Pair>();
  const stranger = standIn(() => fault);
  /** Whether a connection that there is ends with the change. */
  const ends = (before: Fault): boolean =>
    fault.kind === "refused" ||
    before.kind === "stranger" ||
    fault.kind === "stranger" ||
    (fault.kind === "resets" && fault.of === "connections" && random() < fault.share);

  const server = createServer((client: Socket) => {
    accepted += 1;
    client.on("error", () => undefined);
    const isCut = fault.kind === "resets" && fault.of === "connections" && random() < fault.share;
    if (isCut || fault.kind === "refused" || !proxy.target) client.resetAndDestroy();
    else if (fault.kind === "stranger") stranger.emit("connection", client);
    else {
      const ended = (pair: Pair): boolean => pairs.delete(pair);
      pairs.add(joinPair(client, connect(proxy.target), { fault: () => fault, random, ended }));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const endAll = (): void => {
    for (const pair of [...pairs]) pair.reset();
    stranger.closeAllConnections();
  };
  const proxy: FaultProxy = {
    port: (server.address() as AddressInfo).port,
    target: undefined,
    accepted: () => accepted,
    set: (next) => {
      const before = fault;
      fault = next;
      stranger.closeAllConnections();
      for (const pair of [...pairs]) {
        if (ends(before)) pair.reset();
        else pair.changed();
      }
    },
    async [Symbol.asyncDispose]() {
      endAll();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  return proxy;
}

/** An HTTP server without a port of its own. */
function standIn(fault: () => Fault): HttpServer {
  return createHttpServer((request, response) => {
    request.resume();
    request.once("end", () => {
      const now = fault();
      if (now.kind !== "stranger") response.destroy();
      else response.writeHead(now.status, now.headers).end(now.body);
    });
  });
}
