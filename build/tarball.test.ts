import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { extract } from "tar-stream";
import { tarball } from "./tarball.ts";

const file = (name: string, content: string, executable = false) => ({
  name,
  content: Buffer.from(content),
  executable,
});

async function unpacked(archive: Buffer) {
  const found: { name: string; mode: string; content: string }[] = [];
  const entries = extract();
  entries.end(gunzipSync(archive));
  for await (const entry of entries) {
    const { name, mode } = entry.header;
    found.push({ name, mode: mode.toString(8), content: (await buffer(entry)).toString() });
  }
  return found;
}

describe("tarball", () => {
  it("keeps names and contents, and makes only executables executable", async () => {
    const archive = await tarball([file("p/server/plugin", "elf", true), file("p/plugin.json", "{}")]);
    await expect(unpacked(archive)).resolves.toEqual([
      { name: "p/plugin.json", mode: "644", content: "{}" },
      { name: "p/server/plugin", mode: "755", content: "elf" },
    ]);
  });

  it("is the same bytes whatever the order of its entries", async () => {
    const [a, b] = [file("a", "1"), file("b", "2")];
    expect((await tarball([a, b])).equals(await tarball([b, a]))).toBe(true);
  });
});
