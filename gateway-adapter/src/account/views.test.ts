import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { createFinals } from "../reply/live/finals.ts";
import { createViews } from "./views.ts";

/** Runs of an account whose plugin refuses what is shown live. */
function setUp(serverId: string, status: number) {
  const asked: string[] = [];
  let now = 1_000;
  const away = (): Promise<never> => Promise.reject(new Error("not asked"));
  const view = createViews({
    client: {
      live: ({ draft }) => {
        asked.push(draft);
        return Promise.reject(new MattermostError("http", "no", { status, serverId }));
      },
      createPost: away,
      editPost: away,
      deletePost: away,
    },
    previews: { posting: () => undefined, posted: () => undefined, settled: () => undefined, leftOver: () => [] },
    finals: createFinals(),
    split: (text) => [text],
    isLinked: () => true,
    now: () => now,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", resolve);
      }),
    log: () => undefined,
  });
  return {
    asked,
    pass: (ms: number) => (now += ms),
    run: async (): Promise<void> => {
      const { replyOptions, end } = view(
        { channel: { id: "town" }, post: { id: "asked" } },
        {
          account: { accountId: "a", streaming: { mode: "partial" }, live: { enabled: true, longRunSeconds: 0 } },
          where: { replyRoot: "" },
        },
      );
      await replyOptions.onReasoningStream?.({ text: "hm" });
      await end();
    },
  };
}

describe("how the runs of an account are shown", () => {
  it("N5 a refusal that is about one draft leaves the next run its own", async () => {
    for (const [serverId, status] of [
      ["channel.forbidden", 403],
      ["body.too_large", 413],
      ["", 404],
    ] as const) {
      const { asked, run } = setUp(serverId, status);
      await run();
      await run();
      expect(new Set(asked).size).toBe(2);
    }
  });

  it("N5 a plugin that knows no live answers is asked again only after a while", async () => {
    const { asked, run, pass } = setUp("route.unknown", 404);
    await run();
    await run();
    expect(asked).toHaveLength(1);
    pass(300_000);
    await run();
    expect(asked).toHaveLength(2);
  });
});
