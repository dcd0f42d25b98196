package main

import (
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
)

func serverConfig(siteURL string) *model.Config {
	c := &model.Config{}
	c.SetDefaults()
	c.ServiceSettings.SiteURL = &siteURL
	return c
}

func TestBrokenSettingsFailClosed(t *testing.T) {
	for name, row := range map[string]struct {
		raw    rawSettings
		site   string
		policy string
		url    string
		codes  []string
	}{
		"empty":          {rawSettings{}, "https://a.example", "confirm", "", nil},
		"whole":          {rawSettings{GatewayURL: "https://g.example/", LinkPolicy: "own"}, "https://a.example", "own", "https://g.example", nil},
		"unknown policy": {rawSettings{LinkPolicy: "all"}, "https://a.example", "own", "", []string{"link_policy.unknown"}},
		"bad URL":        {rawSettings{GatewayURL: "g.example"}, "https://a.example", "confirm", "", []string{"gateway_url.refused"}},
		"no site":        {rawSettings{}, "", "confirm", "", []string{"site_url.unset"}},
		"all of it":      {rawSettings{GatewayURL: "x", LinkPolicy: "y"}, "", "own", "", []string{"site_url.unset", "gateway_url.refused", "link_policy.unknown"}},
	} {
		c := configure(row.raw, serverConfig(row.site))
		if c.policy != row.policy || c.gatewayURL != row.url || len(c.problems) != len(row.codes) {
			t.Errorf("%s: %+v", name, c)
			continue
		}
		for i, code := range row.codes {
			if c.problems[i].Code != code || c.problems[i].Message == "" {
				t.Errorf("%s: %+v", name, c.problems[i])
			}
		}
	}
}

func TestTheLookBackIsANumberOfMinutesWithinADay(t *testing.T) {
	for value, want := range map[any]time.Duration{nil: 0, "": 0, 0.0: 0, 90.0: 90 * time.Minute, "15": 15 * time.Minute, 1440.0: maxLookback} {
		if c := configure(rawSettings{LookbackMinutes: value}, serverConfig("https://a.example")); c.lookback != want || len(c.problems) > 0 {
			t.Errorf("%v: %v %+v", value, c.lookback, c.problems)
		}
	}
	for _, value := range []any{-1.0, 1441.0, "soon", 1.5, true, []any{}} {
		c := configure(rawSettings{LookbackMinutes: value}, serverConfig("https://a.example"))
		if c.lookback != 0 || len(c.problems) != 1 || c.problems[0].Code != "lookback.out_of_range" {
			t.Errorf("%v: %v %+v", value, c.lookback, c.problems)
		}
	}
}

func TestTeamsNarrowChannelsButNeverDirectOnes(t *testing.T) {
	c := configure(rawSettings{Teams: " Engineering,support\nhelp "}, serverConfig("https://a.example"))
	for name, want := range map[string]bool{"engineering": true, "support": true, "help": true, "sales": false, "": false} {
		if c.lets(event.Channel{Type: "O", TeamID: "team", TeamName: name}) != want {
			t.Errorf("team %q: not %v", name, want)
		}
	}
	if !c.lets(event.Channel{Type: "D"}) || !c.lets(event.Channel{Type: "G"}) {
		t.Error("a direct message is held back")
	}
	if !configure(rawSettings{}, nil).lets(event.Channel{Type: "P", TeamID: "team", TeamName: "any"}) {
		t.Error("no teams means none")
	}
}

func TestTheSettingsOfCommandsFailClosed(t *testing.T) {
	if c := configure(rawSettings{}, serverConfig("https://a.example")); !c.commands || c.answersVisible || c.keepFor != time.Hour || len(c.problems) > 0 {
		t.Errorf("%+v", c)
	}
	whole := configure(rawSettings{Commands: model.NewPointer(false), CommandsOff: "/oc_new, weather", CommandAnswers: "visible", KeepMinutes: "5"}, serverConfig("https://a.example"))
	if whole.commands || !whole.answersVisible || whole.keepFor != 5*time.Minute || len(whole.commandsOff) != 2 || whole.commandsOff[0] != "new" {
		t.Errorf("%+v", whole)
	}
	for _, value := range []any{0.0, 1441.0, "soon", -1.0} {
		c := configure(rawSettings{KeepMinutes: value, CommandAnswers: "all"}, serverConfig("https://a.example"))
		if c.keepFor != time.Hour || c.answersVisible || len(c.problems) != 2 {
			t.Errorf("%v: %v %+v", value, c.keepFor, c.problems)
		}
	}
}
