package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"mattermost-plugin-openclaw/server/testkit"
)

func TestEveryRouteLetsInWhomItShould(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	schema := testkit.Schema(t, "refusal")
	callers := map[string]string{"nobody": "", "user": anna, "other bot": otherBot, "linked bot": ownBot, "admin": admin}
	allowed := map[access][]string{
		anyone: {"nobody", "user", "other bot", "linked bot", "admin"},
		bots:   {"other bot", "linked bot"},
		admins: {"admin"},
	}
	for _, row := range p.table() {
		path := strings.Replace(row.pattern, "{bot}", otherBot, 1)
		for name, user := range callers {
			answer := ask(p, row.method, path, user, nil)
			wanted := false
			for _, in := range allowed[row.access] {
				wanted = wanted || in == name
			}
			if in := answer.Code != http.StatusUnauthorized && answer.Code != http.StatusForbidden; in != wanted {
				t.Errorf("%s %s as %s: %d", row.method, path, name, answer.Code)
			}
			if answer.Code == http.StatusInternalServerError {
				t.Errorf("%s %s as %s: %s", row.method, path, name, answer.Body)
			}
			if answer.Code >= 400 && testkit.Check(t, schema, json.RawMessage(answer.Body.Bytes())) != nil {
				t.Errorf("%s %s as %s is refused with %s", row.method, path, name, answer.Body)
			}
		}
	}
}

func TestEveryRouteBoundsItsBodyAndItsMethod(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	users := map[access]string{anyone: "", bots: ownBot, admins: admin}
	for _, row := range p.table() {
		path := strings.Replace(row.pattern, "{bot}", ownBot, 1)
		answer := ask(p, row.method, path, users[row.access], strings.Repeat(" ", int(row.maxBytes)+1))
		if answer.Code != http.StatusRequestEntityTooLarge || row.maxBytes > 64<<10 {
			t.Errorf("%s: %d", path, answer.Code)
		}
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodOptions} {
			if method == row.method {
				continue
			}
			answer := ask(p, method, path, users[row.access], nil)
			if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") != row.method {
				t.Errorf("%s %s: %d", method, path, answer.Code)
			}
		}
	}
}

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
	before := server.Writes()
	for range 3 {
		ask(p, http.MethodPost, "/api/v1/hello", ownBot, hello(""))
	}
	ask(p, http.MethodGet, "/api/v1/status", ownBot, nil)
	if server.Writes() != before {
		t.Errorf("%d more writes", server.Writes()-before)
	}
}
