import type { HostConfig, MattermostAccount } from "../config/account-config.ts";

const DEFAULT_PORT = 18_789;
const ANY_ADDRESS = new Set(["0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0"]);

export const INTERACTIONS_PATH = "/mattermost/interactions";

/** Where Mattermost sends clicks if there is no plugin: what the config says, else this gateway's host and port. */
export function interactionsUrl(
  cfg: HostConfig,
  account: Pick<MattermostAccount, "accountId" | "callbackBaseUrl">,
): string {
  const path = `${INTERACTIONS_PATH}/${encodeURIComponent(account.accountId)}`;
  const said = account.callbackBaseUrl?.trim().replace(/\/+$/, "");
  if (said) return `${said}${path}`;
  return `http://${hostOf(cfg.gateway?.customBindHost)}:${String(cfg.gateway?.port ?? DEFAULT_PORT)}${path}`;
}

function hostOf(bindHost: string | undefined): string {
  const host = (bindHost ?? "").trim().replace(/^\[|\]$/g, "");
  if (host === "" || ANY_ADDRESS.has(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
