import type { ChannelPlugin } from "openclaw/plugin-sdk/channel-core";
import { formatTarget, parseTarget } from "../mattermost/target.ts";

type Threading = NonNullable<ChannelPlugin["threading"]>;
type ToolContext = ReturnType<NonNullable<Threading["buildToolContext"]>>;

/** Where a turn's tools are: the channel under both of its names, and the thread that what they send stays in. */
export const buildToolContext: NonNullable<Threading["buildToolContext"]> = ({
  context,
  hasRepliedRef,
}): ToolContext => {
  const thread = context.MessageThreadId === undefined ? undefined : String(context.MessageThreadId);
  return {
    ...(context.NativeChannelId ? { currentChannelId: `channel:${context.NativeChannelId}` } : {}),
    ...(context.To ? { currentMessagingTarget: context.To } : {}),
    ...(thread ? { currentThreadTs: thread, sameChannelThreadRequired: true } : {}),
    ...(context.CurrentMessageId === undefined ? {} : { currentMessageId: context.CurrentMessageId }),
    ...(context.ReplyToMode ? { replyToMode: context.ReplyToMode } : {}),
    ...(hasRepliedRef ? { hasRepliedRef } : {}),
  };
};

const spelling = (raw: string | undefined): string | undefined => {
  const target = raw === undefined ? undefined : parseTarget(raw);
  return target && formatTarget(target);
};

export const matchesToolContextTarget: NonNullable<Threading["matchesToolContextTarget"]> = ({
  target,
  toolContext,
}) => {
  const wanted = spelling(target);
  return (
    wanted !== undefined &&
    [toolContext.currentChannelId, toolContext.currentMessagingTarget].some((current) => spelling(current) === wanted)
  );
};

/** What is sent to the conversation of a turn stays in its thread, unless another post is named. */
export const resolveAutoThreadId: NonNullable<Threading["resolveAutoThreadId"]> = ({ to, replyToId, toolContext }) =>
  replyToId || !toolContext || !matchesToolContextTarget({ target: to, toolContext })
    ? undefined
    : toolContext.currentThreadTs;
