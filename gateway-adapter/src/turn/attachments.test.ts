import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { fetchAttachments } from "./attachments.ts";

const refused = (status: number): MattermostError =>
  new MattermostError("http", `Mattermost answered ${String(status)}.`, { status });

function fetchFrom(server: Record<string, { size: number } | Error>) {
  const saved: string[] = [];
  const deps = {
    client: {
      fileInfo: async (id: string) => {
        const file = server[id];
        if (!file || file instanceof Error) throw file ?? refused(404);
        return { id, name: `${id}.txt`, size: file.size, mime_type: "text/plain" };
      },
      file: async () => Buffer.from("content"),
    },
    save: async ({ name, contentType }: { name: string; contentType: string }) => {
      saved.push(name);
      return { path: `/kept/${name}`, contentType };
    },
    maxBytes: () => 1_048_576,
  };
  return { saved, done: fetchAttachments(deps, Object.keys(server)) };
}

describe("N11 files of a post", () => {
  it("N11 reach the agent as media; what is too large or refused is named", async () => {
    const { done, saved } = fetchFrom({ a: { size: 10 }, b: { size: 1_048_577 }, c: refused(404) });
    const { media, notes } = await done;
    expect(saved).toEqual(["a.txt"]);
    expect(media).toMatchObject([{ path: "/kept/a.txt", contentType: "text/plain" }]);
    expect(notes).toEqual([
      "[The file b.txt was not fetched: it is larger than 1 MiB (mediaMaxMb).]",
      "[The file c could not be fetched: Mattermost answered 404.]",
    ]);
  });

  it("N11 the turn is tried again where Mattermost does not answer", async () => {
    for (const error of [refused(502), refused(429), new MattermostError("timeout", "no")])
      await expect(fetchFrom({ a: error }).done).rejects.toBe(error);
  });
});
