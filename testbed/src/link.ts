import type { MattermostClient } from "./mattermost-client.ts";

/** How the plugin stands with its gateways, as its admin route tells it. */
export interface LinkStatus {
  readonly links: readonly Link[];
}

export interface Link {
  readonly bot: { readonly user_id: string; readonly username: string; readonly own: boolean };
  /** `linked`, `pending` or `refused`. */
  readonly link: { readonly state: string; readonly message: string };
  /** Empty until a gateway said hello. */
  readonly gateway_id: string;
  readonly delivery: {
    /** `unset`, `unverified`, `ready`, `retrying` or `paused`. */
    readonly state: string;
    /** `webhook`, `pull` or `none`. */
    readonly transport: string;
    readonly url: string;
    readonly pending: number;
    readonly delivered: number;
    readonly dead: number;
    readonly last_error: { readonly code: string; readonly message: string; readonly at: number } | null;
  };
}

const API = "/api/v1/admin";

/** The token of the plugin's own bot, as System Console shows it to the administrator. */
export async function ownBotToken(admin: MattermostClient, pluginId: string): Promise<string> {
  return (await admin.plugin<{ token: string }>(pluginId, "POST", `${API}/token`, {})).token;
}

export function linkStatus(admin: MattermostClient, pluginId: string): Promise<LinkStatus> {
  return admin.plugin(pluginId, "GET", `${API}/status`);
}

/** What the administrator clicks to let another bot than the plugin's own be linked. */
export async function confirmLink(admin: MattermostClient, pluginId: string, botId: string): Promise<void> {
  await admin.plugin(pluginId, "POST", `${API}/links/${botId}/confirm`, {});
}
