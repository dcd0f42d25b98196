import { describe, expect, it } from "@jest/globals";
import { BOT, fakeId, fakeWorld } from "../actions/fake-world.ts";
import { resolveAccount } from "../config/account-config.ts";
import { createResolver } from "./directory.ts";
import { createMessaging } from "./targets.ts";
import { buildToolContext, matchesToolContextTarget, resolveAutoThreadId } from "./threading.ts";

const { context } = fakeWorld(
  { channels: { town: ["openclaw", "anna"], dmanna: ["openclaw", "anna"] }, posts: [] },
  { kind: "operator" },
);
const client = {
  ...context.client,
  channelInfo: async (id: string) => {
    const info = await context.client.channelInfo(id);
    return info.type === "D" ? { ...info, name: `${fakeId("anna")}__${BOT}` } : info;
  },
};
const access = {
  account: () => resolveAccount({}, "default", {}),
  registry: {
    partsOf: () => ({ client, botId: async () => BOT, destinations: { channelId: async () => fakeId("dmanna") } }),
  },
};
const cfg = {} as never;
const messaging = createMessaging(access);
const resolve = (input: string) => messaging.targetResolver?.resolveTarget?.({ cfg, input, normalized: input });
const town = `channel:${fakeId("town")}`;

describe("S9 targets for OpenClaw", () => {
  it("S9 S14 L9 every form becomes one with an id, and OpenClaw searches for none itself", async () => {
    for (const form of [town, "#town", "channel:town", "#acme/town", fakeId("town")])
      expect(await resolve(form)).toMatchObject({ to: town, kind: "channel" });
    for (const form of ["@anna", `user:${fakeId("anna")}`, `mattermost:${fakeId("anna")}`, fakeId("anna")])
      expect(await resolve(form)).toMatchObject({ to: `user:${fakeId("anna")}`, kind: "user" });
    await expect(resolve("tow")).rejects.toThrow("a name where an id is needed");
    expect(messaging.targetResolver?.looksLikeId?.("tow")).toBe(true);
    expect(["@anna", "#town", fakeId("town")].map((to) => messaging.inferTargetChatType?.({ to }))).toEqual([
      "direct",
      "channel",
      undefined,
    ]);
  });
  it("S9 what is sent to a direct channel by its id belongs to the session with that person", async () => {
    const route = (target: string) => messaging.resolveOutboundSessionRoute?.({ cfg, agentId: "main", target });
    expect(await route(`channel:${fakeId("dmanna")}`)).toMatchObject({
      to: `user:${fakeId("anna")}`,
      chatType: "direct",
    });
    expect(await route("#town")).toMatchObject({ to: town, chatType: "channel" });
    expect(await route("nonsense")).toBeNull();
  });
  it("S14 names are resolved to ids, each with why not", async () => {
    const resolver = createResolver(access);
    const of = (kind: "user" | "group", ...inputs: string[]) =>
      resolver.resolveTargets({ cfg, inputs, kind, runtime: {} as never });
    expect(await of("user", "anna", "@anna", "#town", "nobody")).toMatchObject([
      { resolved: true, id: fakeId("anna"), name: "@anna" },
      { resolved: true, id: fakeId("anna") },
      { resolved: false, note: "This is a channel, not a person." },
      { resolved: false, note: expect.stringContaining("Nobody on this server") },
    ]);
    expect(await of("group", "town", "@anna")).toMatchObject([
      { resolved: true, id: fakeId("town"), name: "#town" },
      { resolved: false, note: "This is a person, not a channel." },
    ]);
  });
});

describe("S6 what tools send", () => {
  const toolContext = buildToolContext({
    cfg,
    context: {
      NativeChannelId: fakeId("dmanna"),
      To: `user:${fakeId("anna")}`,
      MessageThreadId: "root",
      CurrentMessageId: "post",
    },
  });
  const threadFor = (to: string, replyToId?: string) =>
    resolveAutoThreadId({ cfg, to, ...(replyToId ? { replyToId } : {}), ...(toolContext ? { toolContext } : {}) });
  it("S6 stays in the thread of the turn, under either name of the channel, unless it goes elsewhere", () => {
    expect(toolContext).toMatchObject({ currentMessageId: "post", currentThreadTs: "root" });
    expect(threadFor(`user:${fakeId("anna")}`)).toBe("root");
    expect(threadFor(`channel:${fakeId("dmanna")}`)).toBe("root");
    expect(threadFor(town)).toBeUndefined();
    expect(threadFor(`user:${fakeId("anna")}`, "other")).toBeUndefined();
    expect(matchesToolContextTarget({ target: "nonsense", toolContext: {} })).toBe(false);
  });
});
