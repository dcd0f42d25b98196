package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/keep"
	"mattermost-plugin-openclaw/server/link"
	"mattermost-plugin-openclaw/server/testkit"
)

// greeting is a hello with a catalogue.
func greeting(url string, names ...string) map[string]any {
	said, specs := hello(url), []map[string]any{}
	for _, name := range names {
		specs = append(specs, map[string]any{"name": name, "description": "Does " + name, "args": []map[string]any{
			{"name": "value", "description": "A value", "choices": []map[string]string{{"value": name + "-a"}, {"value": name + "-b"}}},
			{"name": "rest", "description": "More", "rest": true},
		}})
	}
	said["catalogue"] = specs
	return said
}

// commanded is a linked plugin whose gateway serves status, model and stop.
func commanded(t *testing.T) (*fakeServer, *Plugin, *adapter) {
	t.Helper()
	server := newFakeServer(t)
	p, a := linked(t, server)
	if answer := ask(p, http.MethodPost, "/api/v1/hello", ownBot, greeting(a.URL, "status", "model", "stop")); answer.Code != http.StatusOK {
		t.Fatal(answer.Body)
	}
	return server, p, a
}

func invoke(t *testing.T, p *Plugin, command string) *model.CommandResponse {
	t.Helper()
	response, appErr := p.ExecuteCommand(nil, &model.CommandArgs{UserId: anna, ChannelId: channel, Command: command})
	if appErr != nil {
		t.Error(appErr)
	}
	return response
}

// until waits for what happens within milliseconds, or never.
func until(t *testing.T, what string, probe func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !probe(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("in vain: " + what)
		}
	}
}

func kept(t *testing.T, p *Plugin) []keep.Item {
	t.Helper()
	items, err := p.kept.All()
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func reply(p *Plugin, bot, id string, texts ...string) int {
	return ask(p, http.MethodPost, "/api/v1/commands/"+id+"/answer", bot, map[string]any{"texts": texts}).Code
}

func TestTheCommandsOfAGatewayAreOfferedUntilAnAdminSwitchesThemOff(t *testing.T) {
	server, p, _ := commanded(t)
	if got := server.offered(); !slices.Equal(got, []string{"oc", "oc_model", "oc_status", "oc_stop"}) {
		t.Errorf("%v", got)
	}
	list := invoke(t, p, "/oc").Text
	if !strings.Contains(list, "/oc_model [value] [rest]") || !strings.Contains(invoke(t, p, "/oc oc_model").Text, "`model-b`") {
		t.Error(list)
	}
	server.configure(p, func(s *rawSettings) { s.CommandsOff = "/oc_model, stop" })
	if got := server.offered(); !slices.Equal(got, []string{"oc", "oc_status"}) {
		t.Errorf("%v", got)
	}
	if text := invoke(t, p, "/oc_model x").Text; !strings.Contains(text, "switched") {
		t.Error(text)
	}
	server.configure(p, func(s *rawSettings) { s.Commands = model.NewPointer(false) })
	if got := server.offered(); len(got) > 0 {
		t.Errorf("%v", got)
	}
	if text := invoke(t, p, "/oc_status").Text; !strings.Contains(text, "switched") || len(kept(t, p)) > 0 {
		t.Error(text)
	}
}

func TestCommandsStayWhileTheGatewayIsAway(t *testing.T) {
	server, p, _ := commanded(t)
	_ = p.OnDeactivate()
	server.forgetCommands()
	activate(t, server)
	if got := server.offered(); len(got) != 4 {
		t.Errorf("%v", got)
	}
}

func TestChoicesAreThoseOfTheMoment(t *testing.T) {
	_, p, a := commanded(t)
	choices := func(path string) (items []model.AutocompleteListItem) {
		answer := ask(p, http.MethodGet, "/api/v1/choices/"+path+"?channel_id="+channel, anna, nil)
		if err := json.Unmarshal(answer.Body.Bytes(), &items); err != nil {
			t.Fatal(answer.Body)
		}
		return items
	}
	if items := choices("oc_model/value"); len(items) != 2 || items[1].Item != "model-b" {
		t.Errorf("%+v", items)
	}
	if items := choices("oc/command"); len(items) != 3 || items[0].Item != "model" {
		t.Errorf("%+v", items)
	}
	changed := greeting(a.URL, "model")
	changed["catalogue"].([]map[string]any)[0]["args"].([]map[string]any)[0]["choices"] = []map[string]string{{"value": "new"}}
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, changed)
	if items := choices("oc_model/value"); len(items) != 1 || items[0].Item != "new" {
		t.Errorf("%+v", items)
	}
	if answer := ask(p, http.MethodGet, "/api/v1/choices/oc_model/value", "", nil); answer.Code != http.StatusUnauthorized {
		t.Error(answer.Code)
	}
}

