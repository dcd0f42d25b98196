package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"mattermost-plugin-openclaw/server/keep"
	"mattermost-plugin-openclaw/server/live"
)

const aDraft = "openclaw-abcdefghijklmnopqrstuvwxyz"

func growing(seq int, text string) map[string]any {
	return map[string]any{
		"draft": aDraft, "seq": seq, "type": "start", "channel_id": channel, "started_at": 5, "text": map[string]any{"offset": 0, "text": text},
	}
}

func TestALiveAnswerIsPublishedToItsChannelAndStoredNowhere(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	if answer := ask(p, http.MethodPost, "/api/v1/live", ownBot, growing(1, "half an answer")); answer.Code != http.StatusNoContent {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	pushed := server.toldOf(liveEvent)
	if len(pushed) != 1 || pushed[0].to != channel {
		t.Fatalf("published: %+v", pushed)
	}
	var told live.Call
	if err := json.Unmarshal([]byte(pushed[0].json), &told); err != nil || told.UserID != ownBot || told.Text.Text != "half an answer" {
		t.Fatalf("clients are told %s", pushed[0].json)
	}
	if len(server.posted()) != 0 {
		t.Error("something was stored")
	}
	snapshot := ask(p, http.MethodGet, "/api/v1/channels/"+channel+"/live", anna, nil)
	if !strings.Contains(snapshot.Body.String(), "half an answer") {
		t.Errorf("who comes late gets %s", snapshot.Body)
	}
	if hidden := ask(p, http.MethodGet, "/api/v1/channels/"+channel+"/live", admin, nil); hidden.Code != http.StatusNotFound {
		t.Errorf("who may not read the channel gets %d", hidden.Code)
	}
}

func TestN5ALiveAnswerIsToldToWhoLooksAtItsChannelAndToEverybodyThereWhileThatIsNotKnown(t *testing.T) {
	server := newFakeServer(t)
	server.join(anna, channel)
	p, _ := linked(t, server)
	ready(t, p)
	show := func(seq int) (to []string) {
		if answer := ask(p, http.MethodPost, "/api/v1/live", ownBot, growing(seq, "half")); answer.Code != http.StatusNoContent {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		for _, each := range server.toldOf(liveEvent) {
			to = append(to, each.to)
		}
		return to
	}
	if to := show(1); !slices.Equal(to, []string{channel}) {
		t.Errorf("at first: %q", to)
	}
	server.pass(looksFor)
	if to := show(2); len(to) != 0 {
		t.Errorf("nobody looks: %q", to)
	}
	look := func() {
		if answer := ask(p, http.MethodGet, "/api/v1/channels/"+channel+"/live", anna, nil); answer.Code != http.StatusOK {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
	}
	look()
	if to := show(3); !slices.Equal(to, []string{anna}) {
		t.Errorf("anna looks: %q", to)
	}
	server.pass(looksFor + 1)
	if to := show(4); len(to) != 0 {
		t.Errorf("anna has looked: %q", to)
	}
	look()
	p.UserHasLeftChannel(nil, &model.ChannelMember{UserId: anna, ChannelId: channel}, nil)
	if to := show(5); len(to) != 0 {
		t.Errorf("anna has left: %q", to)
	}
}

func TestALiveAnswerIsRefusedWhereTheBotMayNotSpeak(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	elsewhereCall := growing(1, "x")
	elsewhereCall["channel_id"] = elsewhen
	for name, row := range map[string]struct {
		bot  string
		body any
		code int
		says string
	}{
		"a bot that is not linked":    {otherBot, growing(1, "x"), http.StatusForbidden, "channel.forbidden"},
		"a channel it is not in":      {ownBot, elsewhereCall, http.StatusForbidden, "channel.forbidden"},
		"what breaks the contract":    {ownBot, growing(0, "x"), http.StatusUnprocessableEntity, "body.schema"},
		"what begins behind its text": {ownBot, map[string]any{"draft": aDraft, "seq": 1, "type": "start", "channel_id": channel, "text": map[string]any{"offset": 9, "text": "x"}}, http.StatusConflict, "live.gap"},
	} {
		answer := ask(p, http.MethodPost, "/api/v1/live", row.bot, row.body)
		if answer.Code != row.code || !strings.Contains(answer.Body.String(), row.says) {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
	if server.told(liveEvent) != 0 {
		t.Error("something was published all the same")
	}
}

func TestOtherNodesAnswerThoseWhoComeLateThere(t *testing.T) {
	first, second := newFakeServer(t), newFakeServer(t)
	p, _ := linked(t, first)
	other, _ := linked(t, second)
	ask(p, http.MethodPost, "/api/v1/live", ownBot, growing(1, "on another node"))
	for _, each := range first.nodes {
		other.OnPluginClusterEvent(&plugin.Context{}, each)
	}
	other.OnPluginClusterEvent(&plugin.Context{}, model.PluginClusterEvent{Id: "live", Data: []byte("nonsense")})
	if snapshot := ask(other, http.MethodGet, "/api/v1/channels/"+channel+"/live", anna, nil); !strings.Contains(snapshot.Body.String(), "on another node") {
		t.Errorf("the other node has %s", snapshot.Body)
	}
	if second.told(liveEvent) != 0 {
		t.Error("the other node published it again")
	}
}

func TestStopReachesTheBotAndTheRunOfItsDraftOrOfItsLineInThePanel(t *testing.T) {
	_, p, _ := commanded(t)
	other := startAdapter(t, p, otherBot)
	greet := func(path, user string, body any) {
		if answer := ask(p, http.MethodPost, path, user, body); answer.Code != http.StatusOK {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
	}
	greet("/api/v1/hello", otherBot, greeting(other.URL, "stop"))
	greet("/api/v1/admin/links/"+otherBot+"/confirm", admin, map[string]string{"url": other.URL})
	greet("/api/v1/hello", otherBot, greeting(other.URL, "stop"))
	said := growing(1, "half")
	request := "requestrequestrequestreque"
	said["request_id"] = request
	if answer := ask(p, http.MethodPost, "/api/v1/live", otherBot, said); answer.Code != http.StatusNoContent {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	stop := "/api/v1/live/" + aDraft + "/stop"
	for name, row := range map[string]struct {
		path, user string
		code       int
	}{
		"somebody outside":       {stop, admin, http.StatusNotFound},
		"a draft that has ended": {"/api/v1/live/openclaw-x/stop", anna, http.StatusNotFound},
		"a member":               {stop, anna, http.StatusNoContent},
	} {
		if answer := ask(p, http.MethodPost, row.path, row.user, nil); answer.Code != row.code {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
	items := kept(t, p)
	if len(items) != 1 || items[0].BotID != otherBot || items[0].Event.Command.Trigger != "oc_stop" || items[0].Event.Command.Text != request {
		t.Errorf("kept: %+v", items)
	}
	run := map[string]any{"id": "run-of-other", "post_id": "anotheranotheranotheranoth"}
	noted := ask(p, http.MethodPost, "/api/v1/runs", otherBot, aRun(run))
	if noted.Code != http.StatusNoContent {
		t.Fatalf("%d %s", noted.Code, noted.Body)
	}
	for path, code := range map[string]int{"run-of-other": http.StatusNoContent, "run-that-ended": http.StatusNotFound} {
		if answer := ask(p, http.MethodPost, "/api/v1/panel/runs/"+path+"/stop", anna, nil); answer.Code != code {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
	if answer := ask(p, http.MethodPost, "/api/v1/panel/runs/run-of-other/stop", admin, nil); answer.Code != http.StatusNotFound {
		t.Errorf("somebody outside: %d %s", answer.Code, answer.Body)
	}
	items = kept(t, p)
	if stopped := slices.ContainsFunc(items, func(i keep.Item) bool {
		return i.BotID == otherBot && i.Event.Command.Text == run["post_id"]
	}); len(items) != 2 || !stopped {
		t.Errorf("kept: %+v", items)
	}
	p.settings.Load().commandsOff = []string{"stop"}
	if answer := ask(p, http.MethodPost, stop, anna, nil); answer.Code != http.StatusForbidden || !strings.Contains(answer.Body.String(), "switched `/oc_stop` off") {
		t.Errorf("switched off: %d %s", answer.Code, answer.Body)
	}
}

func TestAnEphemeralTextIsForMembersOnly(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	show := map[string]any{"user_id": anna, "channel_id": channel, "text": "only you"}
	if answer := ask(p, http.MethodPost, "/api/v1/ephemeral", ownBot, show); answer.Code != http.StatusForbidden {
		t.Errorf("who is not in the channel: %d", answer.Code)
	}
	server.join(anna, channel)
	p.facts.ForgetMembers()
	if answer := ask(p, http.MethodPost, "/api/v1/ephemeral", otherBot, show); answer.Code != http.StatusForbidden {
		t.Errorf("a bot that is not linked: %d", answer.Code)
	}
	if answer := ask(p, http.MethodPost, "/api/v1/ephemeral", ownBot, show); answer.Code != http.StatusNoContent || len(server.privately()) != 1 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	show["text"] = strings.Repeat("x", 4_001)
	if answer := ask(p, http.MethodPost, "/api/v1/ephemeral", ownBot, show); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("too long: %d", answer.Code)
	}
}
