import type { Http } from "../http.ts";
import type { AdminStatus, KeptItem, Switchable, TestResult } from "./status.ts";

/** The System Console's calls. Each throws a RequestError when it fails. */
export interface AdminClient {
  status: (signal?: AbortSignal) => Promise<AdminStatus>;
  /** Allows the bot to be linked and, with a URL, uses that as the gateway's address. */
  confirm: (botId: string, url?: string) => Promise<void>;
  remove: (botId: string) => Promise<void>;
  test: (botId: string) => Promise<TestResult>;
  /** Makes an access token for the plugin's own bot. It is shown by this answer only. */
  createToken: () => Promise<string>;
  rotateKeys: () => Promise<void>;
  /** As rotate, but no key before is trusted any more. */
  revokeKeys: () => Promise<void>;
  /** All commands of the linked gateways, also those that are switched off. */
  commands: () => Promise<Switchable[]>;
  /** What waits for a gateway, and what was given up. */
  kept: () => Promise<KeptItem[]>;
  replay: (id: string) => Promise<void>;
  discard: (id: string) => Promise<void>;
}

export function createAdminClient({ get, post }: Http): AdminClient {
  const link = (botId: string, action: string) => `/admin/links/${encodeURIComponent(botId)}/${action}`;
  const item = (id: string, action: string) => `/admin/kept/${encodeURIComponent(id)}/${action}`;

  return {
    status: (signal) => get("/admin/status", signal),
    confirm: (botId, url) => post(link(botId, "confirm"), url ? { url } : {}),
    remove: (botId) => post(link(botId, "remove")),
    test: (botId) => post(link(botId, "test")),
    createToken: async () => (await post<{ token: string }>("/admin/token")).token,
    rotateKeys: () => post("/keys/rotate"),
    revokeKeys: () => post("/keys/revoke"),
    commands: async () => (await get<{ commands: Switchable[] }>("/admin/catalogue")).commands,
    kept: async () => (await get<{ items: KeptItem[] }>("/admin/kept")).items,
    replay: (id) => post(item(id, "replay")),
    discard: (id) => post(item(id, "discard")),
  };
}
