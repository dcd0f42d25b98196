import { callbackPathsOf } from "./commands/rest/url.ts";
import { listAccountIds, resolveAccount, type HostConfig } from "./config/account-config.ts";

/** OpenClaw protects everything below this for its own users. */
const OWN = "/api/channels/mattermost/";

/**
 * OpenClaw loads this file by its name, and asks which paths are guarded by this plugin itself: those at which Mattermost posts
 * slash commands with their tokens. Nothing outside of the channel's own room is opened.
 */
export function resolveGatewayAuthBypassPaths({ cfg }: { cfg: HostConfig }): string[] {
  const accounts = listAccountIds(cfg, process.env).map((id) => resolveAccount(cfg, id, process.env));
  const paths = accounts
    .filter(({ commands }) => commands.native === true || commands.nativeSkills === true)
    .flatMap(callbackPathsOf)
    .filter((path) => path.startsWith(OWN));
  return [...new Set(paths)];
}
