import type { MattermostClient } from "./mattermost-client.ts";

/** How the plugin stands with its gateways, as its admin route tells it. */
export interface LinkStatus {
  readonly links: readonly Link[];
}

export interface Link {
  readonly bot: { readonly user_id: string; readonly username: string };
  readonly link: { readonly state: string };
  readonly delivery: { readonly state: string; readonly url: string; readonly last_error: { readonly code: string } | null };
}

const API = "/api/v1/admin";

/** The token of the plugin's own bot, as System Console shows it to the administrator. */
export async function ownBotToken(admin: MattermostClient, pluginId: string): Promise<string> {
  return (await admin.plugin<{ token: string }>(pluginId, "POST", `${API}/token`, {})).token;
}

export function linkStatus(admin: MattermostClient, pluginId: string): Promise<LinkStatus> {
  return admin.plugin(pluginId, "GET", `${API}/status`);
}
