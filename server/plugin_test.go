package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/testkit"
)

// adapter is a gateway on a real port: it acknowledges, and answers challenges with the bot token.
type adapter struct {
	*httptest.Server
	t      *testing.T
	plugin *Plugin
	bot    string
	// silent takes pings without answering their challenge; ended refuses everything with 410.
	silent, ended atomic.Bool
	pings         atomic.Int32
	stored        chan event.Event
}

func startAdapter(t *testing.T, p *Plugin, bot string) *adapter {
	t.Helper()
	a := &adapter{t: t, plugin: p, bot: bot, stored: make(chan event.Event, 100)}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct{ Events []event.Event }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		a.t.Error(err)
	}
	if a.ended.Load() {
		w.WriteHeader(http.StatusGone)
		_, _ = w.Write([]byte(`{"error":{"code":"link.ended","message":""}}`))
		return
	}
	acked := []string{}
	for _, e := range body.Events {
		acked = append(acked, e.ID)
		if e.Ping != nil {
			a.pings.Add(1)
		}
		if e.Ping == nil {
			a.stored <- e
		} else if !a.silent.Load() {
			if answer := ask(a.plugin, http.MethodPost, "/api/v1/challenge", a.bot, map[string]string{"challenge": e.Ping.Challenge}); answer.Code != http.StatusNoContent {
				a.t.Errorf("the challenge: %d %s", answer.Code, answer.Body)
			}
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"acked": acked, "failed": []string{}})
}

// next waits for an event, which comes within milliseconds or never.
func (a *adapter) next(t *testing.T) event.Event {
	t.Helper()
	select {
	case e := <-a.stored:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event came")
		return event.Event{}
	}
}

func ask(p *Plugin, method, path, user string, body any) *httptest.ResponseRecorder {
	raw, ok := body.(string)
	if !ok && body != nil {
		encoded, _ := json.Marshal(body)
		raw = string(encoded)
	}
	request := httptest.NewRequest(method, path, bytes.NewReader([]byte(raw)))
	if user != "" {
		request.Header.Set("Mattermost-User-Id", user)
	}
	recorder := httptest.NewRecorder()
	p.ServeHTTP(nil, recorder, request)
	return recorder
}

func activate(t *testing.T, server *fakeServer) *Plugin {
	t.Helper()
	p := newPlugin()
	p.now = server.now
	p.SetAPI(server)
	if err := p.OnConfigurationChange(); err != nil {
		t.Fatal(err)
	}
	if err := p.OnActivate(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.OnDeactivate() })
	return p
}

func hello(url string) map[string]any {
	return map[string]any{
		"protocols": []int{1}, "gateway_id": "gateway-0001", "account": "default", "adapter_version": "0.1.0",
		"proposed_url": url, "sent_at": time.Now().UnixMilli(), "capabilities": []string{"panel"},
	}
}

func aPost(author string) *model.Post {
	return &model.Post{Id: model.NewId(), UserId: author, ChannelId: channel, Message: "hello", CreateAt: time.Now().UnixMilli()}
}

// linked is a plugin whose own bot is linked to an adapter that has proved itself.
func linked(t *testing.T, server *fakeServer) (*Plugin, *adapter) {
	t.Helper()
	p := activate(t, server)
	a := startAdapter(t, p, ownBot)
	server.configure(p, func(s *rawSettings) { s.GatewayURL = a.URL })
	if answer := ask(p, http.MethodPost, "/api/v1/hello", ownBot, hello(a.URL)); answer.Code != http.StatusOK {
		t.Fatal(answer.Body)
	}
	return p, a
}

// ready waits until the own bot's gateway has proved itself.
func ready(t *testing.T, p *Plugin) {
	t.Helper()
	until(t, "the gateway is ready", func() bool { return p.isReady(p.courier(ownBot)) })
}

func TestAPostReachesTheProvenGatewayAndAnswersAreValid(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	post := aPost(anna)
	p.MessageHasBeenPosted(nil, post)
	got := a.next(t)
	if got.ID != "post.created:"+post.Id || got.Actor.ID != anna || got.Channel.TeamName != "acme" || got.Lane != channel {
		t.Errorf("%+v %+v", got, got.Place)
	}
	answer := ask(p, http.MethodGet, "/api/v1/status", ownBot, nil)
	if err := testkit.Check(t, testkit.Schema(t, "welcome"), json.RawMessage(answer.Body.Bytes())); err != nil {
		t.Error(err)
	}
	if !strings.Contains(answer.Body.String(), `"state":"ready"`) {
		t.Error(answer.Body)
	}
}

