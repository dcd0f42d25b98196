import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { layOut, uploadFiles } from "./files.ts";

const refused = (status: number): MattermostError =>
  new MattermostError("http", `Mattermost answered ${String(status)}.`, { status });

/** Loads files by their address; an error in place of a file is thrown. */
function upload(places: Record<string, Error | string>, refuse?: Error) {
  const names: string[] = [];
  const deps = {
    load: async (url: string) => {
      const place = places[url];
      if (place instanceof Error) throw place;
      return { name: place ?? "file", content: Buffer.from("x"), contentType: "text/plain" };
    },
    client: {
      uploadFile: async (file: { name: string }) => {
        if (refuse) throw refuse;
        names.push(file.name);
        return `id-${file.name}`;
      },
    },
    maxBytes: 1_572_864,
  };
  const files = Object.keys(places).map((url) => ({ url }));
  return { names, done: uploadFiles(deps, "channel", files) };
}

describe("N11 files of an answer", () => {
  it("N11 are uploaded in their order, and what cannot be had is named without its path or query", async () => {
    const { done } = upload({
      "/a/one.txt": "one.txt",
      "/srv/secret/large.bin": new Error("Media exceeds 1.5MB limit (got 9MB)"),
      "https://example.com/gone.png?token=t": new Error("404 at https://example.com/gone.png?token=t"),
      "/b/two.txt": "two.txt",
    });
    expect(await done).toEqual({
      fileIds: ["id-one.txt", "id-two.txt"],
      failures: [
        "`large.bin` could not be attached: it is larger than 1.5 MiB, the most that is allowed here.",
        "`gone.png` could not be attached: it cannot be read on the gateway.",
      ],
    });
  });

  it("N11 a refusal is said; what may work later fails the whole, before anything is posted", async () => {
    expect((await upload({ "/a.txt": "a.txt" }, refused(413)).done).failures).toEqual([
      "`a.txt` could not be attached: it is larger than Mattermost allows.",
    ]);
    expect((await upload({ "/a.txt": "a.txt" }, refused(403)).done).failures).toHaveLength(1);
    for (const error of [refused(503), refused(429), new MattermostError("network", "no")])
      await expect(upload({ "/a.txt": "a.txt" }, error).done).rejects.toBe(error);
  });

  it("N11 hang on the last text, ten to a post", () => {
    const ids = Array.from({ length: 12 }, (_, i) => String(i));
    expect(layOut(["a", "b"], ids.slice(0, 2))).toEqual([
      { text: "a", fileIds: [] },
      { text: "b", fileIds: ["0", "1"] },
    ]);
    expect(layOut(["a"], ids).map((post) => post.fileIds.length)).toEqual([10, 2]);
    expect(layOut([], ids).map((post) => [post.text, post.fileIds.length])).toEqual([
      ["", 10],
      ["", 2],
    ]);
  });
});
