package link

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf16"
)

// ProtocolVersion is the one version of the wire that this plugin speaks.
const ProtocolVersion = 1

// What an adapter may want of the way events take.
const (
	// TransportAuto pushes to a URL that works, and otherwise lets the adapter pull.
	TransportAuto = "auto"
	// TransportWebhook never lets it pull.
	TransportWebhook = "webhook"
	// TransportPull never pushes.
	TransportPull = "pull"
)

// ErrProtocol says that an adapter speaks other versions than ours.
var ErrProtocol = errors.New("this plugin speaks version 1 of the protocol, the adapter does not: upgrade the older of the two")

// InvalidError is a value that breaks the contract, with the reason in words.
type InvalidError string

func (e InvalidError) Error() string { return string(e) }

// Hello is an adapter's greeting.
type Hello struct {
	Protocols       []int    `json:"protocols"`
	GatewayID       string   `json:"gateway_id"`
	Account         string   `json:"account"`
	AdapterVersion  string   `json:"adapter_version"`
	OpenClawVersion string   `json:"openclaw_version"`
	ProposedURL     string   `json:"proposed_url"`
	Capabilities    []string `json:"capabilities"`
	// Transport is what the adapter wants; empty means TransportAuto.
	Transport string `json:"transport"`
	// Catalogue is what it serves of commands.
	Catalogue []CommandSpec `json:"catalogue"`
	// SeenMark is the mark that the adapter remembers of an earlier answer; 0 for none.
	SeenMark int64 `json:"seen_mark"`
	// SentAt is the adapter's clock, in milliseconds since 1970.
	SentAt int64 `json:"sent_at"`
}

// Validate tells the first field that breaks the contract, or ErrProtocol.
func (h Hello) Validate() error {
	const maxText, maxList, maxProtocols = 64, 64, 16
	long := func(text string) bool { return size(text) > maxText }
	switch {
	case len(h.Protocols) == 0 || len(h.Protocols) > maxProtocols || slices.Min(h.Protocols) < 1:
		return InvalidError("protocols: 1 to 16 positive numbers are needed")
	case !regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`).MatchString(h.GatewayID):
		return InvalidError("gateway_id: 8 to 64 letters, digits and dashes are needed")
	case !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`).MatchString(h.Account):
		return InvalidError("account: up to 64 letters, digits, dots, dashes and underscores are needed, a letter or digit first")
	case h.AdapterVersion == "" || long(h.AdapterVersion) || long(h.OpenClawVersion):
		return InvalidError("adapter_version, openclaw_version: at most 64 characters are allowed, and the first is needed")
	case size(h.ProposedURL) > maxURL || h.ProposedURL != "" && !isAbsolute(h.ProposedURL):
		return InvalidError("proposed_url: an absolute URL of at most 500 characters is needed, or none")
	case len(h.Capabilities) > maxList || slices.ContainsFunc(h.Capabilities, long):
		return InvalidError("capabilities: at most 64 texts of at most 64 characters are allowed")
	case !slices.Contains([]string{"", TransportAuto, TransportWebhook, TransportPull}, h.Transport):
		return InvalidError("transport: auto, webhook or pull is needed")
	case !validCatalogue(h.Catalogue):
		return InvalidError("catalogue: at most 200 commands are allowed, with the names and lengths that the contract says")
	case h.SeenMark < 0:
		return InvalidError("seen_mark: a number from an earlier answer is needed, or none")
	case h.SentAt <= 0:
		return InvalidError("sent_at: milliseconds since 1970 are needed")
	case !slices.Contains(h.Protocols, ProtocolVersion):
		return ErrProtocol
	}
	return nil
}

// size counts as JavaScript and the contract's schema do.
func size(text string) int { return len(utf16.Encode([]rune(text))) }

func isAbsolute(raw string) bool {
	parsed, err := url.Parse(raw)
	return err == nil && parsed.IsAbs()
}