func TestWhatTheBotMayNotHearStaysHere(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	strange := aPost(anna)
	strange.ChannelId = elsewhen
	system := aPost(anna)
	system.Type = model.PostTypeJoinChannel
	p.MessageHasBeenPosted(nil, strange)
	p.MessageHasBeenPosted(nil, system)
	p.MessageHasBeenPosted(nil, aPost(ownBot))
	p.ReactionHasBeenAdded(nil, &model.Reaction{UserId: ownBot, PostId: strange.Id, EmojiName: "+1", ChannelId: channel, CreateAt: 1})
	last := aPost(otherBot)
	p.MessageHasBeenPosted(nil, last)
	if got := a.next(t); got.ID != "post.created:"+last.Id || !got.Actor.IsBot {
		t.Errorf("%s left the server", got.ID)
	}
}

func TestMembershipAndTeamsDecideAtOnce(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	expect := func(post *model.Post) {
		t.Helper()
		p.MessageHasBeenPosted(nil, post)
		if got := a.next(t); got.ID != "post.created:"+post.Id {
			t.Errorf("%s left the server", got.ID)
		}
	}
	there := func() *model.Post {
		post := aPost(anna)
		post.ChannelId = elsewhen
		return post
	}
	p.MessageHasBeenPosted(nil, there())
	p.UserHasJoinedChannel(nil, &model.ChannelMember{UserId: ownBot, ChannelId: elsewhen}, nil)
	expect(there())
	p.UserHasLeftChannel(nil, &model.ChannelMember{UserId: ownBot, ChannelId: elsewhen}, nil)
	p.MessageHasBeenPosted(nil, there())
	expect(aPost(anna))
	server.set(func(s *fakeServer) { delete(s.members, ownBot+channel) })
	p.UserHasLeftTeam(nil, &model.TeamMember{UserId: ownBot, TeamId: team}, nil)
	p.MessageHasBeenPosted(nil, aPost(anna))
	p.UserHasJoinedChannel(nil, &model.ChannelMember{UserId: ownBot, ChannelId: channel}, nil)
	expect(aPost(anna))

	server.configure(p, func(s *rawSettings) { s.Teams = "other, thing" })
	p.MessageHasBeenPosted(nil, aPost(anna))
	settled(p)
	server.configure(p, func(s *rawSettings) { s.Teams = "Other, ACME" })
	expect(aPost(anna))
}

// settled waits until the intake has done what was put in before.
func settled(p *Plugin) {
	done := make(chan struct{})
	p.must(func() { close(done) })
	<-done
}

func TestEditsDeletionsAndReactionsTravel(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	before := aPost(anna)
	before.RootId = model.NewId()
	server.put(before)
	edited := before.Clone()
	edited.EditAt = before.CreateAt + 5
	pinned := before.Clone()
	pinned.IsPinned = true
	reaction := &model.Reaction{UserId: anna, PostId: before.Id, EmojiName: "+1", CreateAt: before.CreateAt, UpdateAt: before.CreateAt, ChannelId: channel}
	removed := &model.Reaction{UserId: anna, PostId: before.Id, EmojiName: "+1", CreateAt: before.CreateAt, UpdateAt: before.CreateAt + 7}
	p.MessageHasBeenUpdated(nil, pinned, before)
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() { p.MessageHasBeenUpdated(nil, edited, before) }, event.PostEdited},
		{func() { p.ReactionHasBeenAdded(nil, reaction) }, event.ReactionAdded},
		{func() { p.ReactionHasBeenRemoved(nil, removed) }, event.ReactionRemoved},
		{func() { p.MessageHasBeenDeleted(nil, before) }, event.PostDeleted},
	} {
		step.do()
		got := a.next(t)
		if got.Type != step.want || got.ThreadRoot != before.RootId || got.Lane != channel {
			t.Errorf("%+v %+v, want %s", got, got.Place, step.want)
		}
		if err := testkit.Check(t, testkit.Schema(t, "event"), got); err != nil {
			t.Error(err)
		}
	}
}

