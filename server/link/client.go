package link

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrPublicAddress refuses to speak http to an address that is neither loopback nor private.
var ErrPublicAddress = errors.New("http to a public address is refused")

const dialTimeout = 5 * time.Second

// NewClient makes the client that deliveries go out with. Connections are kept, redirects are not followed, and
// http reaches nothing but loopback and private addresses, whatever a name resolves to.
func NewClient() *http.Client {
	secure := transport(nil)
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

// refusePublic is asked with each resolved address, right before the connection.
func refusePublic(_, address string, _ syscall.RawConn) error {
	resolved, err := netip.ParseAddrPort(address)
	if err != nil || !isPrivate(resolved.Addr()) {
		return ErrPublicAddress
	}
	return nil
}
