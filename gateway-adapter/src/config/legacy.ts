/** A part of OpenClaw's config, as it was read. */
type Json = Record<string, unknown>;

/** OpenClaw's doctor shows `message` where `match` finds an old key at `path`. */
export interface LegacyRule {
  path: string[];
  message: string;
  match: (value: unknown) => boolean;
}

const SECTION = "channels.mattermost";
const MODES = ["off", "partial", "block", "progress"];

/** Flat keys of before, each with its place under `streaming`. */
const FLAT = [
  ["chunkMode", "chunkMode"],
  ["blockStreaming", "block.enabled"],
  ["blockStreamingCoalesce", "block.coalesce"],
] as const;

const asJson = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

const isScalar = (value: unknown): boolean => typeof value === "string" || typeof value === "boolean";

/** Whether a section or an account has a key that is not in the schema any more. */
function isOld(value: unknown): boolean {
  const entry = asJson(value);
  return (
    entry !== undefined &&
    (isScalar(entry["streaming"]) ||
      ["allowPrivateNetwork", "streamMode", ...FLAT.map(([key]) => key)].some((key) => entry[key] !== undefined))
  );
}

const FIX = 'Run "openclaw doctor --fix" to move them.';

export const legacyConfigRules: LegacyRule[] = [
  {
    path: ["channels", "mattermost"],
    message: `${SECTION} has keys of an older version. ${FIX}`,
    match: isOld,
  },
  {
    path: ["channels", "mattermost", "accounts"],
    message: `${SECTION}.accounts has keys of an older version. ${FIX}`,
    match: (accounts) => Object.values(asJson(accounts) ?? {}).some(isOld),
  },
];

/** Moves old keys to where the schema has them; what already stands there weighs more. Changes nothing that it is given. */
export function normalizeCompatibilityConfig<T extends object>({ cfg }: { cfg: T }): { config: T; changes: string[] } {
  const channels = asJson((cfg as Json)["channels"]);
  const section = asJson(channels?.["mattermost"]);
  if (!section) return { config: cfg, changes: [] };
  const changes: string[] = [];
  const next = migrate(section, SECTION, changes);
  const accounts = asJson(section["accounts"]);
  if (accounts) {
    next["accounts"] = Object.fromEntries(
      Object.entries(accounts).map(([id, entry]) => {
        const own = asJson(entry);
        return [id, own ? migrate(own, `${SECTION}.accounts.${id}`, changes) : entry];
      }),
    );
  }
  return changes.length === 0
    ? { config: cfg, changes }
    : { config: { ...cfg, channels: { ...channels, mattermost: next } }, changes };
}

function migrate(entry: Json, path: string, changes: string[]): Json {
  const next = structuredClone(entry);
  const move = (from: string, to: string, value: unknown): void => {
    changes.push(`${path}.${from} is now ${path}.${to}.`);
    if (from !== "streaming") delete next[from];
    put(next, to.split("."), value);
  };
  const { streaming, streamMode } = next;
  if (isScalar(streaming)) {
    delete next["streaming"];
    move("streaming", "streaming.mode", modeOf(streaming));
  }
  if (streamMode !== undefined) move("streamMode", "streaming.mode", modeOf(streamMode));
  for (const [from, to] of FLAT) if (next[from] !== undefined) move(from, `streaming.${to}`, next[from]);
  const { allowPrivateNetwork } = next;
  if (allowPrivateNetwork !== undefined)
    move("allowPrivateNetwork", "network.dangerouslyAllowPrivateNetwork", allowPrivateNetwork === true);
  return next;
}

/** A switch was on for previews; what cannot be read is the default. */
function modeOf(value: unknown): string {
  if (typeof value === "boolean") return value ? "partial" : "off";
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  return MODES.includes(text) ? text : "partial";
}

function put(target: Json, [key = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] ??= value;
    return;
  }
  const below = asJson(target[key]) ?? {};
  target[key] = below;
  put(below, rest, value);
}
