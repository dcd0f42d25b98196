import type { HostConfig, MattermostAccount } from "../../config/account-config.ts";

const WILDCARDS = new Set(["", "0.0.0.0", "::", "[::]"]);
const LOOPBACK = /^(localhost|127\..*|\[::1\])$/;
const DEFAULT_PORT = 18_789;

type Callback = Pick<MattermostAccount, "callbackPath" | "callbackUrl">;

/** Where Mattermost shall call this gateway: what the config says, else the gateway's own host and port. Undefined if that is no address. */
export function callbackUrlOf(cfg: HostConfig, { callbackPath, callbackUrl }: Callback): string | undefined {
  const host = cfg.gateway?.customBindHost?.trim() ?? "";
  const port = cfg.gateway?.port ?? DEFAULT_PORT;
  const url = callbackUrl ?? `http://${WILDCARDS.has(host) ? "localhost" : host}:${String(port)}${callbackPath}`;
  return URL.canParse(url) && /^https?:/.test(url) ? url : undefined;
}

/** The paths at which commands arrive: a proxy may leave the path of the address as it is, or not. */
export function callbackPathsOf({ callbackPath, callbackUrl }: Callback): string[] {
  const ofUrl = callbackUrl && URL.canParse(callbackUrl) ? new URL(callbackUrl).pathname : callbackPath;
  return [...new Set([callbackPath, ofUrl === "/" ? callbackPath : ofUrl])];
}

/** Mattermost is elsewhere, so an address of this machine is one that it cannot reach. */
export function isOutOfReach(url: string, baseUrl: string): boolean {
  return LOOPBACK.test(new URL(url).hostname) && !LOOPBACK.test(new URL(baseUrl).hostname);
}
