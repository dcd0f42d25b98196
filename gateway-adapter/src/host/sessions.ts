import { resolveChannelContextVisibilityMode } from "openclaw/plugin-sdk/config-runtime";
import { getSessionEntry, resolveStorePath } from "openclaw/plugin-sdk/session-store-runtime";
import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";

export { resolveChannelContextVisibilityMode };

/** The id of the session behind a key, as it is now; undefined where there is none yet. */
export function sessionIdOf(cfg: OpenClawConfig, agentId: string, sessionKey: string): string | undefined {
  const storePath = resolveStorePath(cfg.session?.store, { agentId });
  return getSessionEntry({ agentId, storePath, sessionKey })?.sessionId;
}
