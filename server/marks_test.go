package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/testkit"
)

// greet says hello with a mark and returns the one of the answer.
func greet(t *testing.T, p *Plugin, bot string, seen int64) int64 {
	t.Helper()
	said := hello("")
	said["seen_mark"] = seen
	answer := ask(p, http.MethodPost, "/api/v1/hello", bot, said)
	var welcome struct{ Mark int64 }
	if err := json.Unmarshal(answer.Body.Bytes(), &welcome); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	if err := testkit.Check(t, testkit.Schema(t, "welcome"), json.RawMessage(answer.Body.Bytes())); err != nil {
		t.Error(err)
	}
	return welcome.Mark
}

func statusHas(p *Plugin, code string) bool {
	return strings.Contains(ask(p, http.MethodGet, "/api/v1/admin/status", admin, nil).Body.String(), `"`+code+`"`)
}

func TestADatabaseThatWasSetBackIsNoticedOnceAndItsKeysAreRevoked(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	mark := greet(t, p, ownBot, 0)
	if mark == 0 {
		t.Fatal("there is no mark")
	}
	if greet(t, p, ownBot, mark) < mark || statusHas(p, "database.set_back") {
		t.Error("a gateway that remembers what it was told says nothing new")
	}
	old := p.keys.JWKS().Keys[0].KID
	// The database is an hour older than what the gateway remembers.
	if next := greet(t, p, ownBot, mark+6); next < mark+6 {
		t.Errorf("%d after %d", next, mark+6)
	}
	set := p.keys.JWKS().Keys
	if len(set) != 1 || set[0].KID == old || !statusHas(p, "database.set_back") {
		t.Error("it was not noticed, or an old key is trusted still")
	}
	// A gateway that goes on claiming such things cannot make the keys change again and again.
	greet(t, p, ownBot, mark+100)
	if p.keys.JWKS().Keys[0].KID != set[0].KID {
		t.Error("the keys were revoked twice")
	}
	// No challenge is on its way when the hours pass.
	a.Close()
	server.pass(setBackShown + time.Hour)
	if statusHas(p, "database.set_back") {
		t.Error("it is told for ever")
	}
}

func TestABotThatIsNotLinkedCannotClaimThatTheDatabaseWasSetBack(t *testing.T) {
	p := activate(t, newFakeServer(t))
	before := p.keys.JWKS().Keys[0].KID
	if mark := greet(t, p, otherBot, 1<<40); mark != 0 || p.keys.JWKS().Keys[0].KID != before || statusHas(p, "database.set_back") {
		t.Errorf("a pending bot was believed, and got the mark %d", mark)
	}
}

// Fields that one of the two does not know yet are left out, or ignored.
func TestAnOlderAndANewerAdapterAreUnderstood(t *testing.T) {
	p := activate(t, newFakeServer(t))
	older := map[string]any{
		"protocols": []int{1}, "gateway_id": "gateway-0001", "account": "default", "adapter_version": "0.1.0", "sent_at": 1,
	}
	newer := hello("")
	newer["protocols"], newer["adapter_version"] = []int{3, 2, 1}, "9.0.0"
	newer["what_nobody_knows_yet"] = map[string]any{"deep": []int{1}}
	newer["capabilities"] = []string{"future"}
	for name, said := range map[string]map[string]any{"older": older, "newer": newer} {
		if answer := ask(p, http.MethodPost, "/api/v1/hello", ownBot, said); answer.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
	newer["protocols"] = []int{2, 3}
	answer := ask(p, http.MethodPost, "/api/v1/hello", ownBot, newer)
	if answer.Code != http.StatusConflict || !strings.Contains(answer.Body.String(), "upgrade the older of the two") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}
