package main

import (
	"errors"
	"net/http"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/link"
)

// welcome is the answer to hello.
type welcome struct {
	V             int            `json:"v"`
	PluginVersion string         `json:"plugin_version"`
	ServerVersion string         `json:"server_version"`
	ServerID      string         `json:"server_id"`
	Bot           botFacts       `json:"bot"`
	Link          link.Standing  `json:"link"`
	Delivery      courier.Status `json:"delivery"`
	JWKS          link.JWKS      `json:"jwks"`
	ServerTime    int64          `json:"server_time"`
	Mark          int64          `json:"mark"`
}

type botFacts struct {
	UserID   string `json:"user_id"`
	Username string `json:"username"`
}

func (p *Plugin) serveJWKS(call) (any, error) { return p.keys.JWKS(), nil }

func (p *Plugin) serveStatus(c call) (any, error) { return p.welcome(c.userID) }

// serveHello takes a greeting and makes the bot's courier try at once. A bot that may not link leaves nothing behind.
func (p *Plugin) serveHello(c call) (any, error) {
	hello, err := decode[link.Hello](c)
	if err == nil {
		err = hello.Validate()
	}
	if err != nil {
		return nil, err
	}
	before, _ := p.book.Get(c.userID)
	if before.Stand(p.settings.Load().policy, p.isOwn(c.userID)).State == link.Refused {
		return p.welcome(c.userID)
	}
	if err = p.book.Greet(c.userID, p.isOwn(c.userID), hello); err != nil {
		return nil, err
	}
	p.steer()
	if own := p.courier(c.userID); own != nil {
		if err = p.takeCatalogue(c.userID, hello.Catalogue); err != nil {
			p.API.LogWarn("The commands of a gateway could not be taken over, its next hello tries again.", "bot_id", c.userID, "error", err.Error())
		}
		p.compare(c.userID, hello.SeenMark)
		own.Hello()
	}
	return p.welcome(c.userID)
}

// serveChallenge takes the proof that the probed URL holds this bot's token.
func (p *Plugin) serveChallenge(c call) (any, error) {
	type proving struct {
		Challenge string `json:"challenge"`
	}
	said, err := decode[proving](c)
	if err != nil {
		return nil, err
	}
	const shortest, longest = 16, 128
	if len(said.Challenge) < shortest || len(said.Challenge) > longest {
		return nil, link.InvalidError("challenge: 16 to 128 characters are needed")
	}
	proof, known, err := p.challenges.Take(c.userID, said.Challenge)
	if err == nil && known && proof.URL != "" {
		err = p.book.Amend(c.userID, func(r *link.Record) { r.VerifiedURL, r.VerifiedGatewayID = proof.URL, proof.GatewayID })
	}
	if err == nil && !known || errors.Is(err, link.ErrUnknownLink) {
		return nil, refusal{http.StatusNotFound, "challenge.unknown", "There is no such challenge for this bot."}
	}
	if err == nil {
		p.steer()
		p.challenges.Answered(said.Challenge)
	}
	return nil, err
}

func (p *Plugin) welcome(botID string) (any, error) {
	bot, err := p.facts.Actor(botID)
	if err != nil {
		return nil, err
	}
	mark, err := p.marks.Of(botID)
	if err != nil {
		return nil, err
	}
	record, _ := p.book.Get(botID)
	delivery, _ := p.delivery(botID)
	return welcome{
		V: link.ProtocolVersion, PluginVersion: p.manifest.Version, ServerVersion: p.API.GetServerVersion(),
		ServerID: p.serverID, Bot: botFacts{bot.ID, bot.Username},
		Link:     record.Stand(p.settings.Load().policy, p.isOwn(botID)),
		Delivery: delivery, JWKS: p.keys.JWKS(), ServerTime: p.now().UnixMilli(), Mark: mark,
	}, nil
}

// delivery tells how the deliveries of a bot stand; one that is not linked has none.
func (p *Plugin) delivery(botID string) (courier.Status, []courier.Letter) {
	if linked := p.courier(botID); linked != nil {
		return linked.Status()
	}
	return courier.Status{State: "unset", Transport: "none"}, []courier.Letter{}
}
