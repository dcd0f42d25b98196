package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"mattermost-plugin-openclaw/server/link"
)

// explain gives a verdict that is no success a code and words that say what to do.
func explain(v *Verdict, a answer, url string) {
	if v.Outcome == Answered && len(v.Dead) == 0 {
		return
	}
	var code, message string
	switch {
	case v.Outcome == Answered:
		code, message = "event.dead", "It will never accept some of the events. They are listed with the dead letters."
	case a.err != nil:
		code, message = explainError(a.err)
	case bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")):
		code, message = "answer.html", "An HTML page came back: the URL points to something else, for example a proxy's login page."
	default:
		code, message = fmt.Sprintf("http.%d", a.status), explainStatus(v.Code, a.status)
	}
	if v.Code == "" {
		v.Code = code
	}
	v.Message = fmt.Sprintf("The gateway at %s: %s", url, message)
	if a.status != 0 {
		v.Message += fmt.Sprintf(" (Status %d.)", a.status)
	}
}

func explainError(err error) (string, string) {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var network net.Error
	switch {
	case errors.Is(err, link.ErrPublicAddress):
		return "gateway.public_address", "It is reached over http, but its address is public. Use https, or an address in your private network."
	case errors.Is(err, link.ErrNoHost):
		return "gateway.no_host", "Its address is link-local or none at all. Enter the address of the gateway."
	case errors.As(err, &certificate):
		return "gateway.certificate", "This server does not trust its certificate. Use one of a known authority, or add yours to the server's trust store."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "gateway.refused", "It refused the connection. Is it running, and is the port right?"
	case errors.As(err, &dns):
		return "gateway.unknown_host", "This server cannot find its host name. Is it spelled right?"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "gateway.timeout", "It did not answer in time. Is it running, and does a firewall let this server reach it?"
	default:
		return "gateway.unreachable", "It cannot be reached. Is it running, and is the URL right?"
	}
}

func explainStatus(code string, status int) string {
	switch {
	case code == "token.expired" || code == "token.not_yet":
		return "The clocks of this server and the gateway differ. Set both by NTP."
	case code == "token.audience" || code == "token.subject" || code == "token.issuer":
		return "It is not the gateway that said hello. Is this the URL of another one, or was it set up anew? Then restart it."
	case strings.HasPrefix(code, "token."):
		return "It does not accept this server's signature. Does its baseUrl point to this Mattermost server? A restart makes it read the keys anew."
	case status/100 == 2:
		return "It answered, but not as the adapter does: the URL points to something else."
	case status/100 == 3:
		return "It redirects elsewhere, and redirects are not followed. Enter the address that it redirects to."
	case status == 404:
		return "Is the adapter installed on this gateway, and is the account name right?"
	case status == 410:
		return "It has ended the link. Deliveries start again when the adapter says hello."
	case status == 401 || status == 403:
		return "Something before the adapter refused. Let the proxy or access rule pass /mattermost/v1/."
	case status == 429 || status >= 500:
		return "It cannot take events now. If this lasts, look at the gateway's log."
	default:
		return "It refused. Are the adapter and this plugin of matching versions, and is nothing in between?"
	}
}
