import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../../errors.ts";
import { postRowSchema } from "../../mattermost/rows.ts";
import { removeLeftOver } from "./left-over.ts";
import { createPreview } from "./preview.ts";

/** A channel with posts, and the notes of the previews in it. */
function setUp() {
  const posts = new Map<string, { text: string; key: string }>();
  const noted = new Map<string, string>();
  const logged: string[] = [];
  let writes = 0;
  let failure: MattermostError | undefined;
  const attempt = <T>(work: () => T): Promise<T> => {
    writes += 1;
    return failure ? Promise.reject(failure) : Promise.resolve(work());
  };
  const client = {
    createPost: (post: { channelId: string; message: string; props?: Record<string, unknown> }) =>
      attempt(() => {
        const id = `p${String(writes)}`;
        posts.set(id, { text: post.message, key: String(post.props?.openclaw_preview) });
        return { id, channel_id: post.channelId, root_id: "", create_at: 1 };
      }),
    editPost: (id: string, text: string) =>
      attempt(() => {
        const post = posts.get(id);
        if (!post) throw new MattermostError("http", "gone", { status: 404 });
        post.text = text;
        return postRowSchema.parse({ id, user_id: "bot", channel_id: "town", create_at: 1 });
      }),
    deletePost: (id: string) =>
      attempt(() => {
        if (!posts.delete(id)) throw new MattermostError("http", "gone", { status: 404 });
      }),
  };
  const notes = {
    posting: (key: string) => noted.set(key, ""),
    posted: (key: string, id: string) => noted.set(key, id),
    settled: (key: string) => noted.delete(key),
  };
  const preview = () =>
    createPreview(
      { client, notes, split: (text) => [text], throttleMs: 0, log: (sentence) => logged.push(sentence) },
      { channelId: "town", rootId: "" },
    );
  return {
    client,
    posts,
    noted,
    logged,
    preview,
    writes: () => writes,
    fail: (error: MattermostError | undefined) => (failure = error),
    shown: () => [...posts.values()].map(({ text }) => text),
  };
}

describe("a preview", () => {
  it("L1 is one post that grows, and is gone at the end", async () => {
    const { preview, shown, noted, posts } = setUp();
    const one = preview();
    one.show("half");
    await one.flush();
    const [[id, { key }] = ["", { key: "" }]] = posts;
    expect(noted.get(key)).toBe(id);
    one.show("half and more");
    await one.flush();
    expect(shown()).toEqual(["half and more"]);
    await one.end();
    one.show("too late");
    await one.flush();
    expect([shown(), noted.size]).toEqual([[], 0]);
  });

  it("L1 two previews never share a post", async () => {
    const { preview, shown } = setUp();
    const [one, two] = [preview(), preview()];
    one.show("one");
    two.show("two");
    await Promise.all([one.flush(), two.flush()]);
    await one.end();
    expect(shown()).toEqual(["two"]);
  });

  it("L1 what is kept stays, and the next text is a post of its own", async () => {
    const { preview, shown, noted } = setUp();
    const one = preview();
    one.show("first block");
    await one.keep();
    expect(noted.size).toBe(0);
    one.show("second block");
    await one.flush();
    expect(shown()).toEqual(["first block", "second block"]);
    await one.end();
    expect(shown()).toEqual(["first block"]);
  });

  it("L1 calls nobody", async () => {
    const { preview, shown } = setUp();
    const one = preview();
    one.show("ask @alice and @all");
    await one.flush();
    expect(shown()).toEqual(["ask @\u200balice and @\u200ball"]);
  });

  it("L1 one that somebody deletes is not made again, and nothing fails", async () => {
    const { preview, posts, shown, writes, logged } = setUp();
    const one = preview();
    one.show("half");
    await one.flush();
    posts.clear();
    one.show("half and more");
    await one.flush();
    const before = writes();
    one.show("half and more and more");
    await one.flush();
    expect([writes(), shown()]).toEqual([before, []]);
    await one.end();
    expect(logged).toEqual(["A preview could not be shown."]);
  });

  it("L1 what could not be removed stays noted, and the next start removes it", async () => {
    const { preview, client, posts, noted, fail } = setUp();
    const one = preview();
    one.show("half");
    await one.flush();
    fail(new MattermostError("network", "away"));
    await one.end();
    expect([posts.size, noted.size]).toEqual([1, 1]);

    const signal = new AbortController().signal;
    let slept = 0;
    await removeLeftOver(
      {
        client: { ...client, postsSince: () => Promise.resolve([]) },
        notes: {
          leftOver: () => [...noted].map(([key, post]) => ({ key, post, channel: "town", at: 1 })),
          settled: (key) => noted.delete(key),
        },
        sleep: () => {
          slept += 1;
          fail(undefined);
          return Promise.resolve();
        },
        log: () => undefined,
      },
      signal,
    );
    expect([posts.size, noted.size, slept]).toEqual([0, 0, 1]);
  });

  it("L1 a preview whose post was made while the gateway was killed is found by its key", async () => {
    const deleted: string[] = [];
    const left = [{ key: "k1", post: "", channel: "town", at: 100_000 }];
    const asked: unknown[] = [];
    await removeLeftOver(
      {
        client: {
          deletePost: (id) => Promise.resolve(deleted.push(id)),
          postsSince: (channel, since) => {
            asked.push([channel, since]);
            return Promise.resolve([
              { id: "answer", deliveryKey: "d", previewKey: undefined },
              { id: "mine", deliveryKey: undefined, previewKey: "k1" },
              { id: "theirs", deliveryKey: undefined, previewKey: "k2" },
            ]);
          },
        },
        notes: { leftOver: () => left, settled: () => left.pop() },
        sleep: () => Promise.resolve(),
        log: () => undefined,
      },
      new AbortController().signal,
    );
    expect([deleted, asked]).toEqual([["mine"], [["town", 40_000]]]);
  });
});
