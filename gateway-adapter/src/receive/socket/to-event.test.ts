import { describe, expect, it } from "@jest/globals";
import type { Actor, ChannelEvent } from "@openclaw-mattermost/contract";
import { fakeId } from "./fake-mattermost.ts";
import { createMapper } from "./to-event.ts";

const anna = fakeId("anna");
const town = fakeId("town");
const actor = (isBot: boolean): Actor => ({
  id: anna,
  username: "anna",
  display_name: "",
  is_bot: isBot,
  is_guest: false,
  is_system: false,
  is_webhook: false,
  is_deactivated: false,
});

async function eventOf(props: object, over: { type?: string; isBot?: boolean; user?: string } = {}) {
  const mapper = createMapper({
    facts: {
      actor: () => Promise.resolve(actor(over.isBot === true)),
      channel: (id) => Promise.resolve({ id, type: "O", name: "town", display_name: "", team_id: "", team_name: "" }),
      threadRoot: () => Promise.resolve(""),
      rememberThread: () => undefined,
    },
    botId: fakeId("bot"),
    now: () => 1,
    log: () => undefined,
  });
  const post = {
    id: fakeId("p"),
    user_id: over.user ?? anna,
    channel_id: town,
    create_at: 1,
    type: over.type ?? "",
    props,
  };
  return mapper.ofMessage({
    event: "posted",
    data: { post: JSON.stringify(post) },
    seq: 1,
    broadcast: { channel_id: town },
    status: "",
    seq_reply: 0,
  });
}
const actorOf = (event: ChannelEvent | undefined): Actor | undefined => event?.actor;

describe("N10 who wrote a post", () => {
  it.each([
    { from_bot: "true" },
    { from_bot: "false" },
    { from_plugin: "true" },
    { override_username: "openclaw" },
    {},
  ])("N10 is not changed by %j, which a user may set", async (props) => {
    expect(actorOf(await eventOf(props))).toEqual(actor(false));
    expect(actorOf(await eventOf(props, { isBot: true }))).toEqual(actor(true));
  });

  it.each([{ from_webhook: "true" }, { from_webhook: true }, { from_webhook: "false" }])(
    "N10 is taken for a webhook with %j: it can only take rights away",
    async (props) => {
      expect(actorOf(await eventOf(props))).toEqual({ ...actor(false), is_webhook: true });
    },
  );

  it("N10 the bot's own posts and the server's make no event", async () => {
    expect(await eventOf({}, { user: fakeId("bot") })).toBeUndefined();
    expect(await eventOf({}, { type: "system_join_channel" })).toBeUndefined();
    expect(await eventOf({})).toBeDefined();
  });
});
