import { setTimeout } from "node:timers/promises";
import type { HostConfig, MattermostAccount } from "../config/account-config.ts";
import { createHttp } from "../host/fetch.ts";
import { createMattermostClient, type MattermostClient } from "../mattermost/client.ts";

export function clientOf(account: MattermostAccount): MattermostClient {
  if (!account.baseUrl || !account.botToken)
    throw new Error("The Mattermost account has no server address or no bot token.");
  return createMattermostClient({
    baseUrl: account.baseUrl,
    botToken: account.botToken,
    http: createHttp(account.allowPrivateNetwork),
    sleep: (ms, signal) => setTimeout(ms, undefined, signal ? { signal } : {}),
  });
}

/** Where Mattermost may find this gateway: what the admin of the gateway said, else its own host and port. */
export function proposedUrl(cfg: HostConfig, account: Pick<MattermostAccount, "callbackBaseUrl">): string {
  const said = account.callbackBaseUrl?.trim().replace(/\/+$/, "");
  if (said && URL.canParse(said)) return said;
  const port = cfg.gateway?.port ?? 18_789;
  const host = cfg.gateway?.customBindHost?.trim() ?? "";
  const url = `http://${host || "127.0.0.1"}:${String(port)}`;
  return URL.canParse(url) ? url : "";
}
