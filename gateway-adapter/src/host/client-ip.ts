import type { IncomingMessage } from "node:http";
import { isTrustedProxyAddress, resolveClientIp } from "openclaw/plugin-sdk/core";

/** Who may call where nothing is configured: this machine. */
const LOOPBACK = ["127.0.0.1", "::1"];

const headerOf = (req: IncomingMessage, name: string): string | undefined => {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Whether a request comes from an allowed address (or network), read behind the gateway's trusted proxies as OpenClaw reads it. */
export function comesFrom(
  req: IncomingMessage,
  allowed: readonly string[],
  gateway: { trustedProxies?: string[]; allowRealIpFallback?: boolean } = {},
): boolean {
  const facts = {
    remoteAddr: req.socket.remoteAddress,
    forwardedFor: headerOf(req, "x-forwarded-for"),
    realIp: headerOf(req, "x-real-ip"),
    trustedProxies: gateway.trustedProxies,
  };
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const address = resolveClientIp({ ...known, allowRealIpFallback: gateway.allowRealIpFallback === true });
  return isTrustedProxyAddress(address, allowed.length > 0 ? [...allowed] : LOOPBACK);
}
