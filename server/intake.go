package main

import (
	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
)

// forward looks up who and where, and gives the event to those bots that are in its channel.
func (p *Plugin) forward(hint event.Hint) {
	p.mayMeetNobody(hint)
	receivers := p.linkedExcept(hint.UserID)
	if len(receivers) == 0 {
		return
	}
	place, ok, err := p.place(hint, receivers)
	if err != nil {
		p.API.LogWarn("The facts of an event could not be read, so it is left out.", "event_id", hint.Event.ID, "error", err.Error())
		p.lose(receivers)
	}
	if err != nil || !ok {
		return
	}
	made := eventAt(hint, place)
	p.mayMeetOutage(made, receivers)
	for botID, c := range receivers {
		p.journal.Hear(botID, c, made)
	}
}

// place completes a hint and strikes out the receivers that may not have it; false if none is left.
func (p *Plugin) place(hint event.Hint, receivers map[string]*courier.Courier) (place event.Place, ok bool, err error) {
	if !hint.Located {
		post, appErr := p.API.GetPost(hint.PostID)
		if appErr != nil {
			return place, false, appErr
		}
		hint.ChannelID, hint.ThreadRoot = post.ChannelId, post.RootId
	}
	for botID := range receivers {
		member, err := p.facts.IsMember(botID, hint.ChannelID)
		if err != nil {
			return place, false, err
		}
		if !member {
			delete(receivers, botID)
		}
	}
	if len(receivers) == 0 {
		return place, false, nil
	}
	if place.Channel, err = p.channelFacts(hint.ChannelID); err != nil {
		return place, false, err
	}
	if !p.settings.Load().lets(place.Channel) {
		p.mayMeetClosedTeam(hint, place.Channel, receivers)
		return place, false, nil
	}
	place.Actor, err = p.facts.Actor(hint.UserID)
	place.Actor.IsWebhook, place.ThreadRoot = hint.IsWebhook, hint.ThreadRoot
	return place, err == nil, err
}

// channelFacts are the server's facts, and how the bot takes part there.
func (p *Plugin) channelFacts(channelID string) (event.Channel, error) {
	channel, err := p.facts.Channel(channelID)
	if err == nil {
		channel.Engagement, err = p.engagement.Of(channelID)
	}
	return channel, err
}

// lose leaves an event to the sweep.
func (p *Plugin) lose(receivers map[string]*courier.Courier) {
	for botID, c := range receivers {
		c.Lost()
		p.journal.Missed(botID)
	}
}
