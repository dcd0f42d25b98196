import { COMMAND_PREFIX, type CommandSpec } from "@openclaw-mattermost/contract";
import type { SlashCommand, SlashCommandCalls, SlashCommandWish } from "../../mattermost/slash-commands.ts";

const HINT_MAX = 100;
const DESCRIPTION_MAX = 128;

/** What has to be done in a team so that it has the commands that are wanted, and no others of ours. */
export interface Plan {
  make: SlashCommandWish[];
  change: SlashCommand[];
  keep: SlashCommand[];
  remove: SlashCommand[];
  /** Triggers that somebody else has; they stay as they are. */
  taken: string[];
}

/** Ours is what this bot made under our prefix. */
export function isOurs(command: SlashCommand, botId: string): boolean {
  return command.creator_id === botId && command.trigger.startsWith(COMMAND_PREFIX) && command.delete_at === 0;
}

/** How a command shall stand in Mattermost. */
export function wishOf(spec: CommandSpec, teamId: string, url: string): SlashCommandWish {
  const hint = spec.args.map(({ name, required }) => (required ? `<${name}>` : `[${name}]`)).join(" ");
  return {
    team_id: teamId,
    trigger: `${COMMAND_PREFIX}${spec.name}`,
    method: "P",
    url,
    auto_complete: true,
    auto_complete_hint: Array.from(hint).slice(0, HINT_MAX).join(""),
    auto_complete_desc: Array.from(spec.description).slice(0, DESCRIPTION_MAX).join(""),
  };
}

export function planOf(existing: readonly SlashCommand[], wishes: readonly SlashCommandWish[], botId: string): Plan {
  const plan: Plan = { make: [], change: [], keep: [], remove: [], taken: [] };
  const alive = existing.filter(({ delete_at }) => delete_at === 0);
  const used = new Set<string>();
  for (const wish of wishes) {
    const there = alive.find(({ trigger }) => trigger === wish.trigger);
    if (!there) plan.make.push(wish);
    else if (!isOurs(there, botId)) plan.taken.push(wish.trigger);
    else {
      used.add(there.id);
      const same = Object.entries(wish).every(([key, value]) => there[key as keyof SlashCommandWish] === value);
      if (same) plan.keep.push(there);
      else plan.change.push({ ...there, ...wish });
    }
  }
  plan.remove = alive.filter((command) => isOurs(command, botId) && !used.has(command.id));
  return plan;
}

/** Carries a plan out. Resolves with the commands that are registered; rejects with `MattermostError`, maybe half-way. */
export async function carryOut(calls: SlashCommandCalls, plan: Plan): Promise<SlashCommand[]> {
  const registered = [...plan.keep];
  for (const { id } of plan.remove) await calls.removeSlashCommand(id);
  for (const command of plan.change) {
    await calls.changeSlashCommand(command);
    // Its token stays as it is, and an answer to a change may leave it out.
    registered.push(command);
  }
  for (const wish of plan.make) registered.push(await calls.makeSlashCommand(wish));
  return registered;
}
