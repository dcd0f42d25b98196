package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mattermost-plugin-openclaw/server/testkit"
)

// guest is a user like any other to the plugin: what a guest may see, Mattermost decides by membership.
const guest = "user00000000000000000guest"

// callers are all kinds of them. Mattermost itself sets the user id, and takes away one that was sent, or that came by a
// session without its CSRF token: then the caller is nobody.
var callers = []struct {
	name, user string
	mayCall    []access
}{
	{"nobody", "", []access{anyone}},
	{"user", anna, []access{anyone, members}},
	{"guest", guest, []access{anyone, members}},
	{"other bot", otherBot, []access{anyone, members, bots}},
	{"linked bot", ownBot, []access{anyone, members, bots}},
	{"admin", admin, []access{anyone, members, admins}},
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// addressOf fills a pattern with an id that is nobody's.
func addressOf(row route) string { return placeholder.ReplaceAllString(row.pattern, otherBot) }

func TestEveryRouteLetsInWhomItShould(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	schema := testkit.Schema(t, "refusal")
	for _, row := range p.table() {
		for _, caller := range callers {
			answer := ask(p, row.method, addressOf(row), caller.user, nil)
			shut := regexp.MustCompile(`"(login|bot|admin)\.required"`).MatchString(answer.Body.String())
			if shut == slices.Contains(caller.mayCall, row.access) {
				t.Errorf("%s %s as %s: %d", row.method, row.pattern, caller.name, answer.Code)
			}
			if answer.Code == http.StatusInternalServerError {
				t.Errorf("%s %s as %s: %s", row.method, row.pattern, caller.name, answer.Body)
			}
			// One document and no more: nothing is written after a refusal.
			if answer.Code >= 400 && testkit.Check(t, schema, json.RawMessage(answer.Body.Bytes())) != nil {
				t.Errorf("%s %s as %s is refused with %s", row.method, row.pattern, caller.name, answer.Body)
			}
		}
	}
}

// What an address is for says who may call it, so that a new row cannot open an old door.
func TestOpenAndAdminRoutesAreNamedAsWhatTheyAre(t *testing.T) {
	p := activate(t, newFakeServer(t))
	for _, row := range p.table() {
		isAdmins := strings.HasPrefix(row.pattern, "/api/v1/admin/") || strings.HasPrefix(row.pattern, "/api/v1/keys/") ||
			row.pattern == "/api/v1/metrics"
		if isAdmins != (row.access == admins) {
			t.Errorf("%s: an admin route begins with admin or keys, and nothing else does", row.pattern)
		}
		if row.access == anyone && row.pattern != "/api/v1/jwks.json" {
			t.Errorf("%s is open to the world", row.pattern)
		}
		if row.method == http.MethodGet && row.maxBytes > 0 {
			t.Errorf("%s reads a body of a GET, which needs no CSRF token", row.pattern)
		}
	}
}

func TestNoRouteIsServedBesideTheTable(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") || file == "api.go" {
			continue
		}
		if strings.Contains(string(raw), "HandleFunc(") || strings.Contains(string(raw), "ServeMux") {
			t.Errorf("%s serves an address that is not in the table of api.go", file)
		}
	}
}

func TestEveryRouteBoundsItsBodyAndItsMethod(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	users := map[access]string{anyone: "", bots: ownBot, members: anna, admins: admin}
	allowed := map[string][]string{}
	for _, row := range p.table() {
		allowed[row.pattern] = append(allowed[row.pattern], row.method)
	}
	for _, row := range p.table() {
		answer := ask(p, row.method, addressOf(row), users[row.access], strings.Repeat(" ", int(row.maxBytes)+1))
		if answer.Code != http.StatusRequestEntityTooLarge || row.maxBytes > 64<<10 {
			t.Errorf("%s: %d", row.pattern, answer.Code)
		}
		if row.method == http.MethodPost {
			if answer := ask(p, row.method, addressOf(row), users[row.access], "[["); answer.Code != http.StatusBadRequest {
				t.Errorf("%s takes what is no JSON: %d", row.pattern, answer.Code)
			}
		}
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodOptions} {
			if slices.Contains(allowed[row.pattern], method) {
				continue
			}
			answer := ask(p, method, addressOf(row), users[row.access], nil)
			if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") != strings.Join(allowed[row.pattern], ", ") {
				t.Errorf("%s %s: %d", method, row.pattern, answer.Code)
			}
		}
	}
}

// FuzzRoutes holds that no request, by whomever, is answered with a fault, or with anything but JSON.
func FuzzRoutes(f *testing.F) {
	for _, body := range []string{"", "{}", "null", `{"url":5}`, `{"texts":[""]}`, "[[[[", `{"protocols":[1]}`} {
		f.Add("/api/v1/hello", body, 0)
		f.Add("/api/v1/admin/links/x/confirm", body, 5)
		f.Add("/api/v1/events?wait=0", body, 4)
		f.Add("/api/v1/commands/x/answer", body, 4)
	}
	f.Add("/api/v1/%2e%2e/keys/rotate", "", 1)
	f.Add("/api/v1/choices/oc/%00", "", 1)
	f.Fuzz(func(t *testing.T, address, body string, who int) {
		if !strings.HasPrefix(address, "/") || strings.ContainsAny(address, " \t\r\n\x00") {
			return
		}
		if _, err := http.NewRequest(http.MethodPost, address, nil); err != nil || strings.Contains(address, "wait=") && !strings.Contains(address, "wait=0") {
			return
		}
		p := activate(t, newFakeServer(t))
		caller := callers[(who%len(callers)+len(callers))%len(callers)]
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			answer := ask(p, method, address, caller.user, body)
			if answer.Code >= 500 || answer.Body.Len() > 0 && !json.Valid(answer.Body.Bytes()) && !strings.HasPrefix(answer.Body.String(), "# HELP") {
				t.Errorf("%s %s as %s: %d %s", method, address, caller.name, answer.Code, answer.Body)
			}
		}
	})
}
