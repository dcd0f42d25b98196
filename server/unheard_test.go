package main

import (
	"net/http"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
)

// toldSoFar waits for what the hooks have put in, lets time pass, and returns what people are told by then.
func toldSoFar(p *Plugin, server *fakeServer) (texts []string) {
	done := make(chan struct{})
	p.must(func() { close(done) })
	<-done
	server.pass(keptNoticeAfter)
	p.watchOnce()
	return append(server.privately(), server.posted()...)
}

// askIn is somebody's post in a channel.
func askIn(p *Plugin, channelID, author, text string) {
	p.MessageHasBeenPosted(nil, &model.Post{Id: model.NewId(), UserId: author, ChannelId: channelID, Message: text, CreateAt: 1})
}

func TestN18WhoAsksABotWithoutALinkIsToldOnceThatNobodyReadsIt(t *testing.T) {
	server := newFakeServer(t)
	p := activate(t, server)
	name := p.nameOf(ownBot)
	askIn(p, channel, anna, "hello all")
	askIn(p, channel, otherBot, "@"+name+" hello")
	askIn(p, elsewhen, anna, "@"+name+" who is not in this channel")
	if texts := toldSoFar(p, server); len(texts) != 0 {
		t.Errorf("told for nothing: %q", texts)
	}
	askIn(p, channel, anna, "@"+name+" hello")
	askIn(p, channel, anna, "@"+name+" hello again")
	if texts := toldSoFar(p, server); len(texts) != 1 || texts[0] != notLinked || len(server.privately()) != 1 {
		t.Errorf("%q", texts)
	}
}

func TestN18InADirectMessageWithABotWithoutALinkItIsAPost(t *testing.T) {
	server := newFakeServer(t)
	server.join(ownBot, direct)
	p := activate(t, server)
	askIn(p, direct, anna, "hello")
	if texts := toldSoFar(p, server); len(texts) != 1 || len(server.posted()) != 1 {
		t.Errorf("%q", texts)
	}
}

func TestN18ABotWithoutALinkThatSpeaksIsSomebodyElses(t *testing.T) {
	server := newFakeServer(t)
	p := activate(t, server)
	askIn(p, channel, anna, "@"+p.nameOf(ownBot)+" hello")
	askIn(p, channel, ownBot, "hello, I am connected by other ways")
	askIn(p, channel, admin, "@"+p.nameOf(ownBot)+" hello")
	if texts := toldSoFar(p, server); len(texts) != 0 {
		t.Errorf("%q", texts)
	}
}

func TestN18ALinkThatWaitsForAnAdminIsSaidUntilItIsConfirmed(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	a := startAdapter(t, p, otherBot)
	if answer := ask(p, http.MethodPost, "/api/v1/hello", otherBot, hello(a.URL)); answer.Code != http.StatusOK && answer.Code != http.StatusAccepted {
		t.Fatal(answer.Code, answer.Body)
	}
	askIn(p, channel, anna, "@"+p.nameOf(otherBot)+" hello")
	if texts := toldSoFar(p, server); len(texts) != 1 || texts[0] != notLinked {
		t.Errorf("%q", texts)
	}
	if idle := p.withoutLink(); len(idle) != 1 || idle[0] != otherBot {
		t.Errorf("%q", idle)
	}
}

func TestN18WhoAsksInATeamThatIsSwitchedOffIsTold(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	server.configure(p, func(s *rawSettings) { s.Teams = "another" })
	askIn(p, channel, anna, "hello all")
	if texts := toldSoFar(p, server); len(texts) != 0 {
		t.Errorf("told for nothing: %q", texts)
	}
	askIn(p, channel, anna, "@"+p.nameOf(ownBot)+" hello")
	askIn(p, channel, anna, "@"+p.nameOf(ownBot)+" hello again")
	if texts := toldSoFar(p, server); len(texts) != 1 || texts[0] != teamIsOff {
		t.Errorf("%q", texts)
	}
	server.pass(2 * saidAgainAfter)
	askIn(p, channel, anna, "@"+p.nameOf(ownBot)+" still nobody?")
	if texts := toldSoFar(p, server); len(texts) != 2 {
		t.Errorf("not told after an hour: %q", texts)
	}
}

func TestN18WhoseRequestIsGivenUpIsToldOnce(t *testing.T) {
	server := newFakeServer(t)
	p, _ := linked(t, server)
	post := func(text string) string {
		made := &model.Post{Id: model.NewId(), UserId: anna, ChannelId: channel, Message: text, CreateAt: 1}
		server.put(made)
		return event.CreatedID(made.Id)
	}
	name := "@" + p.nameOf(ownBot)
	p.settled(ownBot, post("for nobody"), courier.Expired)
	p.settled(ownBot, post(name+" delivered"), "")
	p.settled(ownBot, post(name+" hello"), courier.Expired)
	until(t, "it is said that a post is given up", func() bool { return len(server.privately()) > 0 })
	p.settled(ownBot, post(name+" hello again"), courier.Expired)
	p.settled(ownBot, post(name+" that cannot be read"), "event.schema")
	until(t, "it is said that a post could not be read", func() bool { return len(server.privately()) > 1 })
	if texts := toldSoFar(p, server); len(texts) != 2 || texts[0] != tooLate || texts[1] != notTaken {
		t.Errorf("%q", texts)
	}
}
