import { edit, listPins, pin, react, reactions, remove, unpin } from "./change.ts";
import type { ActionContext } from "./context.ts";
import { ActionError } from "./error.ts";
import { channelInfo, channelList, memberInfo } from "./info.ts";
import { readParams, type ActionParams } from "./params.ts";
import { read, search } from "./read.ts";

/** The switches of `channels.mattermost.actions`. */
export type ActionGate = "reactions" | "messages" | "edits" | "pins" | "search" | "memberInfo" | "channelInfo";
export type ActionGates = Readonly<Record<ActionGate, boolean>>;

type Handler = (context: ActionContext, params: ActionParams) => Promise<Record<string, unknown>>;

/** By OpenClaw's names. */
const ACTIONS = {
  react: { gate: "reactions", run: react },
  reactions: { gate: "reactions", run: reactions },
  read: { gate: "messages", run: read },
  search: { gate: "search", run: search },
  edit: { gate: "edits", run: edit },
  delete: { gate: "edits", run: remove },
  pin: { gate: "pins", run: pin },
  unpin: { gate: "pins", run: unpin },
  "list-pins": { gate: "pins", run: listPins },
  "member-info": { gate: "memberInfo", run: memberInfo },
  "channel-info": { gate: "channelInfo", run: channelInfo },
  "channel-list": { gate: "channelInfo", run: channelList },
} as const satisfies Record<string, { gate: ActionGate; run: Handler }>;
export type ActionName = keyof typeof ACTIONS;

export const isAction = (name: string): name is ActionName => Object.hasOwn(ACTIONS, name);

/** What is switched on. */
export function actionsOf(gates: ActionGates): ActionName[] {
  return (Object.keys(ACTIONS) as ActionName[]).filter((name) => gates[ACTIONS[name].gate]);
}

/** Does one action for its asker. Throws `ActionError` or `MattermostError`, both in words for the agent. */
export async function perform(
  name: ActionName,
  raw: Readonly<Record<string, unknown>>,
  gates: ActionGates,
  context: ActionContext,
): Promise<Record<string, unknown>> {
  const { gate, run } = ACTIONS[name];
  if (!gates[gate])
    throw new ActionError(
      "off",
      `This is switched off. An operator can set channels.mattermost.actions.${gate} to true.`,
    );
  const handler: Handler = run;
  return { ok: true, ...(await handler(context, readParams(raw))) };
}
