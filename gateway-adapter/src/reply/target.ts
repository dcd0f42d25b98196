/** Where something is sent to, as people and OpenClaw write it. */
export type Target =
  | { kind: "channel"; id: string }
  | { kind: "user"; id: string }
  | { kind: "username"; name: string }
  | { kind: "channel-name"; name: string }
  /** A bare id: a user's if there is such a user, else a channel's. */
  | { kind: "id"; id: string };

const ID = /^[a-z0-9]{26}$/;

/** Reads a target; undefined for what is none. `mattermost:` before it is accepted, and before an id means a user. */
export function parseTarget(raw: string): Target | undefined {
  const text = raw.trim();
  const bare = text.replace(/^mattermost:/i, "");
  const prefixed = /^(channel|user|group|dm):(.+)$/i.exec(bare);
  if (prefixed) {
    const [, word = "", rest = ""] = prefixed;
    const value = rest.trim();
    if (value === "") return undefined;
    const toUser = word.toLowerCase() === "user" || word.toLowerCase() === "dm";
    if (ID.test(value)) return toUser ? { kind: "user", id: value } : { kind: "channel", id: value };
    if (toUser) return { kind: "username", name: value.replace(/^@/, "") };
    return { kind: "channel-name", name: value.replace(/^#/, "") };
  }
  if (bare.startsWith("@") && bare.length > 1) return { kind: "username", name: bare.slice(1) };
  if (bare.startsWith("#") && bare.length > 1) return { kind: "channel-name", name: bare.slice(1) };
  if (!ID.test(bare)) return undefined;
  return bare === text ? { kind: "id", id: bare } : { kind: "user", id: bare };
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
      return `#${target.name}`;
    case "id":
      return target.id;
  }
}
