import type { IncomingMessage } from "node:http";

export type BodyVerdict =
  { kind: "whole"; body: Buffer } | { kind: "too_large" } | { kind: "timeout" } | { kind: "aborted" };

/** Reads the whole body, no more than `maxBytes` and no longer than `timeoutMs`. */
export function readBody(req: IncomingMessage, limits: { maxBytes: number; timeoutMs: number }): Promise<BodyVerdict> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (verdict: BodyVerdict): void => {
      clearTimeout(timer);
      req.off("data", onData).off("end", onEnd).off("close", onClose);
      if (verdict.kind !== "whole") req.resume();
      resolve(verdict);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limits.maxBytes) settle({ kind: "too_large" });
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle({ kind: "whole", body: Buffer.concat(chunks, size) });
    const onClose = (): void => settle({ kind: "aborted" });
    const timer = setTimeout(() => settle({ kind: "timeout" }), limits.timeoutMs);
    req.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}
