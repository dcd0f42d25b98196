import { createApprovers, decideApproval, decideTyped, refusalToApprove } from "./approvers.ts";
import { CLICKS_PATH, type ChoiceEvent, type Welcome } from "@openclaw-mattermost/contract";
import type { HostConfig, MattermostAccount } from "../config/account-config.ts";
import { MattermostError, messageOf } from "../errors.ts";
import { comesFrom } from "../host/client-ip.ts";
import { answerQuestion } from "../host/questions.ts";
import { currentConfig, type PluginRuntime } from "../host/runtime.ts";
import { attachmentsOf, type ActionAttachment, type ClickRoute } from "../interactions/attachments.ts";
import { interactionsUrl } from "../interactions/callback-url.ts";
import type { Controls } from "../interactions/control.ts";
import type { ClickTaker, HttpClick } from "../interactions/http.ts";
import { interactionSecret, isSigned } from "../interactions/token.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { isFinal, keepTrying } from "../mattermost/keep-trying.ts";
import type { AskedNotes } from "../notes/asked.ts";
import { createFacts } from "../receive/socket/facts.ts";
import { createWaker } from "../receive/waker.ts";
import { concludePost } from "../reply/conclude.ts";
import type { ApproveDeps } from "../turn/approve-command.ts";
import type { ChoiceDeps, ChoiceVerdict } from "../turn/choice.ts";
import type { Log } from "./facts.ts";

export type Attach = (controls: Controls, channelId: string) => Promise<ActionAttachment[]>;

/** Makes attachments whose clicks arrive: by the plugin where it is linked, else at this gateway's own address. */
export function createAttach(deps: {
  client: Pick<MattermostClient, "pluginStatus">;
  account: () => MattermostAccount;
  config: () => HostConfig;
  /** The plugin's last answer to hello. */
  welcome: () => Welcome | undefined;
  /** The WebSocket is in use: there is no plugin. */
  withoutPlugin: () => boolean;
}): Attach {
  const isLinked = async (): Promise<boolean> => {
    if (deps.withoutPlugin()) return false;
    try {
      return (deps.welcome() ?? (await deps.client.pluginStatus())).link.state === "linked";
    } catch (error) {
      if (error instanceof MattermostError && [404, 501].includes(error.status)) return false;
      throw error;
    }
  };
  return async (controls, channelId) => {
    const account = deps.account();
    const route: ClickRoute = (await isLinked())
      ? { url: CLICKS_PATH, dialogs: true }
      : { url: interactionsUrl(deps.config(), account), dialogs: false };
    return attachmentsOf(controls, { route, botToken: account.botToken ?? "", channelId });
  };
}

/** What the ids of clicks begin with that came to the gateway's own address. */
const DIRECT = "interaction:";

/** What takes clicks without the plugin. */
export function createClickTaker(deps: {
  account: () => MattermostAccount;
  config: () => HostConfig;
  client: Pick<MattermostClient, "get" | "postWithProps">;
  /** Who may choose; waits until the bot is known. */
  judge: (event: ChoiceEvent) => Promise<ChoiceVerdict>;
  /** Stores events; how many were new. */
  append: (events: readonly ChoiceEvent[]) => number;
  log: ClickTaker["log"];
}): ClickTaker {
  const facts = createFacts({ get: (path, schema) => deps.client.get(path, schema), now: Date.now });
  const eventOf = async (click: HttpClick): Promise<ChoiceEvent> => {
    const [actor, channel] = await Promise.all([facts.actor(click.userId), facts.channel(click.channelId)]);
    return {
      id: `${DIRECT}${click.id}`,
      type: "action.clicked",
      lane: click.channelId,
      ts: Date.now(),
      stale: false,
      actor,
      channel,
      thread_root: click.threadRoot,
      click: {
        id: click.id,
        post_id: click.postId,
        action_id: click.actionId,
        label: click.label,
        selected_option: click.option,
        context: { ...click.context },
      },
    };
  };
  return {
    accountId: deps.account().accountId,
    secret: () => interactionSecret(deps.account().botToken ?? ""),
    allowsSource: (req) => comesFrom(req, deps.account().allowedSourceIps, deps.config().gateway),
    post: (id) => deps.client.postWithProps(id),
    refusal: async (click) => {
      const judged = await deps.judge(await eventOf(click));
      return judged.kind === "refused" ? judged.text : undefined;
    },
    store: async (click) => deps.append([await eventOf(click)]) > 0,
    log: deps.log,
  };
}

export type ChoiceParts = Pick<
  ChoiceDeps,
  "isOurs" | "verdict" | "answerQuestion" | "mayApprove" | "approve" | "conclude" | "tellTooLate"
> &
  Pick<ApproveDeps, "approveTyped">;

/** What turns of choices need of the account. */
export function createChoiceParts(deps: {
  runtime: PluginRuntime;
  account: () => MattermostAccount;
  client: Pick<MattermostClient, "verdict" | "postWithProps" | "rewritePost" | "user" | "ephemeral">;
  asked: AskedNotes;
  /** The plugin can show something to one person alone. */
  isLinked: () => boolean;
  signal: AbortSignal;
  log: Log;
}): ChoiceParts {
  const { client, runtime, asked } = deps;
  const { sleep } = createWaker();
  const approvers = createApprovers(() => deps.account());
  return {
    isOurs: (context, channelId) =>
      isSigned(interactionSecret(deps.account().botToken ?? ""), context) &&
      (context.channel_id === undefined || context.channel_id === channelId),
    verdict: async (event, verdict) => {
      // A click that came here directly counted when it was stored.
      if (event.id.startsWith(DIRECT)) return verdict.allowed;
      const { id } = event.type === "action.clicked" ? event.click : event.dialog;
      try {
        return await keepTrying({ sleep }, deps.signal, () => client.verdict(id, verdict));
      } catch (error) {
        if (isFinal(error)) return false;
        throw error;
      }
    },
    answerQuestion: (question, senderId) =>
      answerQuestion(currentConfig(runtime), deps.account().accountId, question, senderId),
    mayApprove: (senderId) => {
      const username = async (userId: string) => (await client.user(userId)).username;
      return refusalToApprove({ approvers, username }, currentConfig(runtime), deps.account().accountId, senderId);
    },
    approveTyped: (typed, senderId) => decideTyped(currentConfig(runtime), deps.account().accountId, typed, senderId),
    approve: (approval, senderId) =>
      decideApproval(currentConfig(runtime), deps.account().accountId, approval, senderId),
    conclude: (postId, line, which) => concludePost({ client, asked }, postId, line, which),
    tellTooLate: async ({ actor, channel, thread_root: rootId }, line) => {
      if (!deps.isLinked()) return;
      const text = `Your choice came too late and does not count.\n\n${line}`;
      const shown = { user_id: actor.id, channel_id: channel.id, root_id: rootId, text };
      await client.ephemeral(shown).catch((error: unknown) => {
        const fields = { account: deps.account().accountId, reason: messageOf(error) };
        deps.log("A person could not be told that a choice came too late.", fields);
      });
    },
  };
}
