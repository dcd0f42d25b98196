package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/keep"
)

const ben = "user0000000000000000000ben"

// asked is a plugin with a post of its bot that has a button, a button with a dialog, and a select.
func asked(t *testing.T) (*fakeServer, *Plugin, *adapter, *model.Post) {
	t.Helper()
	server := newFakeServer(t)
	server.join(anna, channel)
	server.join(ben, channel)
	p, a := linked(t, server)
	integration := func(context map[string]any) *model.PostActionIntegration {
		return &model.PostActionIntegration{URL: "/plugins/com.openclaw.mattermost/api/v1/clicks", Context: context}
	}
	post := aPost(ownBot)
	post.RootId = model.NewId()
	post.AddProp("attachments", []*model.MessageAttachment{{Text: "kept"}, {Actions: []*model.PostAction{
		{Id: "yes", Type: "button", Name: "Yes", Integration: integration(map[string]any{"action_id": "yes", "value": "y"})},
		{Id: "again", Type: "button", Name: "Again", Integration: integration(map[string]any{"action_id": "again", "reusable": true})},
		{Id: "say", Type: "button", Name: "Say more", Integration: integration(map[string]any{"action_id": "say", "dialog": map[string]any{"title": "What is it, and why is it so?"}})},
		{Id: "pick", Type: "select", Name: "Pick", Options: []*model.PostActionOptions{{Text: "Red", Value: "r"}}, Integration: integration(map[string]any{"action_id": "pick"})},
		{Id: "other", Type: "button", Name: "Other", Integration: &model.PostActionIntegration{URL: "https://example.com"}},
	}}})
	server.put(&model.Post{Id: post.RootId, ChannelId: channel}, post)
	return server, p, a, post
}

func click(p *Plugin, user string, post *model.Post, action string, more ...string) (answer model.PostActionIntegrationResponse) {
	context := map[string]any{"action_id": action, "value": "forged"}
	if len(more) > 0 {
		context["selected_option"] = more[0]
	}
	request := model.PostActionIntegrationRequest{UserId: admin, PostId: post.Id, TriggerId: "trigger", Context: context}
	_ = json.Unmarshal(ask(p, http.MethodPost, "/api/v1/clicks", user, request).Body.Bytes(), &answer)
	return answer
}

// during clicks and works on the event while the click waits for the gateway's word.
func during(t *testing.T, a *adapter, clicking func(), then func(event.Event)) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		clicking()
	}()
	then(a.next(t))
	<-done
}

func rule(p *Plugin, bot, id string, allowed bool, text string) string {
	answer := ask(p, http.MethodPost, "/api/v1/clicks/"+id+"/verdict", bot, map[string]any{"allowed": allowed, "text": text})
	if answer.Code != http.StatusOK {
		return http.StatusText(answer.Code)
	}
	return strings.TrimSpace(answer.Body.String())
}

func buttons(server *fakeServer, post *model.Post) string {
	current, _ := server.GetPost(post.Id)
	raw, _ := json.Marshal(current.Attachments())
	return string(raw)
}

func TestAClickIsStoredThenDeliveredAndShownToAllOnceTheGatewayAllowsIt(t *testing.T) {
	server, p, a, post := asked(t)
	during(t, a, func() { click(p, anna, post, "yes") }, func(e event.Event) {
		if len(kept(t, p)) != 1 || strings.Contains(buttons(server, post), "selected by") {
			t.Error("it is shown before it counts, or was not stored")
		}
		if e.Type != event.ActionClicked || e.Author() != anna || e.Lane != channel || e.ThreadRoot != post.RootId ||
			e.Click.PostID != post.Id || e.Click.Label != "Yes" || e.Click.Context["value"] != "y" {
			t.Errorf("%+v %+v", e, e.Click)
		}
		for range 2 {
			if got := rule(p, ownBot, e.Click.ID, true, ""); got != `{"counts":true}` {
				t.Error(got)
			}
		}
		if got := rule(p, otherBot, e.Click.ID, true, ""); got != "Not Found" {
			t.Error(got)
		}
	})
	if now := buttons(server, post); !strings.Contains(now, "✓ **Yes** selected by @uanna") || !strings.Contains(now, "kept") || strings.Contains(now, "actions") {
		t.Error(now)
	}
	if len(server.privately()) > 0 || len(kept(t, p)) > 0 {
		t.Error(server.privately())
	}
	click(p, ben, post, "yes")
	if texts := server.privately(); len(texts) != 1 || texts[0] != "This was answered already." {
		t.Error(texts)
	}
}

