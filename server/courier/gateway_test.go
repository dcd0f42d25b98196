package courier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// reply is what the fake gateway says to one delivery.
type reply struct {
	status int
	header map[string]string
	body   string
	err    error
}

// delivered is one delivery as the fake gateway saw it.
type delivered struct {
	at     time.Time
	url    string
	events []event.Event
}

// gateway is a small adapter: it stores what it acknowledges, and watches that no lane is delivered twice at a time.
type gateway struct {
	t       *testing.T
	latency time.Duration
	// say decides the reply; nil acknowledges everything.
	say func(n int, events []event.Event) reply

	mu     sync.Mutex
	seen   []delivered
	stored []string
	flying map[string]int
	open   map[string]chan struct{}
	prove  bool
}

func newGateway(t *testing.T) *gateway {
	return &gateway{t: t, latency: 5 * time.Millisecond, flying: map[string]int{}, open: map[string]chan struct{}{}, prove: true}
}

func ack(events []event.Event) reply {
	ids := []string{}
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	raw, _ := json.Marshal(map[string]any{"acked": ids, "failed": []string{}})
	return reply{status: 200, body: string(raw)}
}

// Do plays the network and the adapter.
func (g *gateway) Do(r *http.Request) (*http.Response, error) {
	raw, _ := io.ReadAll(r.Body)
	var body struct{ Events []event.Event }
	if err := json.Unmarshal(raw, &body); err != nil || len(body.Events) == 0 || len(body.Events) > 50 || len(raw) > 256<<10 {
		g.t.Errorf("a body of %d events and %d bytes: %v", len(body.Events), len(raw), err)
	}
	if r.Header.Get(link.SignatureHeader) == "" || r.Header.Get("Content-Type") != "application/json" {
		g.t.Error("a delivery without signature or type")
	}
	lanes := map[string]bool{}
	for _, e := range body.Events {
		lanes[e.Lane] = true
	}
	said := g.take(r.URL.String(), body.Events, lanes)
	select {
	case <-time.After(g.latency):
	case <-r.Context().Done():
		said = reply{err: r.Context().Err()}
	}
	g.land(lanes, said)
	if said.err != nil {
		return nil, said.err
	}
	header := http.Header{}
	for name, value := range said.header {
		header.Set(name, value)
	}
	return &http.Response{StatusCode: said.status, Header: header, Body: io.NopCloser(bytes.NewReader([]byte(said.body)))}, nil
}

func (g *gateway) take(url string, events []event.Event, lanes map[string]bool) reply {
	g.mu.Lock()
	defer g.mu.Unlock()
	for lane := range lanes {
		if g.flying[lane]++; g.flying[lane] > 1 {
			g.t.Errorf("lane %s is in two deliveries at a time", lane)
		}
	}
	g.seen = append(g.seen, delivered{time.Now(), url, events})
	said := ack(events)
	if g.say != nil {
		said = g.say(len(g.seen), events)
	}
	if p := events[0].Ping; p != nil && g.prove && said.status == 200 {
		close(g.open[p.Challenge])
	}
	var answer struct{ Acked []string }
	if json.Unmarshal([]byte(said.body), &answer) == nil && said.status == 200 && said.err == nil {
		g.stored = append(g.stored, answer.Acked...)
	}
	return said
}

func (g *gateway) land(lanes map[string]bool, _ reply) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for lane := range lanes {
		g.flying[lane]--
	}
}

// Issue is the challenge desk; the gateway answers by closing the channel.
func (g *gateway) Issue(context.Context, link.Proof) (string, <-chan struct{}, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	challenge := fmt.Sprintf("challenge-%016d", len(g.open))
	g.open[challenge] = make(chan struct{})
	return challenge, g.open[challenge], nil
}

// Sign stands for a signature.
func (g *gateway) Sign(gatewayID, account string, _ []byte) (string, error) {
	return gatewayID + "/" + account, nil
}

func (g *gateway) deliveries() []delivered {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.seen)
}

func (g *gateway) ids() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.stored)
}

// lines counts log lines by level.
type lines struct {
	mu    sync.Mutex
	count map[string]int
}

func (l *lines) add(level string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count[level]++
}

func (l *lines) LogInfo(string, ...any)  { l.add("info") }
func (l *lines) LogWarn(string, ...any)  { l.add("warn") }
func (l *lines) LogError(string, ...any) { l.add("error") }

func target() Target {
	return Target{BotID: "bot", GatewayID: "gateway-0001", Account: "default", URL: "https://gateway.example.com/oc", Verified: true}
}

// inBubble runs a courier against a fake gateway in virtual time.
func inBubble(t *testing.T, run func(t *testing.T, c *Courier, g *gateway, log *lines)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g, log := newGateway(t), &lines{count: map[string]int{}}
		c := New(Deps{Client: g, Signer: g, Challenges: g, Log: log, Now: time.Now, Random: func() float64 { return 0.5 }})
		run(t, c, g, log)
		grace, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		c.Stop(grace)
	})
}

// post is an event of now.
func post(lane string, n int) *event.Event {
	e := made(lane, "anna", 0)
	e.ID, e.TS = fmt.Sprintf("post.created:%s/%d", lane, n), time.Now().UnixMilli()+int64(n)
	return e
}

func status(t *testing.T, c *Courier) Status {
	t.Helper()
	s, _ := c.Status()
	return s
}

var errRefused = errors.New("connection refused")
