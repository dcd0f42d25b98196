import type { Problem } from "../errors.ts";
import type { HostConfig, MattermostAccount } from "./account-config.ts";
import { normalizeUserEntry } from "./entries.ts";
import type { Section } from "./schema.ts";

export interface ConfigFacts {
  cfg: HostConfig;
  section: Section | undefined;
  account: Omit<MattermostAccount, "problems">;
  rawUrl: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

type Found = Problem | undefined | false;

const USER_ID = /^[a-z0-9]{26}$/;
const ACCESS_GROUP = /^accessGroup:(.+)$/;
/** What may stand in a path and in a signed token. */
const ACCOUNT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Everything that is wrong with an account's config, each with what to do: for status, probe, doctor and the log. */
export function configProblems(facts: ConfigFacts): Problem[] {
  const { account } = facts;
  const started = [tokenProblem(facts), urlProblem(facts), nameProblem(facts)];
  const asked = account.configured ? [...adviceOnPeople(facts), ...adviceOnKeys(facts)] : [];
  return [...started, ...asked].filter((each) => each !== undefined && each !== false);
}

/** Where the account's keys stand in the config file. */
const at = ({ account, section }: ConfigFacts, key: string): string =>
  section?.accounts?.[account.accountId] === undefined
    ? `channels.mattermost.${key}`
    : `channels.mattermost.accounts.${account.accountId}.${key}`;

const error = (code: string, message: string, fix: string): Problem => ({ code, severity: "error", message, fix });
const warning = (code: string, message: string, fix: string): Problem => ({ code, severity: "warning", message, fix });

/** The variables count for one account only, which surprises whoever has several. */
function envHint({ account, env }: ConfigFacts, variable: string): string {
  return account.accountId !== "default" && env[variable] ? ` ${variable} counts for the account default only.` : "";
}

function tokenProblem(facts: ConfigFacts): Found {
  const key = at(facts, "botToken");
  if (facts.account.tokenSource === "config" && !facts.account.botToken)
    return error(
      "config.bot_token_unresolved",
      "The secret that holds the bot token could not be read.",
      `Check the reference at ${key}; openclaw secrets audit says what is wrong with it.`,
    );
  return (
    !facts.account.botToken &&
    error(
      "config.bot_token_missing",
      "No bot token is set.",
      `Set ${key} to the bot's access token.${envHint(facts, "MATTERMOST_BOT_TOKEN")}`,
    )
  );
}

function urlProblem(facts: ConfigFacts): Found {
  if (facts.account.baseUrl) return undefined;
  const key = at(facts, "baseUrl");
  return facts.rawUrl?.trim()
    ? error(
        "config.base_url_invalid",
        "The server address is not usable.",
        `Set ${key} to an address like https://chat.example.com.`,
      )
    : error(
        "config.base_url_missing",
        "No server address is set.",
        `Set ${key} to your Mattermost address.${envHint(facts, "MATTERMOST_URL")}`,
      );
}

function nameProblem({ account, section }: ConfigFacts): Found {
  const wanted = section?.defaultAccount;
  if (!ACCOUNT_NAME.test(account.accountId))
    return error(
      "config.account_name",
      `The account name ${JSON.stringify(account.accountId)} cannot be used.`,
      "Rename it under channels.mattermost.accounts: letters, digits, dot, dash and underscore, up to 64.",
    );
  return (
    wanted !== undefined &&
    wanted !== "default" &&
    section?.accounts?.[wanted] === undefined &&
    warning(
      "config.default_account_unknown",
      `The default account ${JSON.stringify(wanted)} is not one of the accounts.`,
      "Set channels.mattermost.defaultAccount to a name under channels.mattermost.accounts.",
    )
  );
}

/** Who may talk: what lets nobody in, or more than was meant. */
function adviceOnPeople(facts: ConfigFacts): Found[] {
  const { account, section, cfg } = facts;
  const { dmPolicy, groupPolicy, allowFrom, groupAllowFrom } = account;
  const groups = groupAllowFrom.length > 0 ? groupAllowFrom : allowFrom;
  const dmList = at(facts, "allowFrom");
  const groupList = at(facts, "groupAllowFrom");
  return [
    section === undefined &&
      warning(
        "config.section_missing",
        "channels.mattermost is not in the config: in channels nobody is listened to, whatever channels.defaults says.",
        "Add the section, with groupPolicy and groupAllowFrom for the people who may talk to the bot in channels.",
      ),
    dmPolicy === "open" &&
      !allowFrom.includes("*") &&
      warning(
        "config.open_without_wildcard",
        'dmPolicy is "open", but allowFrom does not include "*".',
        `Set ${dmList} to ["*"], or dmPolicy to "allowlist" or "pairing".`,
      ),
    dmPolicy === "allowlist" &&
      allowFrom.length === 0 &&
      warning(
        "config.allowlist_empty",
        'dmPolicy is "allowlist", and nobody is on the list.',
        `Add Mattermost user ids to ${dmList}.`,
      ),
    section !== undefined &&
      groupPolicy === "allowlist" &&
      groups.length === 0 &&
      warning(
        "config.groups_allowlist_empty",
        "Nobody may talk to the bot in channels: groupPolicy is allowlist, and the list is empty.",
        `Add Mattermost user ids to ${groupList}, or set ${at(facts, "groupPolicy")} to "open".`,
      ),
    ...strangeEntries(facts),
    dmPolicy !== "disabled" &&
      !(dmPolicy === "allowlist" && allowFrom.length < 2 && !allowFrom.includes("*")) &&
      (cfg.session?.dmScope ?? "main") === "main" &&
      warning(
        "config.session_shared",
        "Everybody who writes to the bot directly shares one session, and can read what others wrote in it.",
        'Set session.dmScope to "per-channel-peer" for one session per person.',
      ),
  ];
}

/** Entries that match nobody. */
function strangeEntries({ account, cfg }: ConfigFacts): Found[] {
  const entries = [...new Set([...account.allowFrom, ...account.groupAllowFrom])];
  const missing = entries.flatMap((entry) => ACCESS_GROUP.exec(entry)?.[1] ?? []);
  const unknown = missing.filter((name) => cfg.accessGroups?.[name] === undefined);
  const names = entries.filter(
    (entry) => entry !== "*" && !ACCESS_GROUP.test(entry) && !USER_ID.test(normalizeUserEntry(entry)),
  );
  return [
    unknown.length > 0 &&
      warning(
        "config.access_group_unknown",
        `An allow-list names access groups that do not exist: ${unknown.join(", ")}. They let nobody in.`,
        "Add them to accessGroups, or take them off the list.",
      ),
    names.length > 0 &&
      !account.nameMatching &&
      warning(
        "config.names_ignored",
        "An allow-list has entries that are no user ids. They match nobody.",
        "Use user ids (System Console, Users), or set dangerouslyAllowNameMatching to true.",
      ),
  ];
}

/** Keys that are valid, and do not do what they seem to. */
function adviceOnKeys(facts: ConfigFacts): Found[] {
  const { account } = facts;
  const rooms = Object.keys(account.groups).filter((key) => key !== "*" && !USER_ID.test(key));
  return [
    rooms.length > 0 &&
      warning(
        "config.groups_by_name",
        `${at(facts, "groups")} has keys that are no channel ids. They match no channel.`,
        'Use channel ids (channel menu, View Info), or "*" for all channels.',
      ),
    account.callbackUrl !== undefined &&
      !URL.canParse(account.callbackUrl) &&
      warning(
        "config.callback_url_invalid",
        "commands.callbackUrl is no address, so commands are not registered.",
        `Set ${at(facts, "commands.callbackUrl")} to an address like https://gateway.example.com${account.callbackPath}.`,
      ),
  ];
}
