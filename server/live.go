package main

import (
	"errors"
	"net/http"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/link"
	"mattermost-plugin-openclaw/server/live"
)

const (
	// liveEvent is the WebSocket event of an answer on its way.
	liveEvent     = "live"
	liveTendEvery = 5 * time.Second
	// looksFor is longer than web clients wait before they ask again.
	looksFor = 10 * time.Minute
	// maxSingly is up to how many people are told one by one: each is a call to Mattermost.
	maxSingly = 20
)

var errForbiddenChannel = refusal{http.StatusForbidden, "channel.forbidden", "This is not for this bot in this channel."}

// serveLive shows an answer on its way to those who look at its channel. Nothing of it is stored.
func (p *Plugin) serveLive(c call) (any, error) {
	said, err := decode[live.Call](c)
	if err == nil {
		err = said.Validate()
	}
	if err == nil {
		err = p.mayShow(c.userID, said.ChannelID)
	}
	if err != nil {
		return nil, err
	}
	said.UserID = c.userID
	if !p.drafts.Admit(said) {
		return nil, refuseLive(live.ErrBusy)
	}
	if said.Tools == nil {
		said.Tools = []live.Tool{}
	}
	if err = p.drafts.Apply(said); err != nil {
		return nil, refuseLive(err)
	}
	p.showLive(said)
	// Other nodes tell those who look there, and answer those who come late.
	p.tellNodes(nodesLive, said)
	return nil, nil
}

// showLive tells the web clients of those who look at the channel; of everybody in it, where it is not known who looks or they are many.
func (p *Plugin) showLive(said live.Call) {
	users, known := p.lookers.At(said.ChannelID, maxSingly)
	if !known {
		p.push(liveEvent, said, toChannel(said.ChannelID))
		return
	}
	p.showSingly(said, users)
}

// showLiveHere tells those who asked this node; what goes to a whole channel, the other node has told.
func (p *Plugin) showLiveHere(said live.Call) {
	if users, known := p.lookers.At(said.ChannelID, maxSingly); known {
		p.showSingly(said, users)
	}
}

func (p *Plugin) showSingly(said live.Call, users []string) {
	for _, userID := range users {
		// Who has left since then does not look any more.
		if member, err := p.facts.IsMember(userID, said.ChannelID); err == nil && member {
			p.push(liveEvent, said, toUser(userID))
		}
	}
}

func refuseLive(err error) error {
	switch {
	case errors.Is(err, live.ErrOld):
		return nil
	case errors.Is(err, live.ErrEnded):
		return refusal{http.StatusConflict, "live.ended", "This draft has ended."}
	case errors.Is(err, live.ErrGap):
		return refusal{http.StatusConflict, "live.gap", "Something before this is missing: begin anew with offset 0."}
	case errors.Is(err, live.ErrFull):
		return refusal{http.StatusTooManyRequests, "live.full", "There are too many answers on their way."}
	default:
		return refusal{http.StatusTooManyRequests, "live.busy", "These are too many calls: wait a second."}
	}
}

// mayShow tells whether a bot may show something in a channel: it is linked and a member, and the channel may send.
func (p *Plugin) mayShow(botID, channelID string) error {
	if p.courier(botID) == nil {
		return errForbiddenChannel
	}
	member, err := p.facts.IsMember(botID, channelID)
	if err != nil {
		return err
	}
	channel, err := p.facts.Channel(channelID)
	if err != nil {
		return err
	}
	if !member || !p.settings.Load().lets(channel) {
		return errForbiddenChannel
	}
	return nil
}

// tendLive ends the drafts of runs that have died.
func (p *Plugin) tendLive() {
	tick := time.NewTicker(liveTendEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case <-tick.C:
			for _, abort := range p.drafts.Expire() {
				p.showLive(abort)
			}
		}
	}
}

// serveChannelLive gives the answers on their way to who comes late, and who from now on is told of them.
func (p *Plugin) serveChannelLive(c call) (any, error) {
	channelID := c.PathValue("channel")
	if !model.IsValidId(channelID) || !p.API.HasPermissionToChannel(c.userID, channelID, model.PermissionReadChannelContent) {
		return nil, refusal{http.StatusNotFound, "channel.unknown", "There is no such channel for you."}
	}
	p.lookers.Look(c.userID, channelID)
	return map[string]any{"drafts": p.drafts.In(channelID)}, nil
}

// serveEphemeral shows a text of the bot to one member of a channel.
func (p *Plugin) serveEphemeral(c call) (any, error) {
	type showing struct {
		UserID    string `json:"user_id"`
		ChannelID string `json:"channel_id"`
		RootID    string `json:"root_id"`
		Text      string `json:"text"`
	}
	said, err := decode[showing](c)
	if err != nil {
		return nil, err
	}
	const longest = 4_000
	if !model.IsValidId(said.UserID) || !model.IsValidId(said.ChannelID) || said.RootID != "" && !model.IsValidId(said.RootID) ||
		said.Text == "" || len([]rune(said.Text)) > longest {
		return nil, link.InvalidError("user_id, channel_id, root_id, text: ids and a text of at most 4000 characters are needed")
	}
	if err = p.mayShow(c.userID, said.ChannelID); err != nil {
		return nil, err
	}
	if member, err := p.facts.IsMember(said.UserID, said.ChannelID); err != nil || !member {
		return nil, errors.Join(err, errForbiddenChannel)
	}
	p.API.SendEphemeralPost(said.UserID, &model.Post{UserId: c.userID, ChannelId: said.ChannelID, RootId: said.RootID, Message: said.Text})
	return nil, nil
}
