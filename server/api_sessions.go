package main

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
	"mattermost-plugin-openclaw/server/panel"
)

type sessionsOfUser struct {
	Sessions []sessionRow `json:"sessions"`
	Pending  bool         `json:"pending"`
}

// serveSessions lists the caller's sessions as they are known, and asks for them anew.
func (p *Plugin) serveSessions(c call) (any, error) {
	key := panel.Key("sessions", c.userID)
	listed := sessionsOfUser{Sessions: []sessionRow{}}
	if raw := p.answers.Get(key); raw != nil {
		if err := json.Unmarshal(raw, &listed.Sessions); err != nil {
			return nil, err
		}
	}
	actor, err := p.facts.Actor(c.userID)
	if err != nil {
		return nil, err
	}
	if p.answers.MayAsk(key) {
		// The plugin's own bot before others, like everywhere.
		for _, botID := range p.linkedBots() {
			if listed.Pending = p.ask(botID, event.Ask{Kind: "sessions"}, event.Place{Actor: actor}); listed.Pending {
				break
			}
		}
	}
	return listed, nil
}

// linkedBots are the bots whose links are in use, the plugin's own first.
func (p *Plugin) linkedBots() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var bots []string
	for botID := range p.couriers {
		bots = append(bots, botID)
	}
	slices.SortFunc(bots, func(a, b string) int {
		if p.isOwn(a) || !p.isOwn(b) && a < b {
			return -1
		}
		return 1
	})
	return bots
}

// takeSessions keeps of a gateway's sessions those that are the user's: their direct messages, and channels that they are in.
func (p *Plugin) takeSessions(botID string, given panelAnswer) error {
	const maxShown = 50
	mine := []sessionRow{}
	for _, row := range given.Sessions {
		shown, err := p.nameSession(botID, given.UserID, row)
		if err != nil {
			return err
		}
		if shown != nil {
			mine = append(mine, *shown)
		}
	}
	slices.SortStableFunc(mine, func(a, b sessionRow) int { return int(b.UpdatedAt - a.UpdatedAt) })
	mine = mine[:min(len(mine), maxShown)]
	raw, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	p.answers.Put(panel.Key("sessions", given.UserID), raw)
	p.push(eventSessions, sessionsOfUser{Sessions: mine}, toUser(given.UserID))
	return nil
}

func (p *Plugin) nameSession(botID, userID string, row sessionRow) (*sessionRow, error) {
	if row.UserID != "" {
		if row.UserID != userID {
			return nil, nil
		}
		direct, appErr := p.API.GetDirectChannel(userID, botID)
		if appErr != nil {
			return nil, appErr
		}
		row.ChannelID, row.ChannelName, row.UserID = direct.Id, p.nameOf(botID), ""
		return &row, nil
	}
	if !panel.IsID(row.ChannelID) {
		return nil, nil
	}
	in, err := p.facts.IsMember(userID, row.ChannelID)
	if err != nil || !in {
		return nil, err
	}
	channel, err := p.facts.Channel(row.ChannelID)
	row.ChannelName = channel.DisplayName
	if row.ChannelName == "" {
		row.ChannelName = channel.Name
	}
	return &row, err
}

// pairing is somebody who asked to be let in.
type pairing struct {
	ID       string `json:"id"`
	UserID   string `json:"user_id"`
	Username string `json:"username"`
	BotID    string `json:"bot_id"`
	At       int64  `json:"at"`
}

type pairings struct {
	Requests []pairing `json:"requests"`
	Pending  bool      `json:"pending"`
}

// pairings are all requests that are known, of all links.
func (p *Plugin) pairings() (pairings, error) {
	listed := pairings{Requests: []pairing{}}
	for _, botID := range p.linkedBots() {
		raw := p.answers.Get(panel.Key("pairing", botID))
		var some []pairing
		if raw == nil {
			continue
		}
		if err := json.Unmarshal(raw, &some); err != nil {
			return listed, err
		}
		listed.Requests = append(listed.Requests, some...)
	}
	return listed, nil
}

func (p *Plugin) servePairing(c call) (any, error) {
	listed, err := p.pairings()
	if err != nil {
		return nil, err
	}
	actor, err := p.facts.Actor(c.userID)
	if err != nil {
		return nil, err
	}
	for _, botID := range p.linkedBots() {
		asked := p.answers.MayAsk(panel.Key("pairing", botID)) && p.ask(botID, event.Ask{Kind: "pairing"}, event.Place{Actor: actor})
		listed.Pending = listed.Pending || asked
	}
	return listed, nil
}

func (p *Plugin) serveApprove(c call) (any, error) { return nil, p.decidePairing(c, "pairing.approve") }

func (p *Plugin) serveDeny(c call) (any, error) { return nil, p.decidePairing(c, "pairing.deny") }

// decidePairing hands an admin's word to the gateway whose request it is; the list after it comes by itself.
func (p *Plugin) decidePairing(c call, kind string) error {
	listed, err := p.pairings()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(listed.Requests, func(r pairing) bool { return r.ID == c.PathValue("id") })
	if at < 0 {
		return refusal{http.StatusNotFound, "pairing.unknown", "There is no such request any more."}
	}
	actor, err := p.facts.Actor(c.userID)
	if err != nil {
		return err
	}
	if !p.ask(listed.Requests[at].BotID, event.Ask{Kind: kind, Request: c.PathValue("id")}, event.Place{Actor: actor}) {
		return refusal{http.StatusServiceUnavailable, "gateway.away", "The gateway cannot be reached at the moment. Try again when it is back."}
	}
	return nil
}

// takePairing keeps a gateway's requests and tells those system admins who are connected.
func (p *Plugin) takePairing(botID string, requests []pairing) error {
	const maxID, maxName = 128, 64
	for i := range requests {
		if requests[i].ID == "" || len(requests[i].ID) > maxID || len(requests[i].Username) > maxName {
			return link.InvalidError("requests: each needs an id of at most 128 characters")
		}
		requests[i].BotID = botID
	}
	raw, err := json.Marshal(requests)
	if err != nil {
		return err
	}
	p.answers.Put(panel.Key("pairing", botID), raw)
	listed, err := p.pairings()
	if err != nil {
		return err
	}
	p.push(eventPairing, listed, &model.WebsocketBroadcast{ContainsSensitiveData: true})
	return nil
}
