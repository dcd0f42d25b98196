package main

import (
	"testing"

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
