package main

import (
	"encoding/json"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
)

// panelCapability is what an adapter says in hello that answers asks and honours engagement.
const panelCapability = "panel"

// Names of what web clients are told, below custom_<plugin id>_.
const (
	eventRun        = "run"
	eventSession    = "session"
	eventSessions   = "sessions"
	eventEngagement = "engagement"
	eventPairing    = "pairing"
)

// push tells web clients something. It goes as one text, which every way between plugin and client carries unchanged.
func (p *Plugin) push(name string, value any, to *model.WebsocketBroadcast) {
	raw, err := json.Marshal(value)
	if err != nil {
		p.API.LogError("Web clients could not be told something: this is a fault of the plugin, please report it.", "event", name, "error", err.Error())
		return
	}
	p.API.PublishWebSocketEvent(name, map[string]any{"json": string(raw)}, to)
}

func toChannel(id string) *model.WebsocketBroadcast { return &model.WebsocketBroadcast{ChannelId: id} }
func toUser(id string) *model.WebsocketBroadcast    { return &model.WebsocketBroadcast{UserId: id} }

// ask brings a question to a gateway, if it is there and can answer; the answer comes to POST /panel/answer.
func (p *Plugin) ask(botID string, what event.Ask, place event.Place) bool {
	linked := p.courier(botID)
	record, _ := p.book.Get(botID)
	if linked == nil || !record.Can(panelCapability) || !p.isReady(linked) {
		return false
	}
	linked.Enqueue(event.OfAsk(model.NewId(), what, place, p.now().UnixMilli()))
	return true
}

func (p *Plugin) isReady(c *courier.Courier) bool {
	status, _ := c.Status()
	return status.State == courier.StateReady
}

const watchEvery = 2 * time.Second

// watch tells web clients of runs whose gateway died, and users that their posts are kept.
func (p *Plugin) watch() {
	every := time.NewTicker(watchEvery)
	defer every.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case <-every.C:
			p.watchOnce()
		}
	}
}

func (p *Plugin) watchOnce() {
	for _, run := range p.runs.Expire() {
		p.push(eventRun, run, toChannel(run.ChannelID))
	}
	p.mu.Lock()
	ready := map[string]bool{}
	for botID, linked := range p.couriers {
		ready[botID] = p.isReady(linked)
	}
	p.mu.Unlock()
	p.watched.saw(ready, p.now())
	for _, notice := range p.watched.due(p.now(), p.isOnItsWay) {
		if notice.ifTakesPart && !p.takesPart(notice.botID, notice.rootID) {
			p.watched.untold(notice)
			continue
		}
		p.sayKept(notice)
	}
}

// isOnItsWay tells whether a gateway has yet to take a request. What the courier does not know lies in the journal while it is away.
func (p *Plugin) isOnItsWay(n keptNotice) bool {
	linked := p.courier(n.botID)
	if linked == nil {
		return false
	}
	held, settled := linked.Knows(n.eventID)
	return held || !settled && !p.isReady(linked)
}

func (p *Plugin) linkState(botID string) string {
	if status, _ := p.delivery(botID); status.State != courier.StateReady {
		return linkAway
	}
	return linkReady
}

// heard tells open panels, in the background, when a gateway came or went.
func (p *Plugin) heard(botID string) {
	p.running.Go(func() {
		p.telling.Lock()
		defer p.telling.Unlock()
		// A plugin that ends has no routes any more that a panel could ask.
		if p.life.Err() != nil {
			return
		}
		state := linkNone
		if p.courier(botID) != nil {
			state = p.linkState(botID)
		}
		if p.toldLinks[botID] != state {
			p.toldLinks[botID] = state
			p.tellAll("link")
		}
	})
}

// tellAll says to every panel that is open that something has changed; what, they ask.
func (p *Plugin) tellAll(event string) {
	p.API.PublishWebSocketEvent(event, map[string]any{"json": "{}"}, &model.WebsocketBroadcast{})
}
