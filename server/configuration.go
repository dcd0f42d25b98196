package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// configuration is what System Console says, validated. It is never changed, only replaced; its zero value lets nothing out.
type configuration struct {
	gatewayURL string
	policy     string
	// teams are names; none means all.
	teams     []string
	siteURL   string
	fullNames bool
	problems  []problem
}

// problem is something that an admin should mend.
type problem struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
}

// rawSettings are the keys of plugin.json's settings_schema.
type rawSettings struct {
	GatewayURL string
	LinkPolicy string
	Teams      string
}

// OnConfigurationChange takes the settings over. A broken one becomes a problem that System Console shows, and never opens anything.
func (p *Plugin) OnConfigurationChange() error {
	var raw rawSettings
	if err := p.API.LoadPluginConfiguration(&raw); err != nil {
		return fmt.Errorf("load the settings: %w", err)
	}
	p.settings.Store(configure(raw, p.API.GetConfig()))
	p.steer()
	return nil
}

func configure(raw rawSettings, server *model.Config) *configuration {
	c := &configuration{policy: link.PolicyOwn}
	if server != nil {
		c.siteURL = model.SafeDereference(server.ServiceSettings.SiteURL)
		c.fullNames = model.SafeDereference(server.PrivacySettings.ShowFullName)
	}
	if c.siteURL == "" {
		c.problem("site_url.unset", "warning", "Site URL is not set. Set it in System Console under Environment, Web Server: the gateway is told to use it.")
	}
	if raw.GatewayURL != "" {
		var err error
		if c.gatewayURL, err = link.ParseGatewayURL(raw.GatewayURL); err != nil {
			c.problem("gateway_url.refused", "error", err.Error()+" Until it is mended nothing is delivered to it.")
		}
	}
	switch raw.LinkPolicy {
	case "", link.PolicyConfirm:
		c.policy = link.PolicyConfirm
	case link.PolicyOwn:
	default:
		c.problem("link_policy.unknown", "error", "The setting Who may link has no valid value, so only the plugin's own bot may link. Choose one and save.")
	}
	for _, name := range strings.FieldsFunc(raw.Teams, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		c.teams = append(c.teams, strings.ToLower(name))
	}
	return c
}

func (c *configuration) problem(code, severity, message string) {
	c.problems = append(c.problems, problem{code, severity, message})
}

// lets tells whether events of a channel may leave. Direct and group messages belong to no team.
func (c *configuration) lets(channel event.Channel) bool {
	return channel.TeamID == "" || len(c.teams) == 0 || slices.Contains(c.teams, channel.TeamName)
}
