import type { IncomingMessage, ServerResponse } from "node:http";
import { registerPluginHttpRoute } from "openclaw/plugin-sdk/webhook-ingress";

export type RouteHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/**
 * Serves a path of OpenClaw's HTTP server until the returned function is called. Accounts may share one. Throws where another
 * plugin has it.
 */
export function serveRoute(path: string, handler: RouteHandler, accountId: string): () => void {
  return registerPluginHttpRoute({
    path,
    auth: "plugin",
    match: "exact",
    pluginId: "mattermost",
    source: "mattermost-commands",
    accountId,
    reuseExistingSameOwner: true,
    throwOnFailure: true,
    handler: async (req, res) => {
      await handler(req, res);
      return true;
    },
  });
}