func TestACommandIsStoredThenDeliveredAndItsAnswerShownToTheAskerAlone(t *testing.T) {
	server, p, a := commanded(t)
	done := make(chan *model.CommandResponse)
	go func() { done <- invoke(t, p, "/oc_model  stub/echo-1 ") }()
	e := a.next(t)
	if e.ID != "command.invoked:"+e.Command.ID || e.Lane != channel || e.Command.Trigger != "oc_model" || e.Command.Text != "stub/echo-1" || e.Actor.ID != anna {
		t.Errorf("%+v %+v", e, e.Command)
	}
	if err := testkit.Check(t, testkit.Schema(t, "event"), e); err != nil {
		t.Error(err)
	}
	if items := kept(t, p); len(items) != 1 || items[0].ID != e.Command.ID {
		t.Errorf("%+v", items)
	}
	if got := reply(p, otherBot, e.Command.ID, "forged"); got != http.StatusNotFound {
		t.Errorf("another bot answered: %d", got)
	}
	if got := reply(p, ownBot, e.Command.ID, "the model is set", "and more"); got != http.StatusNoContent {
		t.Error(got)
	}
	if response := <-done; response.Text != "" {
		t.Error(response.Text)
	}
	if texts := server.privately(); len(texts) != 2 || len(server.posted()) > 0 || len(kept(t, p)) > 0 {
		t.Errorf("%v %v", texts, server.posted())
	}
	if got := reply(p, ownBot, e.Command.ID, "again"); got != http.StatusNotFound || len(server.privately()) != 2 {
		t.Errorf("an answer counted twice: %d", got)
	}
}

func TestAnswersAreVisibleWhereTheAdminSaysSo(t *testing.T) {
	server, p, a := commanded(t)
	server.configure(p, func(s *rawSettings) { s.CommandAnswers = "visible" })
	go invoke(t, p, "/oc_status")
	reply(p, ownBot, a.next(t).Command.ID, "all is well")
	if posts := server.posted(); len(posts) != 1 || posts[0] != channel+"  all is well" {
		t.Errorf("%v", posts)
	}
}

func TestACommandInAThreadStaysThereAndStopHasALaneOfItsOwn(t *testing.T) {
	server, p, a := commanded(t)
	root := aPost(anna)
	child := aPost(anna)
	child.RootId = root.Id
	elsewhere := aPost(anna)
	elsewhere.ChannelId = elsewhen
	server.put(root, child, elsewhere)
	for rootID, want := range map[string]string{root.Id: root.Id, child.Id: root.Id, elsewhere.Id: "", "": ""} {
		go func() {
			_, _ = p.ExecuteCommand(nil, &model.CommandArgs{UserId: anna, ChannelId: channel, RootId: rootID, Command: "/oc_stop"})
		}()
		e := a.next(t)
		if e.ThreadRoot != want || e.Lane != channel+":stop" {
			t.Errorf("%s: %+v", rootID, e.Place)
		}
		reply(p, ownBot, e.Command.ID, "stopped")
	}
}

func TestASlowCommandSaysSoAndIsReplaced(t *testing.T) {
	server, p, a := commanded(t)
	invoke(t, p, "/oc_status")
	if texts := server.privately(); len(texts) != 1 || texts[0] != "Working on `/oc_status` …" {
		t.Errorf("%v", texts)
	}
	reply(p, ownBot, a.next(t).Command.ID, "all is well")
	if texts := server.privately(); len(texts) != 1 || texts[0] != "all is well" {
		t.Errorf("%v", texts)
	}
}

func TestACommandIsKeptWhileTheGatewayIsAwayAlsoByARestartedPlugin(t *testing.T) {
	server, p, a := commanded(t)
	a.Close()
	invoke(t, p, "/oc_status")
	if texts := server.privately(); len(texts) != 1 || !strings.Contains(texts[0], "is kept and runs when the gateway is back within 60 minutes") {
		t.Errorf("%v", texts)
	}
	if items := kept(t, p); len(items) != 1 || items[0].State != keep.Waiting {
		t.Fatalf("%+v", items)
	}
	_ = p.OnDeactivate()
	p = activate(t, server)
	back := startAdapter(t, p, ownBot)
	server.configure(p, func(s *rawSettings) { s.GatewayURL = back.URL })
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, greeting(back.URL, "status"))
	reply(p, ownBot, back.next(t).Command.ID, "all is well")
	if texts := server.privately(); len(texts) != 1 || texts[0] != "all is well" {
		t.Errorf("%v", texts)
	}
}

