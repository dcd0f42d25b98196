import { describe, expect, it } from "@jest/globals";
import { BOT, fakeId, fakeWorld, type World } from "../actions/fake-world.ts";
import { resolveAccount, type HostConfig } from "../config/account-config.ts";
import { createActions } from "./actions.ts";
import { createAgentTool } from "./agent-tool.ts";
import type { AccountAccess } from "./targets.ts";

const WORLD: World = {
  channels: { town: ["openclaw", "anna", "ben"], secret: ["openclaw", "ben"], dmanna: ["openclaw", "anna"] },
  posts: [
    { id: "root", channel: "town", author: "ben", text: "root" },
    { id: "inside", channel: "town", author: "anna", root: "root", text: "inside" },
    { id: "outside", channel: "town", author: "ben", text: "outside" },
    { id: "hidden", channel: "secret", author: "ben", text: "hidden" },
  ],
};
const section = { botToken: "t", baseUrl: "https://a.example.com", actions: { messages: true } };
const cfg = {
  channels: {
    mattermost: {
      ...section,
      accounts: {
        quiet: {
          actions: {
            reactions: false,
            edits: false,
            pins: false,
            memberInfo: false,
            channelInfo: false,
            messages: false,
          },
        },
        far: { baseUrl: "https://b.example.com" },
      },
    },
  },
};

function world() {
  const { context, changes } = fakeWorld(WORLD, { kind: "operator" });
  const access: AccountAccess = {
    account: (given, id) => resolveAccount(given as HostConfig, id, {}),
    registry: {
      partsOf: () => ({
        client: context.client,
        botId: async () => BOT,
        destinations: { channelId: async () => fakeId("dmanna") },
      }),
    },
  };
  const actions = createActions({ ...access, accountIds: () => ["default", "quiet"] });
  const host = (action: string, params: object, more: object = {}) =>
    ({
      channel: "mattermost",
      action,
      cfg,
      params,
      accountId: "default",
      requesterAccountId: "default",
      requesterSenderId: fakeId("anna"),
      toolContext: {
        currentChannelProvider: "mattermost",
        currentChannelId: `channel:${fakeId("town")}`,
        currentMessagingTarget: `channel:${fakeId("town")}`,
        currentMessageId: fakeId("inside"),
        currentThreadTs: fakeId("root"),
      },
      ...more,
    }) as never;
  const act = async (action: string, params: object, more: object = {}) => {
    const result = await actions.handleAction?.(host(action, params, more));
    return JSON.stringify(result?.details);
  };
  const prepare = async (to: string, more: object = {}) =>
    actions.prepareSendPayload?.({ ctx: host("send", {}, more), to, payload: { text: "hello" } });
  return { access, actions, act, prepare, changes };
}

describe("S11 N12 the message tool", () => {
  it("S11 offers what the account, or any account, has switched on", () => {
    const { actions } = world();
    const offered = (accountId: string | null) => actions.describeMessageTool({ cfg: cfg, accountId })?.actions;
    expect(offered("quiet")).toEqual(["send"]);
    expect(offered(null)).toContain("read");
    expect(offered("default")).not.toContain("search");
    expect(actions.describeMessageTool({ cfg: {}, accountId: "default" })).toBeNull();
  });
  it("S11 reacts to the post of the turn, and reads its channel rather than its thread", async () => {
    const { act, changes } = world();
    await act("react", { emoji: "+1" });
    expect(changes).toEqual([`react ${BOT} ${fakeId("inside")} +1`]);
    expect(await act("read", { threadId: fakeId("root") })).toContain("outside");
    expect(await act("read", { threadId: fakeId("inside") })).not.toContain("outside");
  });
  it("N12 without somebody in Mattermost who asks nothing is done, unless it is the operator", async () => {
    const { act } = world();
    for (const more of [
      { requesterSenderId: null },
      { toolContext: { currentChannelProvider: "telegram" } },
      { toolContext: undefined },
    ])
      await expect(act("read", {}, more)).rejects.toThrow("Nobody in Mattermost asked for this");
    const operator = { conversationReadOrigin: "direct-operator", requesterSenderId: null, toolContext: undefined };
    expect(await act("read", { to: `channel:${fakeId("secret")}` }, operator)).toContain("hidden");
  });
  it("N12 a person of one server is nobody on another", async () => {
    const { act } = world();
    await expect(act("read", {}, { accountId: "far" })).rejects.toThrow("another Mattermost server");
    expect(await act("member-info", {}, { accountId: "default", requesterAccountId: "quiet" })).toContain("anna");
  });
  it("N12 sending elsewhere needs the asker's rights, and sending here nothing", async () => {
    const { prepare } = world();
    const channel = (name: string): string => `channel:${fakeId(name)}`;
    expect(await prepare(channel("town"))).toEqual({ text: "hello" });
    await expect(prepare(channel("secret"))).rejects.toThrow("is not in that channel");
    expect(await prepare(channel("secret"), { requesterSenderId: fakeId("ben") })).toEqual({ text: "hello" });
    expect(await prepare(`user:${fakeId("ben")}`)).toEqual({ text: "hello" });
    await expect(prepare("#secret")).rejects.toThrow("nothing is sent");
    expect(await prepare(channel("secret"), { requesterSenderId: null })).toEqual({ text: "hello" });
  });
});

describe("S12 the message tool", () => {
  it("S12 N12 puts buttons into a send, after the rights were asked for", async () => {
    const { access } = world();
    const actions = createActions({ ...access, accountIds: () => ["default"] });
    const ctx = { cfg, accountId: "default", params: { buttons: [[{ text: "Yes", callback_data: "yes" }]] } } as never;
    const payload = await actions.prepareSendPayload?.({
      ctx,
      to: `channel:${fakeId("town")}`,
      payload: { text: "?" },
    });
    expect(JSON.stringify(payload)).toContain('"label":"Yes"');
    expect(actions.describeMessageTool({ cfg: cfg, accountId: "default" })?.capabilities).toContain("presentation");
  });
});

describe("N12 the agent's own tool", () => {
  const toolFor = (turn: object) =>
    createAgentTool(world().access)({
      config: cfg,
      messageChannel: "mattermost",
      agentAccountId: "default",
      ...turn,
    });
  it("N12 is offered to turns that began with a person in Mattermost, with what is switched on", () => {
    expect(toolFor({})).toBeNull();
    expect(toolFor({ requesterSenderId: fakeId("anna"), messageChannel: "telegram" })).toBeNull();
    expect(toolFor({ requesterSenderId: fakeId("anna"), agentAccountId: "quiet" })).toBeNull();
    expect(toolFor({ requesterSenderId: fakeId("anna") })).toMatchObject({
      name: "mattermost",
      parameters: { properties: { action: { enum: expect.not.arrayContaining(["search"]) } } },
    });
  });
  it("N12 acts for that person in every channel that both are in, and in no other", async () => {
    const tool = toolFor({ requesterSenderId: fakeId("anna"), nativeChannelId: fakeId("dmanna") }) as {
      execute: (id: string, given: object) => Promise<{ details: unknown }>;
    };
    const read = await tool.execute("1", { action: "read", target: "#town" });
    expect(JSON.stringify(read.details)).toContain("outside");
    await expect(tool.execute("2", { action: "read", target: "#secret" })).rejects.toThrow("is not in that channel");
    await expect(tool.execute("3", { action: "search", query: "x" })).rejects.toThrow("switched off");
    await expect(tool.execute("4", { action: "nonsense" })).rejects.toThrow("no action nonsense");
  });
});