func TestOfTwoWhoClickAtOnceTheFirstCountsAndTheOtherIsTold(t *testing.T) {
	server, p, a, post := asked(t)
	during(t, a, func() { click(p, anna, post, "yes") }, func(first event.Event) {
		during(t, a, func() { click(p, ben, post, "pick", "r") }, func(second event.Event) {
			if second.Click.SelectedOption != "r" || second.Click.Label != "Red" {
				t.Errorf("%+v", second.Click)
			}
			if got := rule(p, ownBot, second.Click.ID, true, "") + rule(p, ownBot, first.Click.ID, true, ""); got != `{"counts":true}{"counts":false}` {
				t.Error(got)
			}
		})
	})
	if texts := server.privately(); len(texts) != 1 || texts[0] != "@u0ben was faster: this is answered already." {
		t.Error(texts)
	}
	if !strings.Contains(buttons(server, post), "✓ **Red** selected by @u0ben") {
		t.Error(buttons(server, post))
	}
}

func TestWhoMayNotIsToldAndTheButtonsStay(t *testing.T) {
	server, p, a, post := asked(t)
	during(t, a, func() { click(p, ben, post, "yes") }, func(e event.Event) {
		if got := rule(p, ownBot, e.Click.ID, false, "Ask Anna."); got != `{"counts":false}` {
			t.Error(got)
		}
	})
	if texts := server.privately(); len(texts) != 1 || texts[0] != "Ask Anna." || !strings.Contains(buttons(server, post), `"name":"Yes"`) {
		t.Error(texts)
	}
}

func TestAReusableButtonStaysAndCountsEachTime(t *testing.T) {
	server, p, a, post := asked(t)
	for range 2 {
		during(t, a, func() { click(p, anna, post, "again") }, func(e event.Event) {
			if got := rule(p, ownBot, e.Click.ID, true, ""); got != `{"counts":true}` {
				t.Error(got)
			}
		})
	}
	if !strings.Contains(buttons(server, post), `"name":"Again"`) {
		t.Error(buttons(server, post))
	}
}

func TestNobodyCanForgeAClick(t *testing.T) {
	server, p, a, post := asked(t)
	strange := aPost(anna)
	strange.AddProp("attachments", post.GetProp("attachments"))
	elsewhere := aPost(ownBot)
	elsewhere.ChannelId = elsewhen
	elsewhere.AddProp("attachments", post.GetProp("attachments"))
	server.put(strange, elsewhere)
	for name, tried := range map[string]func(){
		"a post of somebody else":     func() { click(p, anna, strange, "yes") },
		"a channel without the user":  func() { click(p, anna, elsewhere, "yes") },
		"no such post":                func() { click(p, anna, &model.Post{Id: model.NewId()}, "yes") },
		"no id":                       func() { click(p, anna, &model.Post{Id: "keep_x"}, "yes") },
		"no such button":              func() { click(p, anna, post, "no") },
		"a button of another address": func() { click(p, anna, post, "other") },
		"an option that is not there": func() { click(p, anna, post, "pick", "blue") },
		"no option":                   func() { click(p, anna, post, "pick") },
		"a bot":                       func() { click(p, ownBot, post, "yes") },
		"nobody":                      func() { click(p, "", post, "yes") },
		"a dialog of a plain button": func() {
			ask(p, http.MethodPost, "/api/v1/dialogs", anna, model.SubmitDialogRequest{CallbackId: "yes", State: post.Id, Submission: map[string]any{"text": "x"}})
		},
	} {
		tried()
		if len(kept(t, p)) > 0 || len(a.stored) > 0 {
			t.Error("an event came of: " + name)
		}
	}
}

