import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

/** The connections between the parts of a stack, each of which can be made to fail. */
export interface Wires extends AsyncDisposable {
  /** From the plugin to the gateway: deliveries. */
  readonly gateway: FaultProxy;
  /** From Mattermost (and with it the plugin) to PostgreSQL. */
  readonly database: FaultProxy;
  /** From the adapter to Mattermost: hello, pull, answers. */
  readonly mattermost: FaultProxy;
}

export async function startWires(): Promise<Wires> {
  await using cleanup = new AsyncDisposableStack();
  const gateway = cleanup.use(await startFaultProxy());
  const database = cleanup.use(await startFaultProxy());
  const mattermost = cleanup.use(await startFaultProxy());
  const started = cleanup.move();
  return { gateway, database, mattermost, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** The same address by way of a proxy, which leads there from now on. */
export function through(proxy: FaultProxy, address: string): string {
  const url = new URL(address);
  proxy.target = { host: url.hostname, port: Number(url.port) };
  url.hostname = "127.0.0.1";
  url.port = String(proxy.port);
  return url.toString().replace(/\/$/, "");
}
