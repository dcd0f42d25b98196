package link

import (
	"net/netip"
	"net/url"
	"strings"
)

const maxURL = 500

// ParseGatewayURL tells where deliveries go, without a trailing slash, or refuses with an InvalidError.
// https goes anywhere; http only to this host or a private network, which for a name is checked when it is
// dialled. A path before the protocol's own is allowed, as a proxy may need one.
func ParseGatewayURL(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if len(raw) > maxURL {
		return "", InvalidError("The gateway URL is longer than 500 characters.")
	}
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Opaque != "" {
		return "", InvalidError("The gateway URL is none: it should look like https://gateway.example.com.")
	}
	switch {
	case parsed.Scheme != "https" && parsed.Scheme != "http":
		return "", InvalidError("The gateway URL must begin with https:// (or http:// in a private network).")
	case parsed.Hostname() == "", strings.Contains(parsed.Host, "%"):
		return "", InvalidError("The gateway URL names no host.")
	case parsed.User != nil:
		return "", InvalidError("The gateway URL must not hold a user name or password: deliveries are signed.")
	case parsed.RawQuery != "" || parsed.ForceQuery || strings.Contains(raw, "#"):
		return "", InvalidError("The gateway URL must end before any ? or #.")
	case parsed.Scheme == "http" && !plainAllowed(parsed.Hostname()):
		return "", InvalidError("The gateway URL is public, so it must begin with https://: http is for this host and private networks only.")
	}
	return strings.TrimRight(parsed.Scheme+"://"+parsed.Host+parsed.EscapedPath(), "/"), nil
}

// plainAllowed lets names pass: they are checked at the dial, when their addresses are known.
func plainAllowed(host string) bool {
	address, err := netip.ParseAddr(host)
	return err != nil || isPrivate(address)
}

// isPrivate is true for loopback and for the private networks of RFC 1918 and RFC 4193. Link-local
// addresses are not among them: clouds serve credentials there.
func isPrivate(address netip.Addr) bool {
	address = address.Unmap()
	return address.IsLoopback() || address.IsPrivate()
}