func TestATextQuestionOpensADialogAndItsAnswerIsStoredAndDelivered(t *testing.T) {
	server, p, a, post := asked(t)
	click(p, anna, post, "say")
	dialogs := server.opened()
	if len(dialogs) != 1 || len(kept(t, p)) > 0 {
		t.Fatalf("%v %v", dialogs, server.privately())
	}
	opened := dialogs[0]
	if opened.TriggerId != "trigger" || opened.URL != "/plugins/com.openclaw.mattermost/api/v1/dialogs" || opened.Dialog.Title != "What is it, and why i..." {
		t.Errorf("%+v", opened)
	}
	submit := func(text string) (said model.SubmitDialogResponse) {
		request := model.SubmitDialogRequest{CallbackId: opened.Dialog.CallbackId, State: opened.Dialog.State, Submission: map[string]any{"text": text}}
		_ = json.Unmarshal(ask(p, http.MethodPost, "/api/v1/dialogs", anna, request).Body.Bytes(), &said)
		return said
	}
	if said := submit(" "); said.Errors["text"] == "" {
		t.Errorf("%+v", said)
	}
	during(t, a, func() {
		if said := submit(" because "); said.Error != "" {
			t.Error(said.Error)
		}
	}, func(e event.Event) {
		if e.Type != event.DialogSubmitted || e.Dialog.Text != "because" || e.Dialog.PostID != post.Id {
			t.Errorf("%+v", e.Dialog)
		}
		rule(p, ownBot, e.Dialog.ID, true, "")
	})
	if !strings.Contains(buttons(server, post), "✓ **Say more** answered by @uanna") {
		t.Error(buttons(server, post))
	}
	if said := submit("too late"); said.Error != "This was answered already." {
		t.Errorf("%+v", said)
	}
}

func TestAClickThatCannotBeStoredDoesNotCountAndSaysSo(t *testing.T) {
	server, p, a, post := asked(t)
	ready(t, p)
	server.Break()
	click(p, anna, post, "yes")
	if texts := server.privately(); len(texts) != 1 || !strings.Contains(texts[0], "does not count") || len(a.stored) > 0 {
		t.Error(texts)
	}
}

func TestAClickOutlivesARestartExpiresWithAWordAndIsReplayedByAnAdmin(t *testing.T) {
	server, p, a, post := asked(t)
	a.Close()
	click(p, anna, post, "yes")
	if texts := server.privately(); len(texts) != 1 || !strings.Contains(texts[0], "cannot take your choice **Yes** at the moment. It is kept and counts when") {
		t.Fatal(texts)
	}
	_ = p.OnDeactivate()
	p = activate(t, server)
	items := kept(t, p)
	if len(items) != 1 || items[0].Event.Click.Label != "Yes" {
		t.Fatalf("%+v", items)
	}
	server.pass(61 * time.Minute)
	until(t, "it expires", func() bool { p.tendOnce(); return kept(t, p)[0].State == keep.Dead })
	if texts := server.privately(); len(texts) != 1 || !strings.Contains(texts[0], "so your choice **Yes** does not count") {
		t.Error(texts)
	}
	if got := rule(p, ownBot, items[0].ID, true, ""); got != `{"counts":false}` {
		t.Error("it counts, although the user was told that it does not: " + got)
	}
	if answer := ask(p, http.MethodPost, "/api/v1/admin/kept/"+items[0].ID+"/replay", admin, nil); answer.Code != http.StatusNoContent {
		t.Error(answer.Code, answer.Body)
	}
	if got := rule(p, ownBot, items[0].ID, true, ""); got != `{"counts":true}` {
		t.Error(got)
	}
}
