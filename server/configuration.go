package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/command"
	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// configuration is what System Console says, validated. It is never changed, only replaced; its zero value lets nothing out.
type configuration struct {
	gatewayURL string
	policy     string
	// teams are names; none means all.
	teams []string
	// lookback is how long before a link was made its events begin.
	lookback time.Duration
	// commands is the switch for all, commandsOff names those that are switched off one by one.
	commands    bool
	commandsOff []string
	// answersVisible makes a command's answer in a channel a post for all.
	answersVisible bool
	// keepFor is how long a command waits for a gateway that is away.
	keepFor   time.Duration
	siteURL   string
	fullNames bool
	// noSweep is for tests of the tests: without the sweep they have to fail.
	noSweep bool
	// staleAfter is how old an event is when it is only told along.
	staleAfter time.Duration
	// looksFor is how long somebody who asked for the answers on their way is taken to look at them.
	looksFor time.Duration
	problems []problem
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
	// LookbackMinutes is a number; what is written by hand or by the API may be a text.
	LookbackMinutes any
	// Commands is absent until the settings were saved once.
	Commands       *bool
	CommandsOff    string
	CommandAnswers string
	KeepMinutes    any
	// TestNoSweep is not in plugin.json.
	TestNoSweep bool
	// TestKeepSeconds is not either: in place of KeepMinutes it makes a test of expiry short.
	TestKeepSeconds int
	// TestStaleSeconds does the same for what is stale, TestLookSeconds for who looks.
	TestStaleSeconds int
	TestLookSeconds  int
}

// How long a command may wait.
const (
	defaultKeep = 60
	maxKeep     = 24 * time.Hour
)

// maxLookback bounds what a new link is given of the past.
const maxLookback = 24 * time.Hour

// OnConfigurationChange takes the settings over. A broken one becomes a problem that System Console shows, and never opens anything.
func (p *Plugin) OnConfigurationChange() error {
	var raw rawSettings
	if err := p.API.LoadPluginConfiguration(&raw); err != nil {
		return fmt.Errorf("load the settings: %w", err)
	}
	p.settings.Store(configure(raw, p.API.GetConfig()))
	p.steer()
	return p.offerCommands(false)
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
	c.noSweep, c.staleAfter, c.looksFor = raw.TestNoSweep, courier.StaleAfter, looksFor
	if raw.TestLookSeconds > 0 {
		c.looksFor = time.Duration(raw.TestLookSeconds) * time.Second
	}
	if raw.TestStaleSeconds > 0 {
		c.staleAfter = time.Duration(raw.TestStaleSeconds) * time.Second
	}
	c.configureCommands(raw)
	if minutes, ok := wholeNumber(raw.LookbackMinutes); ok && minutes >= 0 && minutes <= int(maxLookback.Minutes()) {
		c.lookback = time.Duration(minutes) * time.Minute
	} else {
		c.problem("lookback.out_of_range", "error", "The setting Look-back is no number of minutes from 0 to 1440, so a new link begins with nothing of the past. Correct it and save.")
	}
	c.teams = names(raw.Teams)
	return c
}

// configureCommands takes the settings of commands over; a broken one leaves the careful choice.
func (c *configuration) configureCommands(raw rawSettings) {
	c.commands = raw.Commands == nil || *raw.Commands
	for _, name := range names(raw.CommandsOff) {
		c.commandsOff = append(c.commandsOff, strings.TrimPrefix(strings.TrimPrefix(name, "/"), command.Prefix))
	}
	switch raw.CommandAnswers {
	case "", "private":
	case "visible":
		c.answersVisible = true
	default:
		c.problem("command_answers.unknown", "error", "The setting Answers in channels has no valid value, so only the one who asked sees them. Choose one and save.")
	}
	if raw.KeepMinutes == nil || raw.KeepMinutes == "" {
		raw.KeepMinutes = defaultKeep
	}
	minutes, ok := wholeNumber(raw.KeepMinutes)
	c.keepFor = time.Duration(minutes) * time.Minute
	if !ok || minutes < 1 || c.keepFor > maxKeep {
		c.keepFor = defaultKeep * time.Minute
		c.problem("keep.out_of_range", "error", "The setting Keep commands is no number of minutes from 1 to 1440, so 60 is used. Correct it and save.")
	}
	if raw.TestKeepSeconds > 0 {
		c.keepFor = time.Duration(raw.TestKeepSeconds) * time.Second
	}
}

// names splits a list as people write it.
func names(list string) (found []string) {
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		found = append(found, strings.ToLower(name))
	}
	return found
}

// wholeNumber reads a number as JSON or System Console write it; nothing is 0.
func wholeNumber(value any) (int, bool) {
	if value == nil || value == "" {
		return 0, true
	}
	number, err := strconv.Atoi(fmt.Sprint(value))
	return number, err == nil
}

func (c *configuration) problem(code, severity, message string) {
	c.problems = append(c.problems, problem{code, severity, message})
}

// lets tells whether events of a channel may leave. Direct and group messages belong to no team.
func (c *configuration) lets(channel event.Channel) bool {
	return channel.TeamID == "" || len(c.teams) == 0 || slices.Contains(c.teams, channel.TeamName)
}
