import type { ChannelPlugin, OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { ActionError } from "../actions/error.ts";
import type { ActionContext } from "../actions/context.ts";
import { actionsOf, isAction, perform } from "../actions/perform.ts";
import { createRights, type Asker } from "../actions/rights.ts";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { buttonDiscovery, withButtonsParam } from "../interactions/message-tool.ts";
import { parseTarget, readTarget } from "../mattermost/target.ts";
import type { AccountAccess } from "./targets.ts";
import { matchesToolContextTarget } from "./threading.ts";

type Actions = NonNullable<ChannelPlugin["actions"]>;
type HostContext = Parameters<NonNullable<Actions["handleAction"]>>[0];

/** The shared `message` tool, and `openclaw message …`: everything but sending, which goes through the outbox. */
export function createActions(access: AccountAccess & { accountIds: (cfg: OpenClawConfig) => string[] }): Actions {
  const { registry, account, accountIds } = access;
  return {
    describeMessageTool: ({ cfg, accountId }) => {
      const ids = accountId ? [accountId] : accountIds(cfg);
      const usable = ids.map((id) => account(cfg, id)).filter((each) => each.enabled && each.configured);
      if (usable.length === 0) return null;
      const switchedOn = new Set(usable.flatMap((each) => actionsOf(each.actions)));
      return { actions: ["send", ...switchedOn], ...buttonDiscovery(usable) };
    },
    supportsAction: ({ action }) => isAction(action),
    handleAction: async (host) => {
      const { action, cfg } = host;
      if (!isAction(action)) throw new ActionError("input", `Mattermost has no action ${action}.`);
      const acting = account(cfg, host.accountId);
      const context = contextOf(registry, acting, requireAsker(host, acting, account), hereOf(host));
      return toolResult(await perform(action, withoutImpliedThread(host), acting.actions, context));
    },
    // Sending elsewhere than to the conversation of the turn needs the asker's rights, too.
    prepareSendPayload: async ({ ctx, to, payload }) => {
      const acting = account(ctx.cfg, ctx.accountId);
      const asker = askerOf(ctx, acting, account);
      const here = ctx.toolContext && matchesToolContextTarget({ target: to, toolContext: ctx.toolContext });
      if (asker?.kind === "person" && !here) await requireReach(contextOf(registry, acting, asker, {}), to);
      return withButtonsParam(payload, ctx.params.buttons);
    },
  };
}

export function contextOf(
  registry: AccountAccess["registry"],
  account: MattermostAccount,
  asker: Asker,
  here: ActionContext["here"],
): ActionContext {
  const { client, destinations, botId } = registry.partsOf(account);
  return {
    client,
    botId,
    here,
    rights: createRights(client, asker),
    directChannel: (id) => destinations.channelId({ kind: "user", id }),
  };
}

/** As OpenClaw wants it. */
export function toolResult(details: Record<string, unknown>) {
  return { content: [{ type: "text" as const, text: JSON.stringify(details) }], details };
}

/**
 * Undefined where the turn did not begin with a person of this server: cron, or another channel. A user id means the same
 * on another account only if that is on the same server.
 */
function askerOf(
  { conversationReadOrigin, requesterSenderId, requesterAccountId, toolContext, cfg }: HostContext,
  acting: MattermostAccount,
  account: AccountAccess["account"],
): Asker | undefined {
  if (conversationReadOrigin === "direct-operator") return { kind: "operator" };
  if (!requesterSenderId || toolContext?.currentChannelProvider !== CHANNEL_ID) return undefined;
  const other = requesterAccountId && requesterAccountId !== acting.accountId;
  if (other && account(cfg, requesterAccountId).baseUrl !== acting.baseUrl)
    throw new ActionError("no_asker", "The person who asks is on another Mattermost server, so nothing is done here.");
  return { kind: "person", id: requesterSenderId };
}

function requireAsker(host: HostContext, acting: MattermostAccount, account: AccountAccess["account"]): Asker {
  const asker = askerOf(host, acting, account);
  if (asker) return asker;
  throw new ActionError(
    "no_asker",
    "Nobody in Mattermost asked for this, so there is nobody whose rights could be checked.",
  );
}

function hereOf({ toolContext }: HostContext): ActionContext["here"] {
  const current = parseTarget(toolContext?.currentChannelId ?? "");
  const postId = toolContext?.currentMessageId;
  return {
    ...(current?.kind === "channel" ? { channelId: current.id } : {}),
    ...(postId === undefined ? {} : { postId: String(postId) }),
  };
}

/** OpenClaw adds the thread of the turn by itself; to read a channel from inside a thread has to stay possible. */
function withoutImpliedThread({ params, toolContext }: HostContext): Record<string, unknown> {
  const { threadId, ...rest } = params;
  return threadId === undefined || threadId === toolContext?.currentThreadTs ? rest : params;
}

/** A channel that the asker is in, or a person whom the asker could write to. */
async function requireReach(context: ActionContext, to: string): Promise<void> {
  const target = readTarget(to);
  if (target.kind === "user") await context.rights.requireSees(target);
  else if (target.kind === "channel") await context.rights.requireIn(target.id);
  // OpenClaw has resolved names before.
  else
    throw new ActionError(
      "not_allowed",
      "It is not known whether the person who asks may write there, so nothing is sent.",
    );
}
