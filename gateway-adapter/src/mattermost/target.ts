import { MattermostError } from "../errors.ts";

/** Where something is sent to, as people and OpenClaw write it. */
export type Target =
  | { kind: "channel"; id: string }
  | { kind: "user"; id: string }
  | { kind: "username"; name: string }
  /** `team` where teams have channels of the same name. */
  | { kind: "channel-name"; name: string; team?: string }
  /** A bare id: a user's if there is such a user, else a channel's. */
  | { kind: "id"; id: string };

const ID = /^[a-z0-9]{26}$/;
/** Lower case is what Mattermost keeps; a display name may have spaces and capitals. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;
const USERNAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const TEAM = /^[a-z0-9][a-z0-9-]{0,63}$/i;
const SHOWN_MAX = 60;

export const isId = (text: string): boolean => ID.test(text);

/** Reads a target; undefined for what is none. `mattermost:` before it is accepted, and before an id means a user. */
export function parseTarget(raw: string): Target | undefined {
  const text = raw.trim();
  const bare = text.replace(/^mattermost:\s*/i, "");
  const prefixed = /^(channel|user|group|dm):(.+)$/is.exec(bare);
  if (prefixed) {
    const [, word = "", rest = ""] = prefixed;
    const value = rest.trim();
    const toUser = /^(user|dm)$/i.test(word);
    if (isId(value)) return toUser ? { kind: "user", id: value } : { kind: "channel", id: value };
    return toUser ? username(value.replace(/^@/, "")) : channelName(value.replace(/^[#~]/, ""));
  }
  if (bare.startsWith("@")) return username(bare.slice(1));
  if (bare.startsWith("#") || bare.startsWith("~")) return channelName(bare.slice(1));
  if (!isId(bare)) return undefined;
  return bare === text ? { kind: "id", id: bare } : { kind: "user", id: bare };
}

const username = (name: string): Target | undefined => (USERNAME.test(name) ? { kind: "username", name } : undefined);

function channelName(text: string): Target | undefined {
  const slash = text.indexOf("/");
  const team = text.slice(0, Math.max(0, slash));
  const name = text.slice(slash + 1);
  if (!NAME.test(name) || name.endsWith(" ")) return undefined;
  if (slash === -1) return { kind: "channel-name", name };
  return TEAM.test(team) ? { kind: "channel-name", team, name } : undefined;
}

/** `parseTarget` for whoever cannot go on without one. Throws `MattermostError`, with what to write instead. */
export function readTarget(raw: string): Target {
  const target = parseTarget(raw);
  if (!target) throw new MattermostError("http", explainTarget(raw), { status: 400 });
  return target;
}

/** The spelling that OpenClaw keeps. */
export function formatTarget(target: Target): string {
  switch (target.kind) {
    case "channel":
      return `channel:${target.id}`;
    case "user":
      return `user:${target.id}`;
    case "username":
      return `@${target.name}`;
    case "channel-name":
      return `#${target.team === undefined ? "" : `${target.team}/`}${target.name}`;
    case "id":
      return target.id;
  }
}

export const TARGET_FORMS = "channel:<id>, user:<id>, #channel, #team/channel or @username";

/** Why a text is no target, and what to write instead. */
export function explainTarget(raw: string): string {
  const text = raw.trim().replace(/^mattermost:\s*/i, "");
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  if (text === "") return `A Mattermost target is missing. Write ${TARGET_FORMS}.`;
  if (text.includes("@") && !text.startsWith("@")) return `An e-mail address is no Mattermost target. Write @username.`;
  if (USERNAME.test(text))
    return `"${shown}" is a name where an id is needed. Write #${shown} for the channel, or @${shown} for the person.`;
  return `"${shown}" is no Mattermost target. Write ${TARGET_FORMS}.`;
}
