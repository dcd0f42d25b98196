import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "@jest/globals";
import { saysNoReply } from "./no-reply.ts";

/** The folder of OpenClaw's own code: what it says has no name in its SDK. */
const dist = dirname(dirname(fileURLToPath(import.meta.resolve("openclaw/plugin-sdk/channel-core"))));

it("N18 OpenClaw still says in these words that there is no answer", () => {
  const source = readdirSync(dist)
    .filter((name) => name.startsWith("dispatch-from-config.payloads-"))
    .map((name) => readFileSync(join(dist, name), "utf8"))
    .join("\n");
  const said = /`?["`](⚠️ OpenClaw couldn't produce[^"`]*)["`]/u.exec(source)?.[1];
  expect(saysNoReply(said)).toBe(true);
  expect(saysNoReply("Here is the reply.")).toBe(false);
});
