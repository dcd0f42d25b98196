package link

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Errors of the dial.
var (
	// ErrPublicAddress refuses to speak http to an address that is neither loopback nor private.
	ErrPublicAddress = errors.New("http to a public address is refused")
	// ErrNoHost refuses an address that belongs to no gateway: link-local, where clouds serve credentials, and what is no one host's.
	ErrNoHost = errors.New("a link-local or unspecified address is refused")
)

const dialTimeout = 5 * time.Second

// NewClient makes the client that deliveries go out with. Connections are kept, redirects are not followed, and
// http reaches nothing but loopback and private addresses, whatever a name resolves to.
func NewClient() *http.Client {
	secure := transport(refuseNoHost)
	// A proxy would dial in our place, past the check: it serves https only.
	secure.Proxy = http.ProxyFromEnvironment
	secure.RegisterProtocol("http", transport(refusePublic))
	return &http.Client{
		Transport:     secure,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func transport(control func(network, address string, c syscall.RawConn) error) *http.Transport {
	const idleTimeout, maxIdle = 90 * time.Second, 8
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: dialTimeout, Control: control}).DialContext,
		TLSHandshakeTimeout: dialTimeout,
		IdleConnTimeout:     idleTimeout,
		MaxIdleConnsPerHost: maxIdle,
		ForceAttemptHTTP2:   true,
	}
}

// refuseNoHost is asked as refusePublic is, for https.
func refuseNoHost(_, address string, _ syscall.RawConn) error {
	resolved, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrNoHost
	}
	switch to := resolved.Addr().Unmap(); {
	case to.IsLinkLocalUnicast(), to.IsUnspecified(), to.IsMulticast():
		return ErrNoHost
	}
	return nil
}

// refusePublic is asked with each resolved address, right before the connection.
func refusePublic(_, address string, _ syscall.RawConn) error {
	resolved, err := netip.ParseAddrPort(address)
	if err != nil || !isPrivate(resolved.Addr()) {
		return ErrPublicAddress
	}
	return nil
}
