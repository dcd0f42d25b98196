import type { ChannelEvent, CommandAnswer, CommandSpec } from "@openclaw-mattermost/contract";
import { keepAnswering } from "../commands/answer.ts";
import { answerByRest } from "../commands/rest/answer.ts";
import { callbackPathsOf, callbackUrlOf, isOutOfReach } from "../commands/rest/url.ts";
import type { Taken } from "../receive/commands/callback.ts";
import { hookIdOf, idOfUse, newMattermostId, type CommandForm } from "../receive/commands/form.ts";
import { carryOut, isOurs, planOf, wishOf } from "../commands/rest/registration.ts";
import { createTokens } from "../commands/rest/tokens.ts";
import type { HostConfig, MattermostAccount } from "../config/account-config.ts";
import { MattermostError, messageOf, type Problem } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import type { SlashCommand, SlashCommandCalls } from "../mattermost/slash-commands.ts";
import { createFacts } from "../receive/socket/facts.ts";
import { isOutOfSight, patientGet } from "../receive/socket/rest.ts";
import type { Logs } from "./facts.ts";

type CommandEvent = Extract<ChannelEvent, { type: "command.invoked" }>;
/** A command that came by REST, as the inbox keeps it: with the id under which Mattermost takes its answers. */
type RestCommandEvent = CommandEvent & { by_rest: { hook_id: string } };

/** The command that waits behind nothing has a lane of its own. */
const STOP_TRIGGER = "oc_stop";
/** New teams and skills get their commands within this time. */
const AGAIN_MS = 5 * 60_000;
const WORKING = "Working on it …";

export interface RestCommandDeps {
  account: MattermostAccount;
  cfg: () => HostConfig;
  client: Pick<MattermostClient, "get" | "teams"> & SlashCommandCalls;
  send: (to: string, text: string, rootId: string) => Promise<unknown>;
  /** The commands that this gateway serves where both switches are on. Rejects where OpenClaw cannot say. */
  catalogue: (switches: { native: boolean; nativeSkills: boolean }) => Promise<CommandSpec[]>;
  /** Serves a path; throws where it is taken. */
  serve: (path: string) => () => void;
  /** Stores an event; throws if that cannot be made durable. */
  append: (events: readonly ChannelEvent[]) => void;
  onProblems: (problems: readonly Problem[]) => void;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  log: Logs;
}

const isByRest = (event: CommandEvent): event is RestCommandEvent => "by_rest" in event;

/**
 * Slash commands for servers without the plugin: registered by REST on every team of the bot, taken at the gateway's callback
 * path, and removed when the plugin takes over.
 */
