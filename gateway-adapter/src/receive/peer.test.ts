import { describe, expect, it } from "@jest/globals";
import { peerOf } from "./peer.ts";

describe("C3 whom an address is counted as", () => {
  const cases: [string | undefined, string][] = [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:2::", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    [undefined, ""],
  ];
  for (const [address, peer] of cases) {
    it(`C3 ${address ?? "none"} is ${peer || "nobody"}`, () => {
      expect(peerOf(address)).toBe(peer);
    });
  }
});