func TestTheLinkIsResumedWithoutAHello(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	p.MessageHasBeenPosted(nil, aPost(anna))
	a.next(t)
	if err := p.OnDeactivate(); err != nil {
		t.Fatal(err)
	}
	again := activate(t, server)
	a.silent.Store(true)
	again.MessageHasBeenPosted(nil, aPost(anna))
	a.next(t)
}

func TestNothingLeavesBeforeTheAddressHasProvedItself(t *testing.T) {
	server := newFakeServer(t)
	p := activate(t, server)
	a := startAdapter(t, p, ownBot)
	a.silent.Store(true)
	server.configure(p, func(s *rawSettings) { s.GatewayURL = a.URL })
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, hello(a.URL))
	p.MessageHasBeenPosted(nil, aPost(anna))
	settled(p)
	if said := ask(p, http.MethodGet, "/api/v1/status", ownBot, nil).Body.String(); !strings.Contains(said, `"state":"unverified"`) || !strings.Contains(said, `"pending":1`) {
		t.Error(said)
	}
	a.silent.Store(false)
	ask(p, http.MethodPost, "/api/v1/admin/links/"+ownBot+"/test", admin, nil)
	a.next(t)
}

func TestAHelloRevivesAnEndedLink(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	p.MessageHasBeenPosted(nil, aPost(anna))
	a.next(t)
	a.ended.Store(true)
	p.MessageHasBeenPosted(nil, aPost(anna))
	for !strings.Contains(ask(p, http.MethodGet, "/api/v1/status", ownBot, nil).Body.String(), "link.ended") {
		runtime.Gosched()
	}
	a.ended.Store(false)
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, hello(a.URL))
	a.next(t)
}

func TestAnotherBotNeedsTheAdminAndItsOwnAddress(t *testing.T) {
	server := newFakeServer(t)
	p, own := linked(t, server)
	other := startAdapter(t, p, otherBot)
	greet := func() string {
		return ask(p, http.MethodPost, "/api/v1/hello", otherBot, hello(other.URL)).Body.String()
	}
	if said := greet(); !strings.Contains(said, `"state":"pending"`) {
		t.Fatal(said)
	}
	p.MessageHasBeenPosted(nil, aPost(anna))
	own.next(t)
	if answer := ask(p, http.MethodPost, "/api/v1/admin/links/"+otherBot+"/confirm", admin, map[string]string{"url": other.URL + "/"}); answer.Code != http.StatusOK {
		t.Fatal(answer.Body)
	}
	post := aPost(anna)
	p.MessageHasBeenPosted(nil, post)
	if got := other.next(t); got.ID != "post.created:"+post.Id {
		t.Error(got.ID)
	}
	own.next(t)
	p.MessageHasBeenPosted(nil, aPost(otherBot))
	own.next(t)

	server.configure(p, func(s *rawSettings) { s.LinkPolicy = "own" })
	if said := greet(); !strings.Contains(said, `"state":"refused"`) {
		t.Error(said)
	}
	if p.courier(otherBot) != nil || p.courier(ownBot) == nil {
		t.Error("a refused bot still hears")
	}
	if answer := ask(p, http.MethodPost, "/api/v1/admin/links/"+otherBot+"/remove", admin, nil); answer.Code != http.StatusNoContent {
		t.Error(answer.Body)
	}
}

func TestABadGatewayURLStopsDeliveriesAndIsShown(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	server.configure(p, func(s *rawSettings) { s.GatewayURL, s.Teams = "http://203.0.113.7", "nowhere" })
	answer := ask(p, http.MethodGet, "/api/v1/admin/status", admin, nil).Body.String()
	for _, want := range []string{`"state":"unset"`, `"gateway_url.refused"`, `"teams.unknown"`} {
		if !strings.Contains(answer, want) {
			t.Errorf("%s is missing in %s", want, answer)
		}
	}
}

func TestAGatewayWithAWrongClockIsNamed(t *testing.T) {
	server := newFakeServer(t)
	p := activate(t, server)
	late := hello("")
	late["sent_at"] = time.Now().Add(-2 * time.Minute).UnixMilli()
	ask(p, http.MethodPost, "/api/v1/hello", ownBot, late)
	answer := ask(p, http.MethodGet, "/api/v1/admin/status", admin, nil).Body.String()
	if !strings.Contains(answer, `"clock.skew"`) || !strings.Contains(answer, `"clock_skew_ms":-12`) {
		t.Error(answer)
	}
}