export function createRestCommands(deps: RestCommandDeps) {
  const { account, client, log } = deps;
  const { accountId } = account;
  const switches = { native: account.commands.native === true, nativeSkills: account.commands.nativeSkills === true };
  const wanted = switches.native || switches.nativeSkills;
  const paths = wanted ? callbackPathsOf(account) : [];
  const tokens = createTokens({ calls: client, reload: () => register(), now: deps.now });
  const facts = createFacts({ get: patientGet(client, deps.sleep, deps.signal), now: deps.now });
  let skills = new Set<string>();
  let botId: string | undefined;
  let inUse = false;
  let running: Promise<void> | undefined;
  let ending = new AbortController();

  /** Registers in all teams, one round at a time. Never rejects. */
  function register(): Promise<void> {
    running ??= registerNow().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function registerNow(): Promise<void> {
    const url = callbackUrlOf(deps.cfg(), account);
    if (botId === undefined || url === undefined) return;
    try {
      const specs = await deps.catalogue(switches);
      skills = new Set(specs.filter(({ kind }) => kind === "skill").map(({ name }) => name));
      const registered: SlashCommand[] = [];
      const problems: Problem[] = isOutOfReach(url, account.baseUrl ?? url) ? [outOfReach(url)] : [];
      for (const team of await client.teams()) {
        try {
          registered.push(...(await inTeam(team, specs, url, botId)));
        } catch (error) {
          problems.push(refused(team.name, error));
          log.error("mattermost: failed to register slash commands", {
            account: accountId,
            team: team.name,
            reason: messageOf(error),
          });
        }
      }
      tokens.replace(registered);
      if (tokens.count() === 0)
        log.error("mattermost: native slash commands enabled but no commands could be registered", {
          account: accountId,
        });
      else log.info("Slash commands are registered.", { account: accountId, commands: tokens.count() });
      deps.onProblems(problems);
    } catch (error) {
      deps.onProblems([refused("", error)]);
      log.error("mattermost: failed to register slash commands", { account: accountId, reason: messageOf(error) });
    }
  }

  async function inTeam(
    team: { id: string; name: string },
    specs: readonly CommandSpec[],
    url: string,
    bot: string,
  ): Promise<SlashCommand[]> {
    const wishes = specs.map((spec) => wishOf(spec, team.id, url));
    const plan = planOf(await client.slashCommands(team.id), wishes, bot);
    if (plan.taken.length > 0)
      log.warn("Somebody else has commands of these names; they stay as they are.", {
        account: accountId,
        team: team.name,
        commands: plan.taken.join(" "),
      });
    return carryOut(client, plan);
  }

  /** Takes away what this bot has registered. What it may not see it has not registered. */
  async function removeAll(bot: string): Promise<void> {
    try {
      let removed = 0;
      for (const team of await client.teams()) {
        for (const command of await client.slashCommands(team.id)) {
          if (!isOurs(command, bot)) continue;
          await client.removeSlashCommand(command.id);
          removed += 1;
        }
      }
      if (removed > 0)
        log.info("Slash commands that were registered by REST are removed: the plugin has its own.", {
          account: accountId,
          removed,
        });
    } catch (error) {
      if (!isOutOfSight(error))
        log.warn("Slash commands of before could not be looked for.", { account: accountId, reason: messageOf(error) });
    }
  }

  async function keepRegistered(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await register();
      await deps.sleep(AGAIN_MS, signal);
    }
  }

  async function take(form: CommandForm): Promise<Taken> {
    const trigger = form.command.slice(1);
    const verdict = inUse ? await tokens.check(form.token, trigger, form.team_id) : "unknown";
    if (verdict !== "current") return { kind: verdict };
    try {
      await client.ownMembership(form.channel_id);
      deps.append([await eventOf(form, trigger)]);
      return { kind: "kept", text: WORKING };
    } catch (error) {
      if (isOutOfSight(error)) return { kind: "told", text: "I am not in this channel. Add me to it, then try again." };
      log.warn("A slash command could not be taken.", { account: accountId, reason: messageOf(error) });
      return { kind: "unavailable" };
    }
  }

  async function eventOf(form: CommandForm, trigger: string): Promise<RestCommandEvent> {
    const id = idOfUse(form) ?? newMattermostId();
    return {
      id: `command.invoked:${id}`,
      type: "command.invoked",
      lane: trigger === STOP_TRIGGER ? `${form.channel_id}:stop` : form.channel_id,
      ts: deps.now(),
      stale: false,
      actor: await facts.actor(form.user_id),
      channel: await facts.channel(form.channel_id),
      thread_root: form.root_id,
      command: { id, trigger, text: form.text },
      by_rest: { hook_id: hookIdOf(form) ?? "" },
    };
  }

  let serving: (() => void)[] = [];
  const stopServing = (): void => {
    for (const stop of serving) stop();
    serving = [];
  };
  deps.signal.addEventListener("abort", stopServing, { once: true });

  return {
    isSkill: (name: string): boolean => skills.has(name),
    /** Whether OpenClaw's own commands can be typed. */
    areRegistered: (): boolean => inUse && switches.native && tokens.count() > 0,
    /** Whether commands that arrive at this path may be this account's. */
    servesAt: (path: string): boolean => paths.includes(path),
    take,
    /** How the answer of a command is given that came without the plugin; undefined for any other. */
    answering(event: CommandEvent): ReturnType<typeof keepAnswering> | undefined {
      if (!isByRest(event)) return undefined;
      const place = {
        hookId: event.by_rest.hook_id || undefined,
        direct: event.channel.type === "D",
        channelId: event.channel.id,
        userId: event.actor.id,
        rootId: event.thread_root,
      };
      const byRest = {
        answerCommand: (_id: string, answer: CommandAnswer) =>
          answerByRest({ calls: client, send: deps.send }, place, answer),
      };
      return keepAnswering({ client: byRest, sleep: deps.sleep, log: log.warn }, deps.signal);
    },
    /** The bot works without the plugin. */
    needed(bot: string): void {
      if (!wanted || (inUse && botId === bot)) return;
      botId = bot;
      inUse = true;
      ending.abort();
      ending = new AbortController();
      try {
        if (serving.length === 0) serving = paths.map(deps.serve);
      } catch (error) {
        log.error("mattermost: failed to register slash commands", { account: accountId, reason: messageOf(error) });
        deps.onProblems([pathTaken(paths)]);
        return;
      }
      void keepRegistered(AbortSignal.any([ending.signal, deps.signal]));
    },
    /** The plugin is linked and has commands of its own. */
    replaced(bot: string): void {
      const first = inUse || botId === undefined;
      botId = bot;
      inUse = false;
      ending.abort();
      if (!first) return;
      tokens.replace([]);
      deps.onProblems([]);
      void (running ?? Promise.resolve()).then(() => removeAll(bot));
    },
  };
}
export type RestCommands = ReturnType<typeof createRestCommands>;

const outOfReach = (url: string): Problem => ({
  code: "commands.callback_loopback",
  severity: "warning",
  message: `Slash commands are called at ${new URL(url).origin}, which is an address of this machine only.`,
  fix: "Set channels.mattermost.commands.callbackUrl to the address at which Mattermost reaches this gateway.",
});

const pathTaken = (paths: readonly string[]): Problem => ({
  code: "commands.path_taken",
  severity: "warning",
  message: `Slash commands cannot be taken at ${paths.join(" and ")}: another plugin of this gateway is there.`,
  fix: "Set channels.mattermost.commands.callbackPath to another path.",
});

function refused(team: string, error: unknown): Problem {
  const where = team ? ` in the team ${team}` : "";
  const forbidden = error instanceof MattermostError && error.status === 403;
  return {
    code: "commands.not_registered",
    severity: "warning",
    message: `Slash commands are not registered${where}. ${forbidden ? "The bot may not manage them." : messageOf(error)}`,
    fix: forbidden
      ? "Make the bot an admin of the team, or let members manage slash commands; or install the plugin, which needs neither."
      : "It is tried again every five minutes.",
  };
}
