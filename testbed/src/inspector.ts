import { readFileSync } from "node:fs";

/** Gives a gateway an inspector on a free port of loopback; its log says where. */
export const INSPECTABLE = { NODE_OPTIONS: "--inspect=127.0.0.1:0" };

const ADDRESS = /ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+/g;
const DEADLINE_MS = 10_000;

const LOOK = `JSON.stringify({
  timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
  heapBytes: process.memoryUsage().heapUsed + process.memoryUsage().external,
})`;

/** What a gateway holds on to: timers, and bytes that are left after its garbage is collected. */
export interface Held {
  readonly timers: number;
  readonly heapBytes: number;
}

/** Asks a gateway's inspector: the product itself need not tell. */
export const heldBy = (logFile: string): Promise<Held> => evaluateIn<Held>(logFile, LOOK, { afterGarbage: true });

/** The value of an expression in a gateway that is `INSPECTABLE`, which gives it as JSON. */
export async function evaluateIn<T>(logFile: string, expression: string, { afterGarbage = false } = {}): Promise<T> {
  const address = readFileSync(logFile, "utf8").match(ADDRESS)?.at(-1);
  if (!address) throw new Error("the gateway has no inspector");
  const socket = new WebSocket(address);
  try {
    return await new Promise<T>((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error("no answer")), DEADLINE_MS);
      timeout.unref();
      socket.onerror = () => reject(new Error("the inspector cannot be reached"));
      socket.onopen = () => {
        if (afterGarbage) socket.send(JSON.stringify({ id: 1, method: "HeapProfiler.collectGarbage" }));
        socket.send(JSON.stringify({ id: 2, method: "Runtime.evaluate", params: { expression } }));
      };
      socket.onmessage = ({ data }) => {
        const said = JSON.parse(String(data)) as { id?: number; result?: { result?: { value?: string } } };
        if (said.id !== 2) return;
        resolve(JSON.parse(said.result?.result?.value ?? "null") as T);
      };
    });
  } finally {
    socket.close();
  }
}
