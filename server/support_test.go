package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestMetricsAreForAdminsAndCountWhatHappened(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	p.MessageHasBeenPosted(nil, aPost(anna))
	a.next(t)
	page := func() string { return ask(p, http.MethodGet, "/api/v1/metrics", admin, nil).Body.String() }
	wanted := []string{
		`openclaw_link_up{bot="` + ownBot + `"} 1`, `openclaw_events_delivered_total{bot="` + ownBot + `"} 1`,
		`openclaw_attempts_total{bot="` + ownBot + `",answer="ok"}`, `openclaw_kept{state="dead"} 0`,
		"openclaw_goroutines ", "# TYPE openclaw_backlog_age_seconds gauge", "# TYPE openclaw_lane_holds_total counter",
	}
	until(t, "everything is counted", func() bool {
		text := page()
		for _, line := range wanted {
			if !strings.Contains(text, line) {
				return false
			}
		}
		return true
	})
	for user, status := range map[string]int{"": http.StatusUnauthorized, anna: http.StatusForbidden, ownBot: http.StatusForbidden} {
		if answer := ask(p, http.MethodGet, "/api/v1/metrics", user, nil); answer.Code != status {
			t.Errorf("%q: %d", user, answer.Code)
		}
	}
	if answer := ask(p, http.MethodPost, "/api/v1/metrics", admin, nil); answer.Code != http.StatusMethodNotAllowed {
		t.Error(answer.Code)
	}
}

func TestTheSupportPacketHasStatesAndCountsAndNoTextOfAnybody(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	post := aPost(anna)
	post.Message = "a secret of anna"
	p.MessageHasBeenPosted(nil, post)
	a.next(t)
	files, err := p.GenerateSupportData(nil)
	if err != nil || len(files) != 1 || files[0].Filename != "com.openclaw.mattermost.json" {
		t.Fatalf("%+v %v", files, err)
	}
	text := string(files[0].Body)
	for _, wanted := range []string{`"link_policy": "confirm"`, `"attempts"`, `"state": "linked"`} {
		if !strings.Contains(text, wanted) {
			t.Errorf("%s is missing in %s", wanted, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Error(text)
	}
}
