package link

import (
	"slices"
	"strings"
	"time"
)

// Record is what is stored of a bot's link.
type Record struct {
	BotID           string `json:"bot_id"`
	GatewayID       string `json:"gateway_id"`
	Account         string `json:"account"`
	AdapterVersion  string `json:"adapter_version"`
	OpenClawVersion string `json:"openclaw_version,omitempty"`
	ProposedURL     string `json:"proposed_url,omitempty"`
	// Transport is what the latest hello asked for.
	Transport string `json:"transport,omitempty"`
	// Capabilities are what the adapter says that it can do, with spaces between.
	Capabilities string `json:"capabilities,omitempty"`
	// Confirmed by an admin; the plugin's own bot needs nobody's word.
	Confirmed bool  `json:"confirmed"`
	LinkedAt  int64 `json:"linked_at,omitempty"`
	// ConfirmedURL is the address that an admin chose for this link alone.
	ConfirmedURL string `json:"confirmed_url,omitempty"`
	// VerifiedURL answered a challenge as gateway VerifiedGatewayID.
	VerifiedURL       string `json:"verified_url,omitempty"`
	VerifiedGatewayID string `json:"verified_gateway_id,omitempty"`
}

func (r *Record) greet(h Hello) {
	r.GatewayID, r.Account, r.ProposedURL = h.GatewayID, h.Account, h.ProposedURL
	r.AdapterVersion, r.OpenClawVersion, r.Transport = h.AdapterVersion, h.OpenClawVersion, h.Transport
	r.Capabilities = strings.Join(h.Capabilities, " ")
}

// Can tells whether the adapter has a capability.
func (r *Record) Can(capability string) bool {
	return slices.Contains(strings.Fields(r.Capabilities), capability)
}

// Confirm links the bot, if it was not yet.
func (r *Record) Confirm(now time.Time) {
	if !r.Confirmed {
		r.Confirmed, r.LinkedAt = true, now.UnixMilli()
	}
}

// URL is the address in use: the link's own, or else the one of the settings.
func (r *Record) URL(setting string) string {
	if r.ConfirmedURL != "" {
		return r.ConfirmedURL
	}
	return setting
}

// IsVerified tells whether a URL has proved to be the gateway that the latest hello named.
func (r *Record) IsVerified(url string) bool {
	return url != "" && r.VerifiedURL == url && r.VerifiedGatewayID == r.GatewayID
}

// States of a link, as the wire names them.
const (
	Linked  = "linked"
	Pending = "pending"
	Refused = "refused"
)

// Policies of the setting "Who may link".
const (
	PolicyOwn     = "own"
	PolicyConfirm = "confirm"
)

// Standing is a link's state, with the reason in words.
type Standing struct {
	State   string `json:"state"`
	Message string `json:"message"`
}

// Stand tells the state of a bot's link under a policy.
func (r *Record) Stand(policy string, own bool) Standing {
	switch {
	case own && r.GatewayID == "":
		return Standing{Linked, "No gateway has said hello with the token of this bot yet."}
	case own:
		return Standing{Linked, "This is the plugin's own bot."}
	case policy != PolicyConfirm:
		return Standing{Refused, "Only the plugin's own bot may link. An admin can change that in System Console under Plugins, OpenClaw, Who may link."}
	case r.Confirmed:
		return Standing{Linked, "Confirmed by an admin."}
	default:
		return Standing{Pending, "An admin has to confirm this bot in System Console under Plugins, OpenClaw."}
	}
}
