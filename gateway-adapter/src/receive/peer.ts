import { isIPv6 } from "node:net";

/** Groups of an IPv6 address that name a network; a household or a host has all addresses below them. */
const NETWORK_GROUPS = 4;

/** Whom an address is counted as: an IPv4 address itself, also in its IPv6 form, and of IPv6 the /64 network. */
export function peerOf(address: string | undefined): string {
  const plain = (address ?? "").replace(/%.*$/, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...after];
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
