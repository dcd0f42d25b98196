package main

import (
	"encoding/json"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/live"
	"mattermost-plugin-openclaw/server/panel"
)

// What the nodes of a cluster tell each other, so that each can answer whoever comes to it.
const (
	nodesRuns       = "runs"
	nodesEngagement = "engagement"
	nodesLive       = "live"
)

type runsOfBot struct {
	BotID string      `json:"bot_id"`
	Runs  []panel.Run `json:"runs"`
}

// tellNodes tells the other nodes, at best: what is missed is repeated, or read again.
func (p *Plugin) tellNodes(name string, value any) {
	raw, err := json.Marshal(value)
	if err == nil {
		err = p.API.PublishPluginClusterEvent(
			model.PluginClusterEvent{Id: name, Data: raw},
			model.PluginClusterEventSendOptions{SendType: model.PluginClusterEventSendTypeBestEffort},
		)
	}
	if err != nil {
		p.API.LogDebug("Other nodes were not told of something.", "event", name, "error", err.Error())
	}
}

// hearNode takes over what another node was told. Web clients know it already, but for who looks at an answer on its way.
func (p *Plugin) hearNode(name string, raw []byte) {
	switch name {
	case nodesRuns:
		var said runsOfBot
		if json.Unmarshal(raw, &said) != nil {
			return
		}
		for _, run := range said.Runs {
			p.runs.Apply(said.BotID, run)
		}
	case nodesEngagement:
		var channelID string
		if json.Unmarshal(raw, &channelID) == nil {
			p.engagement.Forget(channelID)
		}
	case nodesLive:
		var said live.Call
		if json.Unmarshal(raw, &said) == nil {
			// A gap stays one until the draft begins anew: who comes late here then waits for the post.
			_ = p.drafts.Apply(said)
			p.showLiveHere(said)
		}
	}
}
