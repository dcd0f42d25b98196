package courier

import (
	"context"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// proofTimeout is how long the adapter may take to answer a challenge with its bot token.
const proofTimeout = 10 * time.Second

// Challenger stores a challenge; the channel is closed when it is answered.
type Challenger interface {
	Issue(ctx context.Context, proof link.Proof) (challenge string, answered <-chan struct{}, err error)
}

// Hop is one step of a probe, in words. The last one failed, if any did.
type Hop struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	MS      int64  `json:"ms"`
	Message string `json:"message"`
}

// probe sends a signed ping and waits for its challenge to be answered with the bot token.
func (d Deps) probe(ctx context.Context, to Target) (hops []Hop, v Verdict) {
	began := d.Now()
	hop := func(name string, ok bool, message string) {
		hops = append(hops, Hop{name, ok, d.Now().Sub(began).Milliseconds(), message})
		began = d.Now()
	}
	failed := func(name, code, message string) ([]Hop, Verdict) {
		hop(name, false, message)
		return hops, Verdict{Outcome: Retrying, RetryAfter: -1, Code: code, Message: message}
	}
	if to.URL == "" {
		return failed("address", "address.unset", "No gateway URL is set. Enter or confirm one in System Console under Plugins, OpenClaw.")
	}
	hop("address", true, to.URL)

	ctx, cancel := context.WithTimeout(ctx, attemptTimeout+proofTimeout)
	defer cancel()
	challenge, answered, err := d.Challenges.Issue(ctx, link.Proof{BotID: to.BotID, URL: to.URL, GatewayID: to.GatewayID})
	if err != nil {
		return failed("delivery", "challenge.not_stored", "The challenge could not be stored in Mattermost's database. Look at the server's log.")
	}
	v = d.push(ctx, to, event.NewPing(challenge, d.Now().UnixMilli()))
	if v.Outcome != Answered || len(v.Acked) == 0 {
		hop("delivery", false, v.Message)
		// A gateway that is starting answers all kinds of things: ask again soon.
		v.Outcome = Retrying
		return hops, v
	}
	hop("delivery", true, "The adapter accepted the signature and took the ping.")

	timeout := time.NewTimer(proofTimeout)
	defer timeout.Stop()
	select {
	case <-answered:
		hop("challenge", true, "The adapter answered with the token of this bot.")
		return hops, v
	case <-timeout.C:
	case <-ctx.Done():
	}
	return failed("challenge", "challenge.unanswered",
		"The gateway took the ping, but nobody answered its challenge with the token of this bot. Does its baseUrl point to this server, and is botToken that of this bot?")
}
