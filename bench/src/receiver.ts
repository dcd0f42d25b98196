import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Listening } from "./http.ts";

/** Starts the receiver that does nothing. It ends with this process, however that ends. */
export async function startReceiver(): Promise<Listening> {
  const child = fork(fileURLToPath(new URL("./receiver-process.ts", import.meta.url)));
  const exited = once(child, "exit");
  const [url] = (await Promise.race([
    once(child, "message"),
    exited.then(() => Promise.reject(new Error("the receiver did not start"))),
  ])) as [string];
  return {
    url,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
