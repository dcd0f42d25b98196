package link

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/testkit"
)

func aHello() Hello {
	return Hello{
		Protocols: []int{1}, GatewayID: "gateway-0001", Account: "default", AdapterVersion: "0.1.0",
		OpenClawVersion: "2026.9.1", ProposedURL: "http://127.0.0.1:18789", SentAt: 1_790_000_000_000,
	}
}

func aBook(t *testing.T) (*Book, *testkit.KV, *clock) {
	t.Helper()
	kv, c := testkit.NewKV(), newClock()
	return NewBook(kv, c.now), kv, c
}

func TestASecondHelloWritesNothing(t *testing.T) {
	book, kv, c := aBook(t)
	for range 3 {
		if err := book.Greet("bot", true, aHello()); err != nil {
			t.Fatal(err)
		}
		c.advance(5 * time.Minute)
	}
	if kv.Writes("") != 1 {
		t.Errorf("%d writes, want 1", kv.Writes(""))
	}
	_, greeting := book.Get("bot")
	if greeting.At != c.now().Add(-5*time.Minute) || greeting.Skew != -10*time.Minute {
		t.Errorf("the greeting is %+v", greeting)
	}
}

func TestOwnBotIsLinkedAtOnceAndOthersByTheAdmin(t *testing.T) {
	book, _, c := aBook(t)
	_ = book.Greet("own", true, aHello())
	_ = book.Greet("other", false, aHello())
	for _, row := range []struct {
		bot, policy, want string
		own               bool
	}{
		{"own", PolicyOwn, Linked, true},
		{"own", PolicyConfirm, Linked, true},
		{"other", PolicyOwn, Refused, false},
		{"other", PolicyConfirm, Pending, false},
		{"other", "", Refused, false},
		{"stranger", PolicyConfirm, Pending, false},
	} {
		record, _ := book.Get(row.bot)
		if got := record.Stand(row.policy, row.own); got.State != row.want || got.Message == "" {
			t.Errorf("%s under %q: %+v, want %s", row.bot, row.policy, got, row.want)
		}
	}
	_ = book.Amend("other", func(r *Record) { r.Confirm(c.now()) })
	record, _ := book.Get("other")
	if record.Stand(PolicyConfirm, false).State != Linked || record.Stand(PolicyOwn, false).State != Refused || record.LinkedAt == 0 {
		t.Errorf("after confirmation: %+v", record)
	}
}

func TestAURLIsVerifiedForOneGatewayOnly(t *testing.T) {
	record := Record{GatewayID: "gateway-0001", VerifiedURL: "https://a.example", VerifiedGatewayID: "gateway-0001"}
	if !record.IsVerified("https://a.example") || record.IsVerified("https://b.example") || record.IsVerified("") {
		t.Error("the URL does not decide")
	}
	hello := aHello()
	hello.GatewayID = "gateway-0002"
	record.greet(hello)
	if record.IsVerified("https://a.example") {
		t.Error("another gateway inherited the proof")
	}
}

func TestAnotherNodeReadsTheSameLinks(t *testing.T) {
	book, kv, c := aBook(t)
	_ = book.Greet("bot", true, aHello())
	other := NewBook(kv, c.now)
	if err := other.Reload(); err != nil || len(other.All()) != 1 || other.All()[0] != book.All()[0] {
		t.Errorf("%v: %+v", err, other.All())
	}
	_ = other.Remove("bot")
	_ = book.Reload()
	if len(book.All()) != 0 {
		t.Error("the removed link is still there")
	}
}

func TestConcurrentHellosOfManyBotsAllCount(t *testing.T) {
	book, kv, c := aBook(t)
	other := NewBook(kv, c.now)
	var running sync.WaitGroup
	for i := range 6 {
		running.Go(func() {
			for book.Greet(fmt.Sprint("here", i), false, aHello()) != nil {
			}
		})
		running.Go(func() {
			for other.Greet(fmt.Sprint("there", i), false, aHello()) != nil {
			}
		})
	}
	running.Wait()
	_ = book.Reload()
	if len(book.All()) != 12 {
		t.Errorf("%d links, want 12", len(book.All()))
	}
}

func TestTheNumberOfLinksIsBounded(t *testing.T) {
	book, _, _ := aBook(t)
	var err error
	for i := range maxLinks + 1 {
		err = book.Greet(fmt.Sprint("bot", i), false, aHello())
	}
	if !errors.Is(err, ErrTooManyLinks) || len(book.All()) != maxLinks {
		t.Errorf("%d links, %v", len(book.All()), err)
	}
	if err = book.Greet("bot0", false, aHello()); err != nil {
		t.Errorf("a known bot was refused: %v", err)
	}
}

func TestAnUnknownLinkCannotBeAmendedOrRemoved(t *testing.T) {
	book, kv, _ := aBook(t)
	if err := book.Amend("bot", func(*Record) {}); !errors.Is(err, ErrUnknownLink) {
		t.Error(err)
	}
	if err := book.Remove("bot"); !errors.Is(err, ErrUnknownLink) || kv.Writes("") != 0 {
		t.Error(err)
	}
}

func TestAChallengeIsTakenOnceByItsBotInTime(t *testing.T) {
	kv, c := testkit.NewKV(), newClock()
	here, there := NewChallenges(kv, c.now), NewChallenges(kv, c.now)
	proof := Proof{BotID: "bot", URL: "https://a.example", GatewayID: "gateway-0001"}
	challenge, answered, err := here.Issue(t.Context(), proof)
	if err != nil || testkit.Check(t, testkit.Schema(t, "challenge"), map[string]string{"challenge": challenge}) != nil {
		t.Fatal(challenge, err)
	}
	if _, ok, _ := there.Take("thief", challenge); ok {
		t.Error("another bot took it")
	}
	got, ok, err := there.Take("bot", challenge)
	if !ok || err != nil || got.URL != proof.URL || got.GatewayID != proof.GatewayID {
		t.Errorf("%+v %v %v", got, ok, err)
	}
	if _, ok, _ = here.Take("bot", challenge); ok {
		t.Error("taken twice")
	}
	here.Answered(challenge)
	here.Answered(challenge)
	<-answered

	late, _, _ := here.Issue(t.Context(), proof)
	c.advance(challengeTTL + time.Millisecond)
	if _, ok, _ = here.Take("bot", late); ok {
		t.Error("taken too late")
	}
}
