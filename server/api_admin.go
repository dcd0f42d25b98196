package main

import (
	"fmt"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/journal"
	"mattermost-plugin-openclaw/server/link"
)

// maxSkew is the clock difference that receivers of tokens forgive.
const maxSkew = 30 * time.Second

// adminStatus is what System Console shows.
type adminStatus struct {
	PluginVersion string     `json:"plugin_version"`
	ServerVersion string     `json:"server_version"`
	SiteURL       string     `json:"site_url"`
	Problems      []problem  `json:"problems"`
	Links         []linkCard `json:"links"`
}

type linkCard struct {
	Bot struct {
		botFacts
		Own bool `json:"own"`
	} `json:"bot"`
	Link            link.Standing    `json:"link"`
	GatewayID       string           `json:"gateway_id"`
	Account         string           `json:"account"`
	AdapterVersion  string           `json:"adapter_version"`
	OpenClawVersion string           `json:"openclaw_version"`
	ProposedURL     string           `json:"proposed_url"`
	URL             string           `json:"url"`
	ClockSkewMS     int64            `json:"clock_skew_ms"`
	LastHelloAt     int64            `json:"last_hello_at"`
	Delivery        courier.Status   `json:"delivery"`
	LatencyMS       int64            `json:"latency_ms"`
	OldestAt        int64            `json:"oldest_at"`
	DeadLetters     []courier.Letter `json:"dead_letters"`
	Journal         *journal.Status  `json:"journal"`
}

// serveAdminStatus lists the plugin's own bot first, then all others that said hello.
func (p *Plugin) serveAdminStatus(call) (any, error) {
	settings := p.settings.Load()
	status := adminStatus{
		PluginVersion: p.manifest.Version, ServerVersion: p.API.GetServerVersion(), SiteURL: settings.siteURL,
		Problems: append(p.serverProblems(settings), settings.problems...), Links: []linkCard{p.card(p.bot.UserId)},
	}
	for _, record := range p.book.All() {
		if !p.isOwn(record.BotID) {
			status.Links = append(status.Links, p.card(record.BotID))
		}
	}
	for _, card := range status.Links {
		if skew := time.Duration(card.ClockSkewMS) * time.Millisecond; skew.Abs() > maxSkew {
			direction := map[bool]string{true: "behind", false: "ahead of"}[skew < 0]
			status.Problems = append(status.Problems, warning("clock.skew",
				"The clock of @%s's gateway is %.0f s %s this server's. Set both by NTP, or deliveries are refused.",
				card.Bot.Username, skew.Abs().Seconds(), direction))
		}
	}
	return status, nil
}

// serverProblems are those that only the server's records show.
func (p *Plugin) serverProblems(settings *configuration) []problem {
	found := []problem{}
	for _, name := range settings.teams {
		if _, appErr := p.API.GetTeamByName(name); appErr != nil {
			found = append(found, warning("teams.unknown", "There is no team %s. Use the name in the team's address, not its display name.", name))
		}
	}
	if bot, appErr := p.API.GetBot(p.bot.UserId, true); appErr == nil && bot.DeleteAt > 0 {
		found = append(found, warning("bot.disabled", "The bot @%s is disabled, so its token does not work. Enable it under Integrations, Bot Accounts.", bot.Username))
	}
	return append(found, p.setBackProblems()...)
}

func warning(code, format string, args ...any) problem {
	return problem{code, "warning", fmt.Sprintf(format, args...)}
}

func (p *Plugin) card(botID string) linkCard {
	settings := p.settings.Load()
	r, greeting := p.book.Get(botID)
	card := linkCard{
		Link: r.Stand(settings.policy, p.isOwn(botID)), GatewayID: r.GatewayID, Account: r.Account,
		AdapterVersion: r.AdapterVersion, OpenClawVersion: r.OpenClawVersion, ProposedURL: r.ProposedURL,
		URL: r.URL(settings.gatewayURL), ClockSkewMS: greeting.Skew.Milliseconds(), LastHelloAt: max(0, greeting.At.UnixMilli()),
	}
	bot, _ := p.facts.Actor(botID)
	card.Bot.botFacts, card.Bot.Own = botFacts{botID, bot.Username}, p.isOwn(botID)
	card.Delivery, card.DeadLetters = p.delivery(botID)
	if c := p.courier(botID); c != nil {
		numbers := c.Numbers()
		card.LatencyMS, card.OldestAt = numbers.LatencyMS, numbers.OldestAt
	}
	card.Journal = p.journal.Status(botID)
	return card
}

// serveConfirm links a bot and, if a URL is given, makes it the address of this link; an empty one takes it back.
func (p *Plugin) serveConfirm(c call) (any, error) {
	type choice struct {
		URL *string `json:"url"`
	}
	chosen, err := decode[choice](c)
	if err != nil {
		return nil, err
	}
	if chosen.URL != nil && *chosen.URL != "" {
		if *chosen.URL, err = link.ParseGatewayURL(*chosen.URL); err != nil {
			return nil, err
		}
	}
	botID := c.PathValue("bot")
	err = p.book.Amend(botID, func(r *link.Record) {
		r.Confirm(p.now())
		if chosen.URL != nil {
			r.ConfirmedURL = *chosen.URL
		}
	})
	if err != nil {
		return nil, err
	}
	p.steer()
	return p.card(botID), nil
}

func (p *Plugin) serveRemove(c call) (any, error) {
	err := p.book.Remove(c.PathValue("bot"))
	p.steer()
	return nil, err
}

// serveTest probes the gateway now and says which hop fails.
func (p *Plugin) serveTest(c call) (any, error) {
	target := p.courier(c.PathValue("bot"))
	if target == nil {
		return nil, link.ErrUnknownLink
	}
	hops := target.Test(c.Context())
	return map[string]any{"ok": hops[len(hops)-1].OK, "hops": hops}, nil
}

// serveToken makes an access token of the plugin's own bot. It is shown this once.
func (p *Plugin) serveToken(c call) (any, error) {
	token, appErr := p.API.CreateUserAccessToken(&model.UserAccessToken{UserId: p.bot.UserId, Description: "OpenClaw gateway"})
	if appErr != nil {
		return nil, appErr
	}
	p.API.LogInfo("An access token of the bot was made.", "bot_id", p.bot.UserId, "user_id", c.userID, "token_id", token.Id)
	return map[string]string{"token": token.Token}, nil
}

func (p *Plugin) serveRotate(c call) (any, error) {
	kid, err := p.keys.Rotate()
	if err != nil {
		return nil, err
	}
	p.API.LogInfo("The signing key was rotated.", "user_id", c.userID, "kid", kid)
	return map[string]string{"kid": kid}, nil
}

// serveRevoke is for a key that somebody else may have, for example with a copy of the database.
func (p *Plugin) serveRevoke(c call) (any, error) {
	kid, err := p.keys.Revoke()
	if err != nil {
		return nil, err
	}
	p.API.LogInfo("The signing keys were revoked.", "user_id", c.userID, "kid", kid)
	p.announceKey()
	return map[string]string{"kid": kid}, nil
}
