import { catalogueSchema, COMMANDS_MAX, type CommandSpec } from "@openclaw-mattermost/contract";
import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { CHANNEL_ID } from "../config/account-config.ts";
import {
  findCommandByNativeName,
  listNativeCommandSpecsForConfig,
  listSkillCommandsForAgents,
  resolveCommandArgChoices,
} from "../host/commands.ts";
import { allModels, configuredModels } from "./models.ts";

/** The commands of OpenClaw that are offered in Mattermost, and those of them that only tell. */
const OFFERED = [
  "status",
  "model",
  "models",
  "new",
  "help",
  "think",
  "reasoning",
  "verbose",
  "queue",
  "stop",
  "usage",
  "approve",
] as const;
/** OpenClaw reads these of the whole text, and names no arguments itself. */
const ARGS: Readonly<Record<string, NativeSpec["args"]>> = {
  approve: [
    { name: "id", description: "What the question says", required: true, rest: false, choices: [] },
    {
      name: "decision",
      description: "What you decide",
      required: true,
      rest: false,
      choices: ["allow-once", "allow-always", "deny"].map((value) => ({ value, label: "" })),
    },
  ],
};
const ONLY_TELLS: ReadonlySet<string> = new Set(["status", "models", "help"]);

const DESCRIPTION_MAX = 200;
const CHOICES_MAX = 100;
const ARGS_MAX = 8;

/** What OpenClaw knows of commands; `openClawCommands` asks it. */
export interface CommandSource {
  native: () => NativeSpec[];
  skills: () => { name: string; description: string }[];
  /** Models to choose from, as `provider/model`. */
  models: () => Promise<string[]>;
}
export interface NativeSpec {
  name: string;
  description: string;
  args: { name: string; description: string; required: boolean; rest: boolean; choices: Choice[] }[];
}
interface Choice {
  value: string;
  label: string;
}

/** `channels.mattermost.commands`: an explicit `false` takes the commands, or the skills, away. */
export interface CommandSwitches {
  native?: boolean | "auto" | undefined;
  nativeSkills?: boolean | "auto" | undefined;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,58}$/;

/** The commands and skills that this gateway serves to Mattermost, with what may be chosen as it is now. */
export async function catalogueOf(source: CommandSource, switches: CommandSwitches): Promise<CommandSpec[]> {
  const commands = switches.native === false ? [] : await commandsOf(source);
  const taken = new Set<string>([...OFFERED, ...commands.map((command) => command.name)]);
  const skills = switches.nativeSkills === false ? [] : source.skills();
  const ofSkills = skills
    .map(({ name, description }) => ({ name: name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "_"), description }))
    .filter(({ name }) => NAME.test(name) && !taken.has(name) && taken.add(name))
    .map(({ name, description }): CommandSpec => ({
      name,
      kind: "skill",
      description: cut(description, DESCRIPTION_MAX),
      changes: true,
      args: [{ name: "input", description: "What the skill shall do", required: false, rest: true, choices: [] }],
    }));
  return catalogueSchema.parse([...commands, ...ofSkills].slice(0, COMMANDS_MAX));
}

async function commandsOf(source: CommandSource): Promise<CommandSpec[]> {
  const native = source.native();
  const found = OFFERED.flatMap((name) => native.find((spec) => spec.name === name) ?? []);
  const models = found.some(({ name }) => name === "model") ? await source.models() : [];
  return found.map(({ name, description, args }) => ({
    name,
    kind: "command" as const,
    description: cut(description, DESCRIPTION_MAX),
    changes: !ONLY_TELLS.has(name),
    args: (args.length > 0 ? args : (ARGS[name] ?? [])).slice(0, ARGS_MAX).map((arg) => ({
      ...arg,
      name: cut(arg.name, 32),
      description: cut(arg.description, DESCRIPTION_MAX),
      choices: choicesOf(name === "model" ? models.map((value) => ({ value, label: "" })) : arg.choices),
    })),
  }));
}

function choicesOf(choices: readonly Choice[]): Choice[] {
  return choices
    .filter(({ value }) => value !== "" && value.length <= DESCRIPTION_MAX)
    .slice(0, CHOICES_MAX)
    .map(({ value, label }) => ({ value, label: label === value ? "" : cut(label, DESCRIPTION_MAX) }));
}

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

/** Asks OpenClaw; for all models only where `inUse`, that is, where somebody uses commands or the panel. */
export function openClawCommands(cfg: OpenClawConfig, inUse: boolean): CommandSource {
  return {
    native: () =>
      listNativeCommandSpecsForConfig(cfg, { provider: CHANNEL_ID }).map(({ name, description, args = [] }) => {
        const command = findCommandByNativeName(name, CHANNEL_ID);
        return {
          name,
          description,
          args: args.map((arg) => ({
            name: arg.name,
            description: arg.description,
            required: arg.required ?? false,
            rest: arg.captureRemaining ?? false,
            choices: command ? resolveCommandArgChoices({ command, arg, cfg }) : [],
          })),
        };
      }),
    skills: () => listSkillCommandsForAgents({ cfg }).map(({ name, description }) => ({ name, description })),
    models: async () => (inUse ? allModels(cfg) : configuredModels(cfg)),
  };
}
