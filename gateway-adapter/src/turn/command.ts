import { COMMAND_PREFIX, mattermostId, type ChannelEvent, type PostEvent } from "@openclaw-mattermost/contract";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import type { IngressLifecycle } from "./adoption.ts";
import { offerPairing, type TurnDeps } from "./agent-turn.ts";
import { approveByCommand, type ApproveDeps } from "./approve-command.ts";
import { asPostOf, NO_ACCESS, NOT_PAIRED, runAsPost } from "./as-post.ts";
import { NO_FILES } from "./attachments.ts";
import { contextOf } from "./context.ts";
import { passGates, type Admitted } from "./gates.ts";
import type { Runs } from "./runs.ts";

type CommandEvent = Extract<ChannelEvent, { type: "command.invoked" }>;

export interface CommandDeps extends TurnDeps, ApproveDeps {
  /** Hands the plugin what a command said; rejects if it must be tried again. */
  answerCommand: (id: string, texts: readonly string[]) => Promise<void>;
  isSkill: (name: string) => boolean;
  runs: Runs;
}

const OVER = "This has ended already.";
/** The command that waits for nothing: the plugin gives it a lane of its own. */
const STOP_TRIGGER = `${COMMAND_PREFIX}stop`;
const APPROVE_TRIGGER = `${COMMAND_PREFIX}approve`;

/**
 * Runs a command in the session of its conversation, under the same policy as a post that names the bot, and hands the
 * answer to the plugin, which shows it. Until the plugin has it the command is not done: it is run again after a restart.
 */
export async function runCommand(deps: CommandDeps, event: CommandEvent, lifecycle: IngressLifecycle): Promise<string> {
  const { id } = event.command;
  if (event.command.trigger === APPROVE_TRIGGER) {
    const { outcome, text } = await approveByCommand(deps, event.actor, event.command.text);
    await deps.answerCommand(id, [text]);
    return outcome;
  }
  // Commands are for people.
  const account = { ...withoutOwnThread(deps.account(), event.thread_root), allowBots: false };
  const named = stoppedPost(event);
  const asPost = asPostOf(event, deps.bot, { id, text: textOf(nameOf(event), named ? "" : event.command.text) });
  if (named && !deps.runs.has(named)) {
    await deps.answerCommand(id, [OVER]);
    return "done";
  }
  // Whoever asked for a run may stop it, whatever has become of their rights since.
  const stopped = event.command.trigger === STOP_TRIGGER ? stopOwn(deps, event, named) : 0;
  if (named && stopped > 0) {
    await deps.answerCommand(id, ["Stopped."]);
    return "done";
  }
  const gates = await passGates({ ...deps, account, isCommand: true }, asPost);
  if (gates.kind === "pairing") {
    await offerPairing(deps, account, asPost);
    await deps.answerCommand(id, [NOT_PAIRED]);
    return "pairing";
  }
  if (gates.kind === "dropped") {
    await deps.answerCommand(id, [stopped > 0 ? "Stopped." : NO_ACCESS]);
    return gates.reason;
  }
  if (deps.isSkill(nameOf(event))) {
    // A skill is a turn like any other: its answer is a post, and the plugin only learns that it is done.
    await runAsPost(deps, asPost, gates, lifecycle);
    await deps.answerCommand(id, []);
    return "done";
  }
  if (!gates.access.commandAccess.authorized) {
    await deps.answerCommand(id, [stopped > 0 ? "Stopped." : NO_ACCESS]);
    return "not_authorized";
  }
  const texts = (await dispatch(deps, asPost, gates)).flatMap(deps.split);
  if (stopped > 0) {
    // OpenClaw does not know of those in other threads, and says of them that there was nothing to stop.
    await deps.answerCommand(id, [stopped === 1 ? "Stopped." : `Stopped ${String(stopped)} runs.`]);
    return "done";
  }
  await deps.answerCommand(id, texts.length > 0 ? texts : ["Done."]);
  return "done";
}

/** The one run of the post that a Stop button names; in the thread where it was typed, or at top level everywhere in the channel. */
function stopOwn(
  { runs }: CommandDeps,
  { actor, channel, thread_root: rootId }: CommandEvent,
  postId: string | undefined,
): number {
  return runs.stop({ userId: actor.id, channelId: channel.id, rootId: postId ? "" : rootId, postId });
}

/** The request whose run is to be stopped, and no other. */
function stoppedPost({ command }: CommandEvent): string | undefined {
  return command.trigger === STOP_TRIGGER && mattermostId.safeParse(command.text).success ? command.text : undefined;
}

function nameOf(event: CommandEvent): string {
  return event.command.trigger.slice(COMMAND_PREFIX.length);
}

const textOf = (name: string, args: string): string => `/${name}${args ? ` ${args}` : ""}`;

/** There is no post under which a command could start a thread: typed at top level it belongs to the conversation itself. */
function withoutOwnThread(account: MattermostAccount, threadRoot: string): MattermostAccount {
  return threadRoot ? account : { ...account, replyToMode: { direct: "off", group: "off", channel: "off" } };
}

async function dispatch(deps: CommandDeps, event: PostEvent, admitted: Admitted): Promise<string[]> {
  const { cfg, account, route, sessionKey, access, engagement } = admitted;
  const texts: string[] = [];
  await deps.runtime.channel.inbound.dispatch({
    cfg,
    channel: CHANNEL_ID,
    accountId: account.accountId,
    route: { agentId: route.agentId, sessionKey, ...(route.dmScope ? { dmScope: route.dmScope } : {}) },
    ctxPayload: contextOf(deps.runtime, event, admitted, [], NO_FILES, {
      command: {
        kind: "native",
        body: engagement.text,
        name: engagement.text.slice(1).split(" ", 1)[0] ?? "",
        authorized: access.commandAccess.authorized,
      },
    }),
    delivery: {
      durable: () => false,
      deliver: (payload) => {
        const text = payload.text?.trim();
        if (text) texts.push(text);
        return Promise.resolve({ visibleReplySent: text !== undefined && text !== "" });
      },
      onError: (error, info) => {
        deps.log("An answer of a command was not given.", { kind: info.kind, reason: messageOf(error) });
      },
    },
    replyOptions: { disableBlockStreaming: true },
  });
  return texts;
}
