package main

import (
	"encoding/json"
	"fmt"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/journal"
	"mattermost-plugin-openclaw/server/keep"
)

// linkNumbers is what is counted of a link.
type linkNumbers struct {
	courier.Numbers
	Journal *journal.Status `json:"journal"`
}

// supportData goes into a support packet. It has ids, states and counts; no text, no token, no name of a person.
type supportData struct {
	adminStatus
	Settings supportSettings        `json:"settings"`
	Numbers  map[string]linkNumbers `json:"numbers"`
	Kept     map[keep.State]int     `json:"kept"`
	Commands int                    `json:"commands"`
}

// supportSettings are the settings, validated. Names of teams are only counted.
type supportSettings struct {
	Policy          string `json:"link_policy"`
	Teams           int    `json:"teams"`
	LookbackMinutes int    `json:"lookback_minutes"`
	Commands        bool   `json:"commands"`
	CommandsOff     int    `json:"commands_off"`
	AnswersVisible  bool   `json:"answers_visible"`
	KeepMinutes     int    `json:"keep_minutes"`
}

// GenerateSupportData adds a file to the server's support packet.
func (p *Plugin) GenerateSupportData(*plugin.Context) ([]*model.FileData, error) {
	status, err := p.serveAdminStatus(call{})
	if err != nil {
		return nil, err
	}
	known, _ := status.(adminStatus)
	c := p.settings.Load()
	body, err := json.MarshalIndent(supportData{
		adminStatus: known, Numbers: p.numbers(), Kept: p.keptStates(), Commands: len(p.offered()),
		Settings: supportSettings{
			c.policy, len(c.teams), int(c.lookback.Minutes()), c.commands, len(c.commandsOff), c.answersVisible, int(c.keepFor.Minutes()),
		},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the support data: %w", err)
	}
	return []*model.FileData{{Filename: p.manifest.Id + ".json", Body: body}}, nil
}

// numbers are the counts of all linked bots, by their id.
func (p *Plugin) numbers() map[string]linkNumbers {
	found := map[string]linkNumbers{}
	for botID, c := range p.linkedExcept("") {
		found[botID] = linkNumbers{c.Numbers(), p.journal.Status(botID)}
	}
	return found
}

// keptStates counts what is kept; nothing if that cannot be read now.
func (p *Plugin) keptStates() map[keep.State]int {
	states := map[keep.State]int{}
	items, err := p.kept.All()
	if err != nil {
		p.API.LogWarn("The kept commands could not be counted.", "error", err.Error())
	}
	for _, item := range items {
		states[item.State]++
	}
	return states
}