func TestTheSelfTestSaysWhichHopFails(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	path := "/api/v1/admin/links/" + ownBot + "/test"
	if said := ask(p, http.MethodPost, path, admin, nil).Body.String(); !strings.Contains(said, `"ok":true`) || !strings.Contains(said, `"challenge"`) {
		t.Error(said)
	}
	a.Close()
	// Connections that were kept break first, each of them once.
	said := ""
	for range 8 {
		if said = ask(p, http.MethodPost, path, admin, nil).Body.String(); strings.Contains(said, "refused the connection") {
			break
		}
	}
	if !strings.Contains(said, `"ok":false`) || !strings.Contains(said, "refused the connection") {
		t.Error(said)
	}
}

func TestRotationUnderTrafficLosesNothing(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	var running sync.WaitGroup
	running.Go(func() {
		for range 5 {
			if answer := ask(p, http.MethodPost, "/api/v1/keys/rotate", admin, nil); answer.Code != http.StatusOK {
				t.Error(answer.Body)
			}
		}
	})
	want, got := []string{}, []string{}
	for range 50 {
		post := aPost(anna)
		want = append(want, "post.created:"+post.Id)
		p.MessageHasBeenPosted(nil, post)
	}
	for range want {
		got = append(got, a.next(t).ID)
	}
	running.Wait()
	if !slices.Equal(got, want) {
		t.Error("the posts of one author came in another order")
	}
}

func TestAnEventWhoseFactsCannotBeReadIsCounted(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	server.set(func(s *fakeServer) { s.broken = true })
	p.MessageHasBeenPosted(nil, aPost(anna))
	settled(p)
	if said := ask(p, http.MethodGet, "/api/v1/status", ownBot, nil).Body.String(); !strings.Contains(said, `"overflowed":1`) {
		t.Error(said)
	}
}

func TestThePictureIsSetOnceUntilItChanges(t *testing.T) {
	server := newFakeServer(t)
	for range 3 {
		_ = activate(t, server).OnDeactivate()
	}
	if server.pictures != 1 {
		t.Errorf("set %d times", server.pictures)
	}
}

func TestActivationSaysWhyItFails(t *testing.T) {
	for want, breakIt := range map[string]func(*fakeServer){
		"needs Mattermost 11.1.0": func(s *fakeServer) { s.version = "10.5.2" },
		"is not a bot":            func(s *fakeServer) { s.human = true },
		"signing key":             func(s *fakeServer) { _ = s.KVSet("keys", []byte("{}}")) },
	} {
		server := newFakeServer(t)
		server.set(breakIt)
		p := newPlugin()
		p.SetAPI(server)
		if err := p.OnActivate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if err := p.OnDeactivate(); err != nil {
			t.Error(err)
		}
	}
}

func TestTheLogHoldsNoTextTokenOrAddress(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	post := aPost(anna)
	post.Message = "top secret"
	p.MessageHasBeenPosted(nil, post)
	a.next(t)
	ask(p, http.MethodPost, "/api/v1/admin/token", admin, nil)
	ask(p, http.MethodPost, "/api/v1/keys/rotate", admin, nil)
	server.mu.Lock()
	defer server.mu.Unlock()
	logged := strings.Join(server.logged, "\n")
	for _, secret := range []string{"top secret", "secret-token", "@example.com", a.URL} {
		if strings.Contains(logged, secret) {
			t.Errorf("%q stands in the log:\n%s", secret, logged)
		}
	}
}

func TestThePluginEndsWhenItsServerIsGone(t *testing.T) {
	parents, ticks, ended := []int{7, 7, 7, 1}, make(chan time.Time, 3), 0
	for range 3 {
		ticks <- time.Time{}
	}
	close(ticks)
	endWith(func() int {
		parent := parents[0]
		parents = parents[1:]
		return parent
	}, ticks, func(code int) { ended = code })
	if ended != 1 || len(parents) != 0 {
		t.Errorf("ended %d, %d looks left", ended, len(parents))
	}
}
