import type { CommandSpec } from "@openclaw-mattermost/contract";

/** What people type before a command's name. */
export const PREFIX = "/oc_";

export type Values = Readonly<Record<string, string>>;

/** Why a form cannot be sent yet: the argument, and what is wrong with it. */
export interface Missing {
  arg: string;
  reason: "required" | "oneWord" | "before";
}

/** What is wrong with a form; undefined if it can be sent. Arguments are told apart by their order, so none may be left out before another. */
export function whatIsMissing({ args }: CommandSpec, values: Values): Missing | undefined {
  const given = args.map(({ name }) => values[name]?.trim() ?? "");
  for (const [at, { name, required, rest }] of args.entries()) {
    const value = given[at] ?? "";
    if (required && !value) return { arg: name, reason: "required" };
    if (!rest && /\s/.test(value)) return { arg: name, reason: "oneWord" };
    if (!value && given.slice(at + 1).some(Boolean)) return { arg: name, reason: "before" };
  }
  return undefined;
}

/** The line that a filled form stands for: `/oc_think high`. */
export function commandLine({ name, args }: CommandSpec, values: Values): string {
  const given = args.map((arg) => values[arg.name]?.trim() ?? "").filter(Boolean);
  return [`${PREFIX}${name}`, ...given].join(" ");
}

/**
 * The commands that fit what was typed: every word somewhere in name or description. Commands come before skills,
 * and first those whose name begins with it. */
export function search(commands: readonly CommandSpec[], typed: string): CommandSpec[] {
  const words = typed.toLowerCase().replace(PREFIX, "").split(/\s+/).filter(Boolean);
  const [first = ""] = words;
  const rank = ({ name }: CommandSpec) => (name.startsWith(first) ? 0 : name.includes(first) ? 1 : 2);
  return commands
    .filter(({ name, description }) => words.every((word) => `${name} ${description}`.toLowerCase().includes(word)))
    .sort((a, b) => rank(a) - rank(b) || a.kind.localeCompare(b.kind));
}
