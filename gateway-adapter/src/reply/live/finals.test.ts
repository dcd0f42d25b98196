import { describe, expect, it } from "@jest/globals";
import { sendPost } from "../post.ts";
import { createFinals } from "./finals.ts";

const FINAL = { pendingPostId: "openclaw-draft", props: { type: "custom_openclaw" } };

describe("how an answer takes the place of its draft", () => {
  it("N5 the first post in its place takes it, once, and again for another attempt of the same send", () => {
    const finals = createFinals();
    const expected = finals.expect("town", "root", () => FINAL);
    expect(finals.take("town", "", "q:0")).toBeUndefined();
    expect(expected.wasTaken()).toBe(false);
    expect(finals.take("town", "root", "q:0")).toBe(FINAL);
    expect(finals.take("town", "root", "q:1")).toBeUndefined();
    expect(finals.take("town", "root", undefined)).toBeUndefined();
    expect(finals.take("town", "root", "q:0")).toBe(FINAL);
    expect(expected.wasTaken()).toBe(true);
    expected.end();
    expect(finals.take("town", "root", "q:0")).toBeUndefined();
  });

  it("N5 N1 the post has the draft's id as its pending id, and keeps the key by which a lost answer is found", async () => {
    const finals = createFinals();
    const made: unknown[] = [];
    const deps = {
      client: {
        postsSince: () => Promise.resolve([]),
        post: () => Promise.reject(new Error("not asked")),
        createPost: (post: object) => {
          made.push(post);
          return Promise.resolve({ id: "p", channel_id: "town", root_id: "", create_at: 1 });
        },
      },
      destinations: { channelId: () => Promise.resolve("town") },
      finals,
    };
    finals.expect("town", "", () => FINAL);
    await sendPost(deps, { to: "channel:town", text: "the answer", rootId: "", onceKey: "q:0" });
    await sendPost(deps, { to: "channel:town", text: "more of it", rootId: "", onceKey: "q:1" });
    const key = expect.stringMatching(/^openclaw-[0-9a-f]{26}$/);
    expect(made).toEqual([
      {
        channelId: "town",
        message: "the answer",
        rootId: "",
        pendingPostId: "openclaw-draft",
        props: { type: "custom_openclaw", openclaw_delivery: key },
      },
      { channelId: "town", message: "more of it", rootId: "", pendingPostId: key, props: { openclaw_delivery: key } },
    ]);
  });
});
