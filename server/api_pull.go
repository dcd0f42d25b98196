package main

import (
	"net/http"
	"strconv"
	"time"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/link"
)

const (
	gatewayHeader  = "X-OpenClaw-Gateway"
	deliveryHeader = "X-OpenClaw-Delivery"
)

// pull serves GET, which asks for events, and POST, which acknowledges those of the delivery before and asks for more. It answers with
// a delivery as it is signed, or with nil if nothing happened in time.
func (p *Plugin) pull(c call) (any, error) {
	wait, err := waitOf(c)
	if err != nil {
		return nil, err
	}
	receipt, err := receiptOf(c)
	if err != nil {
		return nil, err
	}
	record, _ := p.book.Get(c.userID)
	if standing := record.Stand(p.settings.Load().policy, p.isOwn(c.userID)); standing.State != link.Linked {
		return nil, refusal{http.StatusForbidden, "link." + standing.State, standing.Message}
	}
	linked := p.courier(c.userID)
	if linked == nil {
		return nil, link.ErrUnknownLink
	}
	if c.Header.Get(gatewayHeader) != record.GatewayID {
		return nil, refusal{http.StatusConflict, "gateway.other", "Another gateway said hello with the token of this bot, and gets its events."}
	}
	pulled, err := linked.Pull(c.Context(), receipt, wait)
	if pulled == nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	header.Set(link.SignatureHeader, pulled.Token)
	header.Set(deliveryHeader, pulled.ID)
	return page{header, pulled.Body}, nil
}

func waitOf(c call) (time.Duration, error) {
	text := c.URL.Query().Get("wait")
	if text == "" {
		return 0, nil
	}
	seconds, err := strconv.ParseUint(text, 10, 8)
	wait := time.Duration(seconds) * time.Second
	if err != nil || wait > courier.MaxPullWait {
		return 0, link.InvalidError("wait: whole seconds from 0 to 25 are needed")
	}
	return wait, nil
}

func receiptOf(c call) (*courier.Receipt, error) {
	if c.Method != http.MethodPost {
		return nil, nil
	}
	type naming struct {
		Delivery string    `json:"delivery"`
		Acked    *[]string `json:"acked"`
	}
	said, err := decode[naming](c)
	if err != nil {
		return nil, err
	}
	const shortest, longest = 16, 64
	if len(said.Delivery) < shortest || len(said.Delivery) > longest || said.Acked == nil {
		return nil, link.InvalidError("delivery, acked: the id of a delivery and a list of event ids are needed")
	}
	return &courier.Receipt{Delivery: said.Delivery, Answer: c.body}, nil
}
