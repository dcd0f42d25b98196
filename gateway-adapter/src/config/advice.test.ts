import { describe, expect, it } from "@jest/globals";
import { resolveAccount, type HostConfig } from "./account-config.ts";

const ID = "a".repeat(26);
const WELL = {
  botToken: "mm-secret-token",
  baseUrl: "https://chat.example.com",
  groupPolicy: "open",
  allowFrom: [ID],
};

const host = (mattermost: object | undefined, more: HostConfig = {}): HostConfig => ({
  session: { dmScope: "per-channel-peer" },
  ...more,
  channels: { ...(mattermost ? { mattermost } : {}), ...more.channels },
});
const problems = (
  mattermost: object | undefined,
  more: HostConfig = {},
  env: Record<string, string> = {},
  id = "default",
) => resolveAccount(host(mattermost, more), id, env).problems;
const codes = (...args: Parameters<typeof problems>): string[] => problems(...args).map(({ code }) => code);

describe("S16 L11 what is wrong with a config is said with what to do", () => {
  it("S16 a config that is well says nothing", () => {
    expect(codes(WELL)).toEqual([]);
  });

  it.each([
    [{ ...WELL, dmPolicy: "open" }, "config.open_without_wildcard"],
    [{ ...WELL, dmPolicy: "allowlist", allowFrom: [] }, "config.allowlist_empty"],
    [{ ...WELL, groupPolicy: "allowlist", allowFrom: [] }, "config.groups_allowlist_empty"],
    [{ ...WELL, allowFrom: ["alice"] }, "config.names_ignored"],
    [{ ...WELL, groupAllowFrom: ["@alice"] }, "config.names_ignored"],
    [{ ...WELL, allowFrom: ["accessGroup:operators"] }, "config.access_group_unknown"],
    [{ ...WELL, groups: { "town-square": { requireMention: false } } }, "config.groups_by_name"],
    [{ ...WELL, defaultAccount: "nobody" }, "config.default_account_unknown"],
    [{ ...WELL, commands: { callbackUrl: "gateway" } }, "config.callback_url_invalid"],
  ])("S16 S8 %j: %s", (section, code) => {
    const found = problems(section);
    expect(found.map((each) => each.code)).toContain(code);
    for (const { severity, message, fix } of found) {
      expect(severity).toBe("warning");
      expect(fix).not.toBe("");
      expect(message + fix).not.toContain("secret-token");
    }
  });

  it("S8 nothing of it is said where it is meant so", () => {
    expect(codes({ ...WELL, allowFrom: ["@alice"], dangerouslyAllowNameMatching: true })).toEqual([]);
    expect(codes({ ...WELL, allowFrom: ["accessGroup:ops"] }, { accessGroups: { ops: {} } })).toEqual([]);
    expect(codes({ ...WELL, groups: { "*": {}, [ID]: {} } })).toEqual([]);
    expect(codes({ ...WELL, dmPolicy: "open", allowFrom: ["*"] })).toEqual([]);
    expect(codes({ ...WELL, allowFrom: [`user:${ID}`, `mattermost:${ID.toUpperCase()}`] })).toEqual([]);
  });

  it("S8 a section that is missing altogether is said once, with the account from the environment", () => {
    const env = { MATTERMOST_BOT_TOKEN: "t", MATTERMOST_URL: "https://chat.example.com" };
    expect(codes(undefined, {}, env)).toEqual(["config.section_missing"]);
  });

  it("S4 S16 whoever counts on the environment for another account is told", () => {
    const env = { MATTERMOST_BOT_TOKEN: "t", MATTERMOST_URL: "https://chat.example.com" };
    const found = problems({ accounts: { alerts: {} } }, {}, env, "alerts");
    expect(found.map(({ code }) => code)).toEqual(["config.bot_token_missing", "config.base_url_missing"]);
    expect(found[0]!.fix).toContain("channels.mattermost.accounts.alerts.botToken");
    for (const { fix } of found) expect(fix).toContain("counts for the account default only");
  });

  it("S15 a secret that cannot be read is not a missing one", () => {
    const ref = { source: "env", provider: "default", id: "MM_TOKEN" };
    expect(codes({ ...WELL, botToken: ref })).toEqual(["config.bot_token_unresolved"]);
  });

  it("S15 an account name that cannot be signed is refused with the reason", () => {
    expect(codes({ accounts: { "my bot": WELL } }, {}, {}, "my bot")).toContain("config.account_name");
  });

  it("N18 a session that several people share is warned of, and one person's is not", () => {
    expect(codes(WELL, { session: {} })).toEqual(["config.session_shared"]);
    expect(codes(WELL, { session: { dmScope: "main" } })).toEqual(["config.session_shared"]);
    expect(codes({ ...WELL, dmPolicy: "allowlist" }, { session: {} })).toEqual([]);
    expect(codes({ ...WELL, dmPolicy: "disabled" }, { session: {} })).toEqual([]);
  });
});
