import type { OpenClawPluginApi, OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { z } from "zod";
import { actionsOf, isAction, perform } from "../actions/perform.ts";
import { ActionError } from "../actions/error.ts";
import { TOOL_NAME } from "../actions/tool-name.ts";
import { CHANNEL_ID } from "../config/account-config.ts";
import { contextOf, toolResult } from "./actions.ts";
import type { AccountAccess } from "./targets.ts";

type Factory = Extract<Parameters<OpenClawPluginApi["registerTool"]>[0], (...given: never[]) => unknown>;
type ToolContext = Parameters<Factory>[0];

const parametersFor = (actions: [string, ...string[]]) =>
  z.object({
    action: z.enum(actions),
    target: z
      .string()
      .describe(
        "channel:<id>, #channel, #team/channel, or @username for the direct messages with the asker. Default: here.",
      )
      .optional(),
    messageId: z.string().describe("Id of exactly the post that is meant.").optional(),
    threadId: z.string().describe("read: any post of the thread that is to be read.").optional(),
    limit: z.int().min(1).max(200).optional(),
    before: z.string().describe("read: id of a post; what came before it.").optional(),
    after: z.string().describe("read: id of a post; what came after it.").optional(),
    around: z.string().describe("read: id of a post; what stands next to it.").optional(),
    query: z.string().describe("search: words, with Mattermost's modifiers. channel-list: part of a name.").optional(),
    authorId: z.string().describe("search: only posts of this user id or @username.").optional(),
    userId: z.string().describe("member-info: user id or @username. Default: the person who asks.").optional(),
    emoji: z.string().describe("react: a name such as thumbsup.").optional(),
    remove: z.boolean().describe("react: take the bot's reaction back.").optional(),
    message: z.string().describe("edit: the new text.").optional(),
  });

/**
 * The actions in every channel that the asker is in: OpenClaw's `message` tool lets a channel that is not its own act in
 * the conversation of the turn only. Offered to turns that began with a person in Mattermost.
 */
export function createAgentTool({ registry, account }: AccountAccess): Factory {
  return (turn) => {
    const cfg = turn.getRuntimeConfig?.() ?? turn.runtimeConfig ?? turn.config;
    const asker = turn.requesterSenderId;
    if (!cfg || !asker || turn.messageChannel !== CHANNEL_ID) return null;
    const accountNow = (now: OpenClawConfig = cfg) => account(now, turn.agentAccountId);
    const [first, ...more] = actionsOf(accountNow().actions);
    if (!first || !accountNow().enabled) return null;
    return {
      name: TOOL_NAME,
      label: "Mattermost",
      description: `Acts in Mattermost, in any channel that the person who asks is in: ${[first, ...more].join(", ")}.`,
      parameters: z.toJSONSchema(parametersFor([first, ...more]), { target: "draft-7" }),
      execute: async (_id: string, given: unknown) => {
        const { action, ...params } = z.looseObject({ action: z.string() }).parse(given);
        if (!isAction(action)) throw new ActionError("input", `There is no action ${action}.`);
        turn.assertInvocationCurrent?.();
        const acting = accountNow(turn.getRuntimeConfig?.());
        const context = contextOf(registry, acting, { kind: "person", id: asker }, hereOf(turn));
        return toolResult(await perform(action, params, acting.actions, context));
      },
    };
  };
}

const hereOf = ({ nativeChannelId }: ToolContext) => (nativeChannelId ? { channelId: nativeChannelId } : {});
