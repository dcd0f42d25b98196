import { describe, expect, it } from "@jest/globals";
import type { Actor, Channel, PostEvent } from "@openclaw-mattermost/contract";
import { resolveAccount } from "../config/account-config.ts";
import { createFakeOpenClaw } from "./fake-openclaw.ts";
import { passGates } from "./gates.ts";

const BOT = { id: "bot", username: "claw" };
const { runtime, sessions } = createFakeOpenClaw();

async function verdict(
  message: string,
  over: {
    actor?: Partial<Actor>;
    channel?: Partial<Channel>;
    config?: object;
    isCommand?: boolean;
    root?: string;
  } = {},
): Promise<string> {
  const event = {
    type: "post.created",
    actor: { id: "someone", username: "someone", is_bot: false, is_webhook: false, is_system: false, ...over.actor },
    channel: { id: "town", type: "O", name: "town", ...over.channel },
    post: { id: "p", root_id: over.root ?? "", message },
  } as unknown as PostEvent;
  const account = resolveAccount({ channels: { mattermost: over.config ?? {} } }, "default", {});
  const isCommand = over.isCommand === true;
  const gates = await passGates({ runtime, account, bot: BOT, isCommand }, event);
  return gates.kind === "dropped" ? gates.reason : gates.kind;
}
const bot = { is_bot: true };

describe("N10 who is heard", () => {
  it("N10 other bots where they name us, like people or never, as the account says", async () => {
    expect(await verdict("hi", { actor: bot })).toBe("bot_without_mention");
    expect(await verdict("@claw hi", { actor: bot })).toBe("admitted");
    expect(await verdict("hi", { actor: bot, channel: { type: "D" } })).toBe("bot_without_mention");
    const onmessage = { chatmode: "onmessage" };
    expect(await verdict("hi", { actor: bot, config: onmessage })).toBe("bot_without_mention");
    expect(await verdict("hi", { actor: bot, config: { ...onmessage, allowBots: true } })).toBe("admitted");
    expect(await verdict("@claw hi", { actor: bot, config: { allowBots: false } })).toBe("bots_not_allowed");
  });

  it("N10 webhooks, the server and we ourselves never, whatever the account says", async () => {
    const config = { allowBots: true, chatmode: "onmessage" };
    expect(await verdict("@claw hi", { actor: { is_webhook: true }, config })).toBe("not_a_person");
    expect(await verdict("@claw hi", { actor: { ...bot, is_webhook: true }, config })).toBe("not_a_person");
    expect(await verdict("@claw hi", { actor: { is_system: true }, config })).toBe("not_a_person");
    expect(await verdict("@claw hi", { actor: { ...bot, id: BOT.id }, config })).toBe("own");
  });
});

describe("N14 how the bot takes part in a channel", () => {
  it("N14 off is off, also for those who name it, but not for a command", async () => {
    const channel = { engagement: "off" as const };
    expect(await verdict("@claw hi", { channel })).toBe("channel_off");
    expect(await verdict("@claw /status", { channel, isCommand: true })).toBe("admitted");
    expect(await verdict("hi", { channel: { ...channel, type: "D" } })).toBe("admitted");
  });
  it("N14 thread follows the threads that the bot takes part in, and needs its name elsewhere", async () => {
    sessions.set("session:thread:r1", { updatedAt: 1 });
    const channel = { engagement: "thread" as const };
    expect(await verdict("hi", { channel, root: "r1" })).toBe("admitted");
    expect(await verdict("hi", { channel, root: "r2" })).toBe("not_mentioned");
    expect(await verdict("hi", { channel })).toBe("not_mentioned");
    expect(await verdict("hi", { channel: { engagement: "mention" }, root: "r1" })).toBe("not_mentioned");
    expect(await verdict("hi", { channel, root: "r1", actor: bot })).toBe("bot_without_mention");
  });
  it("N14 all answers every post, mention only those that name it", async () => {
    expect(await verdict("hi", { channel: { engagement: "all" } })).toBe("admitted");
    const config = { chatmode: "onmessage" };
    expect(await verdict("hi", { channel: { engagement: "mention" }, config })).toBe("not_mentioned");
    expect(await verdict("@claw hi", { channel: { engagement: "mention" }, config })).toBe("admitted");
  });
});