func TestACommandThatExpiresIsADeadLetterThatAnAdminCanReplay(t *testing.T) {
	server, p, a := commanded(t)
	a.Close()
	invoke(t, p, "/oc_status")
	server.pass(61 * time.Minute)
	p.tendOnce()
	if texts := server.privately(); len(texts) != 1 || !strings.Contains(texts[0], "could not be reached for 61 minutes, so `/oc_status` was not run") {
		t.Errorf("%v", texts)
	}
	items := kept(t, p)
	if len(items) != 1 || items[0].State != keep.Dead || items[0].Code != "expired" {
		t.Fatalf("%+v", items)
	}
	back := startAdapter(t, p, ownBot)
	server.configure(p, func(s *rawSettings) { s.GatewayURL = back.URL })
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, greeting(back.URL, "status"))
	p.tendOnce()
	if len(back.stored) > 0 {
		t.Error("an expired command was run")
	}
	replay := "/api/v1/admin/kept/" + items[0].ID + "/replay"
	if answer := ask(p, http.MethodPost, replay, anna, nil); answer.Code != http.StatusForbidden {
		t.Error(answer.Code)
	}
	if answer := ask(p, http.MethodPost, replay, admin, nil); answer.Code != http.StatusNoContent {
		t.Error(answer.Code, answer.Body)
	}
	e := back.next(t)
	if answer := ask(p, http.MethodPost, replay, admin, nil); answer.Code != http.StatusConflict {
		t.Error(answer.Code)
	}
	reply(p, ownBot, e.Command.ID, "all is well")
	if posts := server.posted(); len(posts) != 2 || !strings.HasSuffix(posts[1], "all is well") || !strings.HasPrefix(posts[0], "direct") {
		t.Errorf("a late answer is not brought to the user: %v", posts)
	}
	if len(kept(t, p)) > 0 {
		t.Error("it is still kept")
	}
}

func TestADeliveredCommandThatNobodyAnswersIsSaidSo(t *testing.T) {
	server, p, a := commanded(t)
	invoke(t, p, "/oc_status")
	a.next(t)
	until(t, "the delivery is stored", func() bool { return kept(t, p)[0].State == keep.Delivered })
	server.pass(silentAfter + time.Minute)
	p.tendOnce()
	if texts := server.privately(); len(texts) != 1 || !strings.Contains(texts[0], "no answer came") || len(kept(t, p)) > 0 {
		t.Errorf("%v", texts)
	}
}

func TestWhatCannotBeStoredIsNotRun(t *testing.T) {
	server, p, a := commanded(t)
	ready(t, p)
	server.Break()
	if text := invoke(t, p, "/oc_status").Text; !strings.Contains(text, "was not run") {
		t.Error(text)
	}
	if len(a.stored) > 0 {
		t.Error("it was run")
	}
}

func TestWhereNoBotIsNothingIsRunAndTheReasonIsSaid(t *testing.T) {
	server, p, _ := commanded(t)
	response, _ := p.ExecuteCommand(nil, &model.CommandArgs{UserId: anna, ChannelId: elsewhen, Command: "/oc_status"})
	if !strings.Contains(response.Text, "is not in this conversation") {
		t.Error(response.Text)
	}
	response, _ = p.ExecuteCommand(nil, &model.CommandArgs{UserId: otherBot, ChannelId: channel, Command: "/oc_status"})
	if !strings.Contains(response.Text, "Bots cannot") {
		t.Error(response.Text)
	}
	if text := invoke(t, p, "/oc_nonsense").Text; !strings.Contains(text, "No linked OpenClaw gateway serves") {
		t.Error(text)
	}
	server.configure(p, func(s *rawSettings) { s.Teams = "support" })
	if text := invoke(t, p, "/oc_status").Text; !strings.Contains(text, "this team") || len(kept(t, p)) > 0 {
		t.Error(text)
	}
}

func TestABrokenCatalogueIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(map[string]any){
		"a space in the name": func(c map[string]any) { c["name"] = "a b" },
		"an unknown kind":     func(c map[string]any) { c["kind"] = "other" },
		"a long description":  func(c map[string]any) { c["description"] = strings.Repeat("a", 201) },
		"a nameless argument": func(c map[string]any) { c["args"] = []map[string]any{{"name": ""}} },
		"an empty choice": func(c map[string]any) {
			c["args"] = []map[string]any{{"name": "a", "choices": []map[string]string{{"value": ""}}}}
		},
	} {
		said := greeting("", "status")
		spoil(said["catalogue"].([]map[string]any)[0])
		raw, _ := json.Marshal(said)
		var parsed link.Hello
		_ = json.Unmarshal(raw, &parsed)
		if parsed.Validate() == nil || testkit.Check(t, testkit.Schema(t, "hello"), json.RawMessage(raw)) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
