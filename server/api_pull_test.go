package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/testkit"
)

// pullAs asks for events, with a receipt if there is one.
func pullAs(p *Plugin, user, gateway, query, receipt string) *httptest.ResponseRecorder {
	method := http.MethodGet
	if receipt != "" {
		method = http.MethodPost
	}
	request := httptest.NewRequest(method, "/api/v1/events"+query, strings.NewReader(receipt))
	request.Header.Set("Mattermost-User-Id", user)
	request.Header.Set("X-OpenClaw-Gateway", gateway)
	recorder := httptest.NewRecorder()
	p.ServeHTTP(nil, recorder, request)
	return recorder
}

func TestAPullBringsSignedDeliveriesAndTakesReceipts(t *testing.T) {
	p := activate(t, newFakeServer(t))
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, hello(""))
	post := aPost(anna)
	p.MessageHasBeenPosted(nil, post)
	first := pullAs(p, ownBot, "gateway-0001", "?wait=10", "")
	var body struct{ Events []event.Event }
	if err := json.Unmarshal(first.Body.Bytes(), &body); err != nil || first.Code != http.StatusOK || body.Events[0].ID != "post.created:"+post.Id {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	if err := testkit.Check(t, testkit.Schema(t, "delivery"), json.RawMessage(first.Body.Bytes())); err != nil {
		t.Error(err)
	}
	if first.Header().Get("X-OpenClaw-Signature") == "" || len(first.Header().Get("X-OpenClaw-Delivery")) != 32 {
		t.Errorf("%v", first.Header())
	}
	receipt, _ := json.Marshal(map[string]any{
		"delivery": first.Header().Get("X-OpenClaw-Delivery"), "acked": []string{"post.created:" + post.Id}, "failed": []string{},
	})
	if err := testkit.Check(t, testkit.Schema(t, "pull-ack"), json.RawMessage(receipt)); err != nil {
		t.Error(err)
	}
	if next := pullAs(p, ownBot, "gateway-0001", "?wait=0", string(receipt)); next.Code != http.StatusNoContent {
		t.Errorf("%d %s", next.Code, next.Body)
	}
	said := ask(p, http.MethodGet, "/api/v1/status", ownBot, nil).Body
	for _, want := range []string{`"state":"ready"`, `"transport":"pull"`, `"delivered":1`, `"pending":0`} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%s is missing in %s", want, said)
		}
	}
	if err := testkit.Check(t, testkit.Schema(t, "welcome"), json.RawMessage(said.Bytes())); err != nil {
		t.Error(err)
	}
}

func TestAPullIsRefusedInTheWordsOfTheContract(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	ask(p, http.MethodPost, "/api/v1/hello", otherBot, hello(""))
	settled(p)
	schema := testkit.Schema(t, "refusal")
	for name, row := range map[string]struct {
		user, gateway, query, receipt string
		status                        int
		code                          string
	}{
		"nobody":           {"", "gateway-0001", "", "", 401, "login.required"},
		"a person":         {anna, "gateway-0001", "", "", 403, "bot.required"},
		"a pending bot":    {otherBot, "gateway-0001", "", "", 403, "link.pending"},
		"another gateway":  {ownBot, "gateway-0002", "", "", 409, "gateway.other"},
		"no gateway":       {ownBot, "", "", "", 409, "gateway.other"},
		"too long a wait":  {ownBot, "gateway-0001", "?wait=26", "", 422, "body.schema"},
		"no number":        {ownBot, "gateway-0001", "?wait=1.5", "", 422, "body.schema"},
		"no JSON":          {ownBot, "gateway-0001", "", "{", 400, "body.json"},
		"no receipt":       {ownBot, "gateway-0001", "", `{"delivery":"0123456789abcdef"}`, 422, "body.schema"},
		"too large":        {ownBot, "gateway-0001", "", strings.Repeat(" ", 64<<10+1), 413, "body.too_large"},
		"a proven webhook": {ownBot, "gateway-0001", "?wait=25", "", 409, "transport.webhook"},
	} {
		if name == "a proven webhook" {
			ask(p, http.MethodPost, "/api/v1/admin/links/"+ownBot+"/test", admin, nil)
		}
		answer := pullAs(p, row.user, row.gateway, row.query, row.receipt)
		if answer.Code != row.status || !strings.Contains(answer.Body.String(), `"`+row.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", name, answer.Code, answer.Body, row.status, row.code)
		}
		if err := testkit.Check(t, schema, json.RawMessage(answer.Body.Bytes())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	put := ask(p, http.MethodPut, "/api/v1/events", ownBot, nil)
	if put.Code != http.StatusMethodNotAllowed || put.Header().Get("Allow") != "GET, POST" {
		t.Errorf("%d %v", put.Code, put.Header())
	}
	unknown := hello("")
	unknown["transport"] = "pigeon"
	if answer := ask(p, http.MethodPost, "/api/v1/hello", ownBot, unknown); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func TestAPulledPingLeavesTheVerifiedAddressAlone(t *testing.T) {
	p, _ := linked(t, newFakeServer(t))
	ask(p, http.MethodPost, "/api/v1/admin/links/"+ownBot+"/test", admin, nil)
	wanting := hello("")
	wanting["transport"] = "pull"
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, wanting)
	pullAs(p, ownBot, "gateway-0001", "", "")
	tested := make(chan string)
	go func() {
		tested <- ask(p, http.MethodPost, "/api/v1/admin/links/"+ownBot+"/test", admin, nil).Body.String()
	}()
	var body struct{ Events []event.Event }
	if err := json.Unmarshal(pullAs(p, ownBot, "gateway-0001", "?wait=10", "").Body.Bytes(), &body); err != nil || body.Events[0].Ping == nil {
		t.Fatal(err, body.Events)
	}
	ask(p, http.MethodPost, "/api/v1/challenge", ownBot, map[string]string{"challenge": body.Events[0].Ping.Challenge})
	if said := <-tested; !strings.Contains(said, `"ok":true`) || !strings.Contains(said, `"name":"pull"`) {
		t.Error(said)
	}
	if record, _ := p.book.Get(ownBot); record.VerifiedURL == "" {
		t.Error("the address has to prove itself again")
	}
}
