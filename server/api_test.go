package main

import (
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/testkit"
)

func TestRefusalsHaveTheCodesOfTheContract(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	other := hello("")
	other["protocols"] = []int{2}
	mistyped := hello("")
	mistyped["account"] = 5
	broken := hello("")
	broken["gateway_id"] = "x"
	for name, row := range map[string]struct {
		path, user string
		body       any
		status     int
		code       string
	}{
		"unknown route":     {"/api/v1/nothing", admin, nil, 404, "route.unknown"},
		"unclean route":     {"/api/v1//hello", ownBot, nil, 404, "route.unknown"},
		"root":              {"/", "", nil, 404, "route.unknown"},
		"nobody":            {"/api/v1/hello", "", nil, 401, "login.required"},
		"user":              {"/api/v1/hello", anna, nil, 403, "bot.required"},
		"no admin":          {"/api/v1/keys/rotate", anna, nil, 403, "admin.required"},
		"no JSON":           {"/api/v1/hello", ownBot, "{", 400, "body.json"},
		"trailing JSON":     {"/api/v1/hello", ownBot, "{} {}", 400, "body.json"},
		"no body":           {"/api/v1/hello", ownBot, nil, 422, "body.schema"},
		"another type":      {"/api/v1/hello", ownBot, mistyped, 422, "body.schema"},
		"a broken field":    {"/api/v1/hello", ownBot, broken, 422, "body.schema"},
		"another protocol":  {"/api/v1/hello", ownBot, other, 409, "protocol.unsupported"},
		"unknown challenge": {"/api/v1/challenge", ownBot, `{"challenge":"0123456789abcdef"}`, 404, "challenge.unknown"},
		"short challenge":   {"/api/v1/challenge", ownBot, `{"challenge":"0"}`, 422, "body.schema"},
		"unknown link":      {"/api/v1/admin/links/" + otherBot + "/confirm", admin, nil, 404, "link.unknown"},
		"unknown to test":   {"/api/v1/admin/links/" + otherBot + "/test", admin, nil, 404, "link.unknown"},
		"unknown to remove": {"/api/v1/admin/links/" + otherBot + "/remove", admin, nil, 404, "link.unknown"},
		"a public http URL": {"/api/v1/admin/links/" + ownBot + "/confirm", admin, `{"url":"http://203.0.113.7"}`, 422, "body.schema"},
	} {
		answer := ask(p, http.MethodPost, row.path, row.user, row.body)
		if answer.Code != row.status || !strings.Contains(answer.Body.String(), `"`+row.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", name, answer.Code, answer.Body, row.status, row.code)
		}
	}
}

func TestAnswersAreAsTheContractSays(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	for path, name := range map[string]string{"/api/v1/status": "welcome", "/api/v1/jwks.json": "jwks"} {
		answer := ask(p, http.MethodGet, path, otherBot, nil)
		if err := testkit.Check(t, testkit.Schema(t, name), json.RawMessage(answer.Body.Bytes())); err != nil || answer.Code != http.StatusOK {
			t.Errorf("%s: %v", path, err)
		}
	}
	answer := ask(p, http.MethodPost, "/api/v1/hello", ownBot, hello(a.URL))
	if err := testkit.Check(t, testkit.Schema(t, "welcome"), json.RawMessage(answer.Body.Bytes())); err != nil {
		t.Error(err)
	}
	var status struct {
		PluginVersion string `json:"plugin_version"`
		Links         []struct {
			Bot struct {
				UserID string `json:"user_id"`
				Own    bool
			}
			URL         string
			LastHelloAt int64          `json:"last_hello_at"`
			DeadLetters *[]interface{} `json:"dead_letters"`
		}
	}
	answer = ask(p, http.MethodGet, "/api/v1/admin/status", admin, nil)
	if err := json.Unmarshal(answer.Body.Bytes(), &status); err != nil || status.PluginVersion == "" || len(status.Links) != 1 {
		t.Fatalf("%v %s", err, answer.Body)
	}
	if own := status.Links[0]; own.Bot.UserID != ownBot || !own.Bot.Own || own.URL != a.URL || own.LastHelloAt == 0 || own.DeadLetters == nil {
		t.Errorf("%s", answer.Body)
	}
	answer = ask(p, http.MethodPost, "/api/v1/admin/token", admin, nil)
	if !strings.Contains(answer.Body.String(), `"token":"secret-token-of-`+ownBot+`"`) || answer.Header().Get("Cache-Control") != "no-store" {
		t.Error(answer.Body)
	}
}

func TestAHelloChangesNothingTheSecondTime(t *testing.T) {
	server := newFakeServer(t)
	p := activate(t, server)
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, hello(""))
	before := server.Writes("links")
	for range 3 {
		ask(p, http.MethodPost, "/api/v1/hello", ownBot, hello(""))
	}
	ask(p, http.MethodGet, "/api/v1/status", ownBot, nil)
	if after := server.Writes("links"); after != before {
		t.Errorf("%d more writes", after-before)
	}
}

func TestRevokingTellsEveryGatewayAtOnce(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	post := aPost(anna)
	p.MessageHasBeenPosted(nil, post)
	a.next(t)
	before := p.keys.JWKS().Keys[0].KID
	pings := a.pings.Load()
	answer := ask(p, http.MethodPost, "/api/v1/keys/revoke", admin, nil)
	if set := p.keys.JWKS().Keys; answer.Code != http.StatusOK || len(set) != 1 || set[0].KID == before || !strings.Contains(answer.Body.String(), set[0].KID) {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	for deadline := time.Now().Add(10 * time.Second); a.pings.Load() == pings; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the gateway was sent no ping")
		}
	}
}
