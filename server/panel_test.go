package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/panel"
	"mattermost-plugin-openclaw/server/testkit"
)

const (
	zoe = "user0000000000000000000zoe"
)

// withPanel is a linked plugin whose gateway is ready, and anna is in the channel.
func withPanel(t *testing.T) (*Plugin, *adapter, *fakeServer) {
	t.Helper()
	server := newFakeServer(t)
	server.join(anna, channel)
	p, a := linked(t, server)
	ready(t, p)
	return p, a, server
}

func get[T any](t *testing.T, p *Plugin, path, user string, status int) (value T) {
	t.Helper()
	answer := ask(p, http.MethodGet, path, user, nil)
	if answer.Code != status {
		t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func post(t *testing.T, p *Plugin, path, user string, body any, status int) {
	t.Helper()
	if answer := ask(p, http.MethodPost, path, user, body); answer.Code != status {
		t.Errorf("%s as %s: %d %s", path, user, answer.Code, answer.Body)
	}
}

func aRun(with map[string]any) map[string]any {
	run := map[string]any{
		"id": "run-1", "channel_id": channel, "root_id": "", "post_id": "", "user_id": anna,
		"state": "working", "tool": "", "started_at": 5,
	}
	maps.Copy(run, with)
	return map[string]any{"runs": []any{run}}
}

func facts(root string) map[string]any {
	return map[string]any{
		"channel_id": channel, "root_id": root, "key": "agent:main", "model": "stub/echo-1", "tokens": nil, "context": nil,
		"cost_usd": nil, "updated_at": 7,
	}
}

func TestN15ThePanelAsksTheGatewayAndTheAnswerGoesToWhoeverAsked(t *testing.T) {
	p, a, server := withPanel(t)
	path := "/api/v1/panel?channel_id=" + channel
	state := get[panelState](t, p, path, anna, http.StatusOK)
	if state.Bot == nil || state.Bot.UserID != ownBot || !state.Bot.InChannel || state.Link.State != "ready" || !state.SessionPending {
		t.Errorf("%+v %+v", state, state.Bot)
	}
	asked := a.next(t)
	if asked.Type != event.PanelAsked || asked.Ask.Kind != "session" || asked.Actor.ID != anna || asked.Channel.ID != channel {
		t.Errorf("%+v %+v", asked, asked.Ask)
	}
	if err := testkit.Check(t, testkit.Schema(t, "event"), asked); err != nil {
		t.Error(err)
	}
	answer := map[string]any{"kind": "session", "user_id": anna, "channel_id": channel, "root_id": "", "session": facts("")}
	if err := testkit.Check(t, testkit.Schema(t, "panel"), answer); err != nil {
		t.Error(err)
	}
	post(t, p, "/api/v1/panel/answer", ownBot, answer, http.StatusNoContent)
	if told := server.toldOf(eventSession); len(told) != 1 || told[0].to != anna || !strings.Contains(told[0].json, "stub/echo-1") {
		t.Errorf("%+v", told)
	}
	// A second look shows it at once, and does not ask within the same second.
	if again := get[panelState](t, p, path, anna, http.StatusOK); again.SessionPending || !strings.Contains(string(again.Session), "stub/echo-1") {
		t.Errorf("%+v", again)
	}
	answer["user_id"] = zoe
	post(t, p, "/api/v1/panel/answer", ownBot, answer, http.StatusNoContent)
	if told := server.toldOf(eventSession); len(told) != 0 {
		t.Errorf("told somebody who is not in the channel: %+v", told)
	}
}

func TestN15APanelIsForMembersOfTheChannel(t *testing.T) {
	p, _, _ := withPanel(t)
	for path, want := range map[string]int{
		"/api/v1/panel?channel_id=" + elsewhen: http.StatusForbidden, "/api/v1/panel": http.StatusUnprocessableEntity,
	} {
		if answer := ask(p, http.MethodGet, path, anna, nil); answer.Code != want {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
	post(t, p, "/api/v1/panel/answer", otherBot, map[string]any{"kind": "pairing", "requests": []any{}}, http.StatusNotFound)
	post(t, p, "/api/v1/panel/answer", ownBot, map[string]any{"kind": "nonsense"}, http.StatusUnprocessableEntity)
	post(t, p, "/api/v1/runs", otherBot, aRun(nil), http.StatusNotFound)
}

func TestN6RunsAreShownToTheChannelAndEndWithTheirGateway(t *testing.T) {
	p, _, server := withPanel(t)
	now := time.Now()
	p.runs = panel.NewRuns(func() time.Time { return now })
	first := aRun(nil)
	if err := testkit.Check(t, testkit.Schema(t, "runs"), first); err != nil {
		t.Error(err)
	}
	post(t, p, "/api/v1/runs", ownBot, first, http.StatusNoContent)
	post(t, p, "/api/v1/runs", ownBot, first, http.StatusNoContent)
	post(t, p, "/api/v1/runs", ownBot, aRun(map[string]any{"tool": "exec"}), http.StatusNoContent)
	post(t, p, "/api/v1/runs", ownBot, aRun(map[string]any{"channel_id": elsewhen, "id": "run-2"}), http.StatusNoContent)
	if told := server.toldOf(eventRun); len(told) != 2 || told[0].to != channel || !strings.Contains(told[1].json, `"tool":"exec"`) {
		t.Errorf("%+v", told)
	}
	if runs := get[panelState](t, p, "/api/v1/panel?channel_id="+channel, anna, http.StatusOK).Runs; len(runs) != 1 || runs[0].Tool != "exec" {
		t.Errorf("%+v", runs)
	}
	now = now.Add(61 * time.Second)
	p.watchOnce()
	if told := server.toldOf(eventRun); len(told) != 1 || !strings.Contains(told[0].json, panel.Stopped) {
		t.Errorf("%+v", told)
	}
	post(t, p, "/api/v1/runs", ownBot, aRun(nil), http.StatusNoContent)
	post(t, p, "/api/v1/runs", ownBot, aRun(map[string]any{"state": "done"}), http.StatusNoContent)
	if left := p.runs.In(channel); len(left) != 0 {
		t.Errorf("%+v", left)
	}
	for name, broken := range map[string]map[string]any{
		"state": {"state": "sleeping"}, "id": {"id": "run 1"}, "channel_id": {"channel_id": "x"}, "tool": {"tool": strings.Repeat("x", 65)},
	} {
		if testkit.Check(t, testkit.Schema(t, "runs"), aRun(broken)) == nil {
			t.Errorf("the schema takes a broken %s", name)
		}
		post(t, p, "/api/v1/runs", ownBot, aRun(broken), http.StatusUnprocessableEntity)
	}
}

func TestN14EngagementIsSetByWhoMayManageAndTravelsWithEvents(t *testing.T) {
	p, a, server := withPanel(t)
	path := "/api/v1/channels/" + channel + "/engagement"
	post(t, p, path, anna, map[string]string{"mode": "off"}, http.StatusForbidden)
	server.set(func(s *fakeServer) { s.managers = []string{anna, zoe} })
	post(t, p, path, zoe, map[string]string{"mode": "off"}, http.StatusForbidden)
	post(t, p, path, anna, map[string]string{"mode": "sometimes"}, http.StatusUnprocessableEntity)
	post(t, p, path, anna, map[string]string{"mode": "thread"}, http.StatusNoContent)
	if told := server.toldOf(eventEngagement); len(told) != 1 || told[0].to != channel || !strings.Contains(told[0].json, `"mode":"thread"`) {
		t.Errorf("%+v", told)
	}
	state := get[panelState](t, p, "/api/v1/panel?channel_id="+channel, anna, http.StatusOK)
	if state.Engagement == nil || *state.Engagement != (engagementOfChannel{"thread", true}) {
		t.Errorf("%+v", state.Engagement)
	}
	p.MessageHasBeenPosted(nil, aPost(anna))
	for {
		if got := a.next(t); got.Type == event.PostCreated {
			if got.Channel.Engagement != "thread" {
				t.Errorf("%+v", got.Channel)
			}
			break
		}
	}
	// Another node, or this one after a restart, reads what is stored.
	fresh := panel.NewEngagement(server, time.Now)
	if mode, err := fresh.Of(channel); err != nil || mode != "thread" {
		t.Errorf("%q %v", mode, err)
	}
	post(t, p, path, anna, map[string]string{"mode": ""}, http.StatusNoContent)
	if raw, _ := server.KVGet("engagement:" + channel); raw != nil {
		t.Errorf("%s is left", raw)
	}
}

func TestN16EveryNodeKnowsWhatOneWasTold(t *testing.T) {
	p, _, server := withPanel(t)
	other, _, _ := withPanel(t)
	post(t, p, "/api/v1/runs", ownBot, aRun(nil), http.StatusNoContent)
	server.set(func(s *fakeServer) { s.managers = []string{anna} })
	if mode, err := other.engagement.Of(channel); err != nil || mode != "" {
		t.Errorf("%q %v", mode, err)
	}
	post(t, p, "/api/v1/channels/"+channel+"/engagement", anna, map[string]string{"mode": "all"}, http.StatusNoContent)
	other.engagement = panel.NewEngagement(server, time.Now)
	if _, err := other.engagement.Of(channel); err != nil {
		t.Error(err)
	}
	_ = server.KVSet("engagement:"+channel, []byte("off"))
	for _, each := range append(server.toldNodes(), model.PluginClusterEvent{Id: "runs", Data: []byte("nonsense")}) {
		other.OnPluginClusterEvent(nil, each)
	}
	if runs := other.runs.In(channel); len(runs) != 1 || runs[0].ID != "run-1" {
		t.Errorf("%+v", runs)
	}
	if mode, err := other.engagement.Of(channel); err != nil || mode != "off" {
		t.Errorf("%q %v", mode, err)
	}
}

func TestN15SessionsAreOnlyTheUsersOwnAndThoseOfTheirChannels(t *testing.T) {
	p, a, server := withPanel(t)
	if listed := get[sessionsOfUser](t, p, "/api/v1/me/sessions", anna, http.StatusOK); !listed.Pending || len(listed.Sessions) != 0 {
		t.Errorf("%+v", listed)
	}
	asked := a.next(t)
	if asked.Ask.Kind != "sessions" || testkit.Check(t, testkit.Schema(t, "event"), asked) != nil {
		t.Errorf("%+v", asked)
	}
	row := func(key, channelID, userID string, at int) map[string]any {
		return map[string]any{"key": key, "channel_id": channelID, "user_id": userID, "root_id": "", "updated_at": at, "total_tokens": 3}
	}
	answer := map[string]any{"kind": "sessions", "user_id": anna, "sessions": []any{
		row("here", channel, "", 1), row("elsewhere", elsewhen, "", 2), row("mine", "", anna, 3), row("hers", "", zoe, 4),
	}}
	if err := testkit.Check(t, testkit.Schema(t, "panel"), answer); err != nil {
		t.Error(err)
	}
	post(t, p, "/api/v1/panel/answer", ownBot, answer, http.StatusNoContent)
	listed := get[sessionsOfUser](t, p, "/api/v1/me/sessions", anna, http.StatusOK)
	if len(listed.Sessions) != 2 || listed.Sessions[0].Key != "mine" || listed.Sessions[1].ChannelName != "town-square" {
		t.Errorf("%+v", listed)
	}
	if told := server.toldOf(eventSessions); len(told) != 1 || told[0].to != anna {
		t.Errorf("%+v", told)
	}
}

func TestN15PairingRequestsAreForAdminsAndAreDecidedByTheGateway(t *testing.T) {
	p, a, server := withPanel(t)
	if listed := get[pairings](t, p, "/api/v1/admin/pairing", admin, http.StatusOK); !listed.Pending {
		t.Errorf("%+v", listed)
	}
	if asked := a.next(t); asked.Ask.Kind != "pairing" || asked.Actor.ID != admin {
		t.Errorf("%+v", asked.Ask)
	}
	post(t, p, "/api/v1/panel/answer", ownBot, map[string]any{
		"kind": "pairing", "requests": []any{map[string]any{"id": "req-1", "user_id": zoe, "username": "zoe", "at": 5}},
	}, http.StatusNoContent)
	if told := server.toldOf(eventPairing); len(told) != 1 || told[0].to != "admins" || !strings.Contains(told[0].json, `"bot_id":"`+ownBot) {
		t.Errorf("%+v", told)
	}
	post(t, p, "/api/v1/admin/pairing/req-1/approve", anna, nil, http.StatusForbidden)
	post(t, p, "/api/v1/admin/pairing/req-2/approve", admin, nil, http.StatusNotFound)
	post(t, p, "/api/v1/admin/pairing/req-1/approve", admin, nil, http.StatusNoContent)
	if asked := a.next(t); asked.Ask.Kind != "pairing.approve" || asked.Ask.Request != "req-1" {
		t.Errorf("%+v", asked.Ask)
	}
}

func TestN6N18EveryUserIsToldOnceForEachOutageAndChannelThatTheirPostIsKept(t *testing.T) {
	var w watched
	now := time.Now()
	away, there := map[string]bool{ownBot: false}, map[string]bool{ownBot: true}
	isOn := func(keptNotice) bool { return true }
	asked := keptNotice{botID: ownBot, channelID: channel, userID: anna, at: now}
	later := now.Add(keptNoticeAfter)
	w.saw(there, now)
	before := asked
	before.eventID = "taken"
	w.asked(before)
	w.asked(asked)
	if due := w.due(later, func(n keptNotice) bool { return n != before }); len(due) != 0 {
		t.Errorf("while the gateway seems to be there: %+v", due)
	}
	w.saw(away, later)
	if due := w.due(now.Add(time.Second), isOn); len(due) != 0 {
		t.Errorf("too early: %+v", due)
	}
	if due := w.due(later, isOn); len(due) != 1 || due[0] != asked {
		t.Errorf("%+v", due)
	}
	w.asked(asked)
	if due := w.due(later.Add(time.Hour), isOn); len(due) != 0 {
		t.Errorf("told twice: %+v", due)
	}
	another := asked
	another.userID = admin
	w.asked(another)
	if due := w.due(later.Add(time.Hour), isOn); len(due) != 1 || due[0] != another {
		t.Errorf("not told to the next one: %+v", due)
	}
	w.saw(there, later.Add(time.Hour))
	w.asked(asked)
	if due := w.due(later.Add(time.Hour), func(keptNotice) bool { return false }); len(due) != 0 {
		t.Errorf("told although the gateway took it: %+v", due)
	}
	w.saw(away, later.Add(time.Hour))
	w.asked(asked)
	if due := w.due(later.Add(time.Hour), isOn); len(due) != 1 {
		t.Errorf("not told of the next outage: %+v", due)
	}
}

func TestN18AGatewayThatSeemsToBeThereAndTakesNothingIsSaidOnceToo(t *testing.T) {
	var w watched
	now := time.Now()
	there := map[string]bool{ownBot: true}
	isOn := func(keptNotice) bool { return true }
	asked := keptNotice{botID: ownBot, channelID: channel, userID: anna, at: now}
	w.saw(there, now)
	w.asked(asked)
	if due := w.due(now.Add(stuckAfter), isOn); len(due) != 1 {
		t.Errorf("%+v", due)
	}
	w.saw(there, now.Add(stuckAfter))
	w.asked(asked)
	if due := w.due(now.Add(2*stuckAfter), isOn); len(due) != 0 {
		t.Errorf("told twice: %+v", due)
	}
	w.saw(there, now.Add(2*stuckAfter))
	asked.at = now.Add(2 * stuckAfter)
	w.asked(asked)
	if due := w.due(now.Add(3*stuckAfter), isOn); len(due) != 1 {
		t.Errorf("never told again: %+v", due)
	}
}

func TestN18InAThreadThatTheBotAnswersUnnamedItIsSaidThatAPostIsKept(t *testing.T) {
	p, a, server := withPanel(t)
	server.set(func(s *fakeServer) { s.managers = []string{anna} })
	post(t, p, "/api/v1/channels/"+channel+"/engagement", anna, map[string]string{"mode": "thread"}, http.StatusNoContent)
	asked, others := model.NewId(), model.NewId()
	server.put(
		&model.Post{Id: asked, UserId: anna, ChannelId: channel},
		&model.Post{Id: model.NewId(), RootId: asked, UserId: ownBot, ChannelId: channel},
		&model.Post{Id: others, UserId: anna, ChannelId: channel},
	)
	a.Close()
	reply := func(root string) []string {
		p.MessageHasBeenPosted(nil, &model.Post{Id: model.NewId(), RootId: root, UserId: anna, ChannelId: channel, Message: "and now?", CreateAt: 1})
		until(t, "the gateway is found away", func() bool { return p.linkState(ownBot) == linkAway })
		return toldSoFar(p, server)
	}
	if texts := reply(others); len(texts) != 0 {
		t.Errorf("told in a thread of others: %q", texts)
	}
	if texts := reply(asked); len(texts) != 1 || texts[0] != isKept {
		t.Errorf("%q", texts)
	}
}

func TestN6TheNoticeIsForWhoeverAskedForTheBotAndIsAPostOnlyInDirectMessages(t *testing.T) {
	p, _, server := withPanel(t)
	receivers := map[string]*courier.Courier{ownBot: p.courier(ownBot)}
	name := p.nameOf(ownBot)
	mode := ""
	say := func(kind model.ChannelType, text string, bot bool) int {
		p.watched = watched{}
		p.mayMeetOutage(&event.Event{
			Type: event.PostCreated,
			Place: &event.Place{
				Actor: event.Actor{ID: anna, IsBot: bot}, Channel: event.Channel{ID: channel, Type: string(kind), Engagement: mode},
			},
			Post: &event.Post{Content: &event.Content{Message: text}},
		}, receivers)
		return len(p.watched.due(time.Now().Add(time.Hour), func(keptNotice) bool { return true }))
	}
	for _, one := range []struct {
		kind model.ChannelType
		text string
		bot  bool
		want int
	}{
		{model.ChannelTypeOpen, "hello", false, 0},
		{model.ChannelTypeOpen, "@" + name + " hello", false, 1},
		{model.ChannelTypeOpen, "hello @" + strings.ToUpper(name) + ".", false, 1},
		{model.ChannelTypeOpen, "me@" + name + "x", false, 0},
		{model.ChannelTypeOpen, "@" + name + " hello", true, 0},
		{model.ChannelTypeDirect, "hello", false, 1},
	} {
		if got := say(one.kind, one.text, one.bot); got != one.want {
			t.Errorf("%+v: %d", one, got)
		}
	}
	mode = "all"
	if got := say(model.ChannelTypeOpen, "hello", false); got != 1 {
		t.Errorf("where the bot answers everything: %d", got)
	}
	p.sayKept(keptNotice{botID: ownBot, channelID: channel, userID: anna})
	if len(server.privately()) != 1 || len(server.posted()) != 0 {
		t.Errorf("%d ephemeral, %d posts", len(server.privately()), len(server.posted()))
	}
	p.sayKept(keptNotice{botID: ownBot, channelID: channel, userID: anna, direct: true})
	if len(server.privately()) != 1 || len(server.posted()) != 1 {
		t.Errorf("%d ephemeral, %d posts", len(server.privately()), len(server.posted()))
	}
}
