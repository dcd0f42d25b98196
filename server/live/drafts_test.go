package live

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/testkit"
)

const (
	town = "town0000000000000000000000"
	bot  = "bot00000000000000000000own"
	id   = "openclaw-abcdefghijklmnopqrstuvwxyz"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func setUp() (*Drafts, *clock) {
	c := &clock{time.UnixMilli(1_000_000_000_000)}
	return New(c.now), c
}

func say(seq int64, kind string, text *Growth) Call {
	return Call{Draft: id, Seq: seq, Type: kind, ChannelID: town, UserID: bot, StartedAt: 5, Text: text, Tools: []Tool{}}
}

func want(t *testing.T, err, wanted error) {
	t.Helper()
	if !errors.Is(err, wanted) {
		t.Fatalf("got %v, wanted %v", err, wanted)
	}
}

func TestADraftGrowsIsCorrectedAndEnds(t *testing.T) {
	d, _ := setUp()
	want(t, d.Apply(say(1, Start, &Growth{0, "Grüße 👋 wrold"})), nil)
	// The waving hand is two code units.
	want(t, d.Apply(say(2, Delta, &Growth{9, "world"})), nil)
	want(t, d.Apply(say(2, Delta, &Growth{0, "again"})), ErrOld)
	want(t, d.Apply(say(3, Delta, &Growth{99, "later"})), ErrGap)
	shown := d.In(town)
	if len(shown) != 1 || shown[0].Text != "Grüße 👋 world" || shown[0].Seq != 2 {
		t.Fatalf("it stands as %+v", shown)
	}
	if err := testkit.Check(t, testkit.Schema(t, "live-draft"), shown[0]); err != nil {
		t.Error(err)
	}
	want(t, d.Apply(say(4, End, nil)), nil)
	want(t, d.Apply(say(5, Delta, &Growth{0, "late"})), ErrEnded)
	if len(d.In(town)) != 0 {
		t.Error("an ended draft is still shown")
	}
}

func TestADraftBelongsToItsBotAndChannel(t *testing.T) {
	d, _ := setUp()
	want(t, d.Apply(say(1, Start, nil)), nil)
	other := say(2, Delta, &Growth{0, "mine"})
	other.UserID = "bot0000000000000000000else"
	want(t, d.Apply(other), ErrEnded)
	elsewhere := say(2, Delta, &Growth{0, "mine"})
	elsewhere.ChannelID = "elsewhere00000000000000000"
	want(t, d.Apply(elsewhere), ErrEnded)
}

func TestASilentDraftEndsByItself(t *testing.T) {
	d, c := setUp()
	want(t, d.Apply(say(7, Start, &Growth{0, "half"})), nil)
	c.at = c.at.Add(silence - time.Second)
	if len(d.Expire()) != 0 {
		t.Fatal("ended too early")
	}
	c.at = c.at.Add(time.Second)
	aborts := d.Expire()
	if len(aborts) != 1 || aborts[0].Type != Abort || aborts[0].Seq != 8 || aborts[0].ChannelID != town || len(d.In(town)) != 0 {
		t.Fatalf("ended with %+v", aborts)
	}
	want(t, d.Apply(say(9, Delta, nil)), ErrEnded)
	c.at = c.at.Add(rememberEnded + time.Second)
	d.Expire()
	want(t, d.Apply(say(10, Start, nil)), nil)
}

func TestADraftThatIsNotKnownBeginsAnew(t *testing.T) {
	d, _ := setUp()
	want(t, d.Apply(say(4, Delta, nil)), ErrGap)
	want(t, d.Apply(say(5, Start, &Growth{0, "all of it"})), nil)
	again := say(6, Start, &Growth{0, "all"})
	again.Tools = []Tool{{"a", "reads", "running"}}
	want(t, d.Apply(again), nil)
	if shown := d.In(town)[0]; shown.Text != "all" || len(shown.Tools) != 1 {
		t.Errorf("it stands as %+v", shown)
	}
}

func TestDraftsAndCallsAreBounded(t *testing.T) {
	d, c := setUp()
	for n := range maxDrafts {
		one := say(1, Start, nil)
		one.Draft = "openclaw-" + strings.Repeat("x", 20) + string(rune('a'+n/26/26)) + string(rune('a'+n/26%26)) + string(rune('a'+n%26)) + "zzz"
		want(t, d.Apply(one), nil)
	}
	want(t, d.Apply(say(1, Start, nil)), ErrFull)
	for range perSecond {
		if !d.Admit(say(2, Delta, nil)) {
			t.Fatal("refused too early")
		}
	}
	if d.Admit(say(2, Delta, nil)) || d.Admit(say(2, End, nil)) {
		t.Error("too many calls are let in")
	}
	ends := say(2, End, nil)
	ends.Draft = d.In(town)[0].Draft
	if !d.Admit(ends) {
		t.Error("the end of a draft that is shown is refused")
	}
	if c.at = c.at.Add(time.Second); !d.Admit(say(2, Delta, nil)) {
		t.Error("a second later it is still refused")
	}
}

func TestTheLatestOfAToolCountsAndTheOldestGo(t *testing.T) {
	d, _ := setUp()
	one := say(1, Start, nil)
	one.Tools = []Tool{{"a", "reads", "running"}, {"b", "writes", "running"}}
	want(t, d.Apply(one), nil)
	two := say(2, Delta, nil)
	two.Tools = []Tool{{"a", "reads", "done"}}
	want(t, d.Apply(two), nil)
	if tools := d.In(town)[0].Tools; len(tools) != 2 || tools[0].State != "done" || tools[1].ID != "b" {
		t.Fatalf("tools are %+v", tools)
	}
	for n := range maxTools {
		more := say(int64(3+n), Delta, nil)
		more.Tools = []Tool{{"more" + string(rune('0'+n)), "works", "running"}}
		want(t, d.Apply(more), nil)
	}
	if tools := d.In(town)[0].Tools; len(tools) != maxTools || tools[0].ID == "a" {
		t.Fatalf("%d tools are held", len(tools))
	}
}

func TestCallsAreValidAsInTheSchema(t *testing.T) {
	schema := testkit.Schema(t, "live")
	for name, change := range map[string]func(*Call){
		"":         func(*Call) {},
		"draft":    func(c *Call) { c.Draft = "openclaw-short" },
		"seq":      func(c *Call) { c.Seq = 0 },
		"type":     func(c *Call) { c.Type = "stop" },
		"channel":  func(c *Call) { c.ChannelID = "" },
		"root":     func(c *Call) { c.RootID = "x" },
		"offset":   func(c *Call) { c.Text = &Growth{-1, ""} },
		"text":     func(c *Call) { c.Text = &Growth{0, strings.Repeat("x", maxCall+1)} },
		"tool":     func(c *Call) { c.Tools = []Tool{{"a", "", "running"}} },
		"state":    func(c *Call) { c.Tools = []Tool{{"a", "b", "sleeping"}} },
		"too many": func(c *Call) { c.Tools = make([]Tool, maxTools+1) },
	} {
		c := say(1, Start, &Growth{0, "text"})
		change(&c)
		if valid := c.Validate() == nil; valid != (name == "") || valid != (testkit.Check(t, schema, c) == nil) {
			t.Errorf("%q: the server says %v, the schema %v", name, c.Validate(), testkit.Check(t, schema, c))
		}
	}
	if say(1, Start, &Growth{maxText, "x"}).Validate() == nil || (Call{}).Validate() == nil {
		t.Error("what is too long or empty is valid")
	}
}
