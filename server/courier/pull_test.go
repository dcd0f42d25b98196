package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// inPull is inBubble with what a pull needs: the ids of tokens are counted.
func inPull(t *testing.T, run func(t *testing.T, c *Courier, g *gateway, log *lines)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g, log := newGateway(t), &lines{count: map[string]int{}}
		var mu sync.Mutex
		signed := 0
		c := New(Deps{
			Client: g, Signer: g, Challenges: g, Log: log, Now: time.Now, Random: func() float64 { return 0.5 },
			SignPull: func(gatewayID, account string, _ []byte) (string, string, error) {
				mu.Lock()
				defer mu.Unlock()
				signed++
				return gatewayID + "/" + account, fmt.Sprintf("delivery-%08d", signed), nil
			},
		})
		run(t, c, g, log)
		grace, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		c.Stop(grace)
	})
}

// asked is one pull's outcome.
type asked struct {
	*Pulled
	err error
}

func (a asked) events(t *testing.T) []event.Event {
	t.Helper()
	if a.err != nil || a.Pulled == nil {
		t.Fatalf("nothing was pulled: %v", a.err)
	}
	var body struct{ Events []event.Event }
	if err := json.Unmarshal(a.Body, &body); err != nil {
		t.Fatal(err)
	}
	return body.Events
}

func (a asked) ids(t *testing.T) string {
	t.Helper()
	ids := []string{}
	for _, e := range a.events(t) {
		ids = append(ids, strings.TrimPrefix(e.ID, "post.created:"))
	}
	return strings.Join(ids, " ")
}

// receipt acknowledges all of a delivery.
func (a asked) receipt(t *testing.T) *Receipt {
	t.Helper()
	return &Receipt{a.ID, []byte(ack(a.events(t)).body)}
}

func ask(c *Courier, receipt *Receipt, wait time.Duration) asked {
	pulled, err := c.Pull(context.Background(), receipt, wait)
	return asked{pulled, err}
}

func unset() Target { return Target{BotID: "bot", GatewayID: "gateway-0001", Account: "default"} }

func dead() Target {
	dead := target()
	dead.Verified = false
	return dead
}

func TestAPullGetsWhatIsThereOrWaitsForIt(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		c.Aim(unset())
		c.Enqueue(post("l", 1))
		first := ask(c, nil, MaxPullWait)
		if got := first.ids(t); got != "l/1" || first.Token != "gateway-0001/default" {
			t.Errorf("%s, signed %s", got, first.Token)
		}
		began, next := time.Now(), make(chan asked)
		go func() { next <- ask(c, first.receipt(t), MaxPullWait) }()
		time.Sleep(10 * time.Second)
		c.Enqueue(post("l", 2))
		second := <-next
		if took := time.Since(began); second.ids(t) != "l/2" || took != 10*time.Second {
			t.Errorf("%s after %v", second.ids(t), took)
		}
		began = time.Now()
		if none := ask(c, second.receipt(t), 7*time.Second); none.Pulled != nil || none.err != nil || time.Since(began) != 7*time.Second {
			t.Errorf("%+v after %v", none, time.Since(began))
		}
		if s := status(t, c); s.State != "ready" || s.Transport != "pull" || s.Delivered != 2 || s.Pending != 0 || len(g.deliveries()) != 0 {
			t.Errorf("%+v, %d pushed", s, len(g.deliveries()))
		}
	})
}

func TestALostDeliveryComesAgainInItsPlace(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, _ *gateway, _ *lines) {
		c.Aim(unset())
		c.Enqueue(post("l", 1))
		lost := ask(c, nil, 0)
		c.Enqueue(post("l", 2))
		time.Sleep(hold)
		again := ask(c, nil, 0)
		if again.ids(t) != "l/1 l/2" || again.ID == lost.ID {
			t.Errorf("%s as %s after %s", again.ids(t), again.ID, lost.ID)
		}
		// The receipt of the lost one comes late and counts for nothing.
		third := ask(c, lost.receipt(t), 0)
		if third.ids(t) != "l/1 l/2" {
			t.Errorf("a late receipt was believed: %s", third.ids(t))
		}
		if ask(c, third.receipt(t), 0); status(t, c).Pending != 0 {
			t.Errorf("%+v", status(t, c))
		}
	})
}

func TestAnUnacknowledgedDeliveryComesBackAfterThirtySeconds(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		c.Aim(unset())
		c.Enqueue(post("l", 1))
		ask(c, nil, 0)
		c.Aim(target())
		c.mu.Lock()
		c.endPull("")
		c.mu.Unlock()
		c.Hello()
		time.Sleep(handedFor - time.Millisecond)
		if n := len(g.deliveries()); n != 0 {
			t.Errorf("%d pushed while the batch is out", n)
		}
		time.Sleep(time.Second)
		if got := g.ids(); len(got) != 1 {
			t.Errorf("%v", got)
		}
	})
}

func TestANewerPullEndsTheOlder(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, _ *gateway, _ *lines) {
		c.Aim(unset())
		older, newer := make(chan asked, 1), make(chan asked, 1)
		go func() { older <- ask(c, nil, MaxPullWait) }()
		time.Sleep(time.Second)
		go func() { newer <- ask(c, nil, MaxPullWait) }()
		synctest.Wait()
		began := time.Now()
		if first := <-older; first.Pulled != nil || first.err != nil || time.Since(began) != 0 {
			t.Errorf("%+v after %v", first, time.Since(began))
		}
		c.Enqueue(post("l", 1))
		if second := <-newer; second.ids(t) != "l/1" {
			t.Errorf("%+v", second)
		}
	})
}

func TestACancelledPullTakesNothing(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, _ *gateway, _ *lines) {
		c.Aim(unset())
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			if pulled, err := c.Pull(ctx, nil, MaxPullWait); pulled != nil || err != nil {
				t.Error(pulled, err)
			}
		}()
		synctest.Wait()
		cancel()
		<-gone
		c.Enqueue(post("l", 1))
		if got := ask(c, nil, 0); got.ids(t) != "l/1" {
			t.Errorf("%+v", got)
		}
	})
}

func TestAReceiptDecidesAsTheAnswerToAPush(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, _ *gateway, _ *lines) {
		c.Aim(unset())
		for _, lane := range []string{"good", "dead", "later", "unsaid"} {
			c.Enqueue(post(lane, 1))
		}
		batch := ask(c, nil, 0)
		said := `{"acked":["post.created:good/1"],"failed":[{"id":"post.created:dead/1","code":"event.schema","retry":false},{"id":"post.created:later/1","code":"x","retry":true}]}`
		again := ask(c, &Receipt{batch.ID, []byte(said)}, 0)
		if got := again.ids(t); got != "later/1 unsaid/1" {
			t.Error(got)
		}
		s, letters := c.Status()
		if s.Delivered != 1 || s.Dead != 1 || letters[0].Code != "event.schema" || s.LastError.Code != "event.dead" {
			t.Errorf("%+v %+v", s, letters)
		}
		// Receipts that name nothing make the lanes wait longer and longer, so nobody spins.
		began := time.Now()
		for range 4 {
			again = ask(c, &Receipt{again.ID, []byte(`{"acked":[],"failed":[]}`)}, MaxPullWait)
		}
		if took := time.Since(began); took != 18*time.Second {
			t.Errorf("four empty receipts in %v", took)
		}
	})
}

func TestAWorkingWebhookRefusesPullsAndWhoWantsOneWayOnlyGetsIt(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		c.Aim(target())
		if got := ask(c, nil, MaxPullWait); !errors.Is(got.err, ErrPushed) {
			t.Errorf("%+v", got)
		}
		only := unset()
		only.Transport = link.TransportWebhook
		c.Aim(only)
		if got := ask(c, nil, MaxPullWait); !errors.Is(got.err, ErrPushed) {
			t.Errorf("%+v", got)
		}
		only = target()
		only.Transport = link.TransportPull
		c.Aim(only)
		c.Enqueue(post("l", 1))
		time.Sleep(time.Hour)
		if s := status(t, c); len(g.deliveries()) != 0 || s.State != "unset" {
			t.Errorf("%d pushed, %+v", len(g.deliveries()), s)
		}
		first := ask(c, nil, 0)
		if first.ids(t) != "l/1" {
			t.Errorf("%+v", first)
		}
		ask(c, first.receipt(t), 0)
		time.Sleep(2 * time.Minute)
		if s := status(t, c); s.State != "retrying" || s.Transport != "pull" || s.LastError.Code != "pull.silent" {
			t.Errorf("%+v", s)
		}
	})
}

func TestABrokenWebhookIsPulledAndProbedUntilItWorks(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, g *gateway, log *lines) {
		g.say = func(int, []event.Event) reply { return reply{err: errRefused} }
		c.Aim(target())
		c.Enqueue(post("l", 1))
		time.Sleep(time.Second)
		if s := status(t, c); s.State != "retrying" || s.Transport != "webhook" {
			t.Fatalf("%+v", s)
		}
		c.Hello()
		if s := status(t, c); s.State != "retrying" {
			t.Errorf("a hello alone does not prove the webhook: %+v", s)
		}
		time.Sleep(time.Second)
		got := ask(c, nil, MaxPullWait)
		if !strings.HasPrefix(got.ids(t), "l/1") {
			t.Fatalf("%+v", got)
		}
		before := len(g.deliveries())
		var waiting asked
		for began := time.Now(); time.Since(began) < 10*time.Minute; {
			var receipt *Receipt
			if waiting.Pulled != nil {
				receipt = waiting.receipt(t)
			} else if got.Pulled != nil {
				receipt, got = got.receipt(t), asked{}
			}
			if waiting = ask(c, receipt, MaxPullWait); waiting.err != nil {
				t.Fatal(waiting.err)
			}
		}
		probes := g.deliveries()[before:]
		for _, d := range probes {
			if d.events[0].Type != event.PingType {
				t.Errorf("%s was pushed while pulling", d.events[0].ID)
			}
		}
		if s := status(t, c); len(probes) < 9 || len(probes) > 17 || s.State != "ready" || s.Transport != "pull" || s.LastError == nil {
			t.Errorf("%d probes in ten minutes, %+v", len(probes), s)
		}
		g.mu.Lock()
		g.say = nil
		g.mu.Unlock()
		for began := time.Now(); waiting.err == nil && time.Since(began) < 2*time.Minute; {
			waiting = ask(c, nil, MaxPullWait)
		}
		c.Enqueue(post("l", 2))
		time.Sleep(time.Second)
		if s := status(t, c); !errors.Is(waiting.err, ErrPushed) || s.Transport != "webhook" || s.Delivered != 2 || s.LastError != nil {
			t.Errorf("%+v, %+v", waiting, s)
		}
		if log.count["warn"] != 1 || log.count["error"] != 0 {
			t.Errorf("logged %v", log.count)
		}
	})
}

func TestWhoFallsSilentIsPushedTo(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.prove = false
		c.Aim(dead())
		ask(c, nil, 0)
		c.Aim(target())
		time.Sleep(silentAfter - time.Second)
		c.Enqueue(post("l", 1))
		time.Sleep(time.Second / 2)
		if s := status(t, c); s.Transport != "pull" || s.Delivered != 0 {
			t.Errorf("%+v", s)
		}
		time.Sleep(time.Minute)
		if s := status(t, c); s.Transport != "webhook" || s.Delivered != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAChangedAddressIsProbedAtOnceWhilePulling(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		c.Aim(unset())
		ended := make(chan asked, 1)
		go func() { ended <- ask(c, nil, MaxPullWait) }()
		time.Sleep(time.Second)
		c.Aim(dead())
		began := time.Now()
		if first := <-ended; first.Pulled != nil || time.Since(began) != 0 {
			t.Errorf("%+v after %v", first, time.Since(began))
		}
		go func() { ended <- ask(c, nil, MaxPullWait) }()
		time.Sleep(time.Second)
		if n := len(g.deliveries()); n == 0 {
			t.Error("the new address was not tried")
		}
		c.Aim(target()) // What the answered challenge leads to.
		time.Sleep(time.Second)
		if got := ask(c, nil, 0); !errors.Is(got.err, ErrPushed) {
			t.Errorf("%+v, %+v", got, status(t, c))
		}
		<-ended
	})
}

func TestTheTestOfAPullNamesItsHops(t *testing.T) {
	inPull(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		only := unset()
		only.Transport = link.TransportPull
		c.Aim(only)
		if hops := c.Test(t.Context()); len(hops) != 1 || hops[0].Name != "pull" || hops[0].OK {
			t.Errorf("%+v", hops)
		}
		ask(c, nil, 0)
		time.Sleep(3 * time.Second)
		done := make(chan []Hop)
		go func() { done <- c.Test(t.Context()) }()
		synctest.Wait()
		ping := ask(c, nil, 0)
		g.mu.Lock()
		close(g.open[ping.events(t)[0].Ping.Challenge])
		g.mu.Unlock()
		if hops := <-done; len(hops) != 2 || !strings.Contains(hops[0].Message, "3 s ago") || hops[1].Name != "challenge" || !hops[1].OK {
			t.Errorf("%+v", hops)
		}
		if hops := c.Test(t.Context()); len(hops) != 2 || hops[1].OK {
			t.Errorf("%+v", hops)
		}
	})
}

// Whatever the webhook and the puller do, each event arrives, in the order of its lane, and is acknowledged once.
func TestNothingIsLostOrOvertakenBySwitching(t *testing.T) {
	for seed := range uint64(30) {
		inPull(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
			random, traffic := rand.New(rand.NewPCG(seed, 5)), rand.New(rand.NewPCG(seed, 6))
			broken := false
			g.say = func(_ int, events []event.Event) reply {
				if broken {
					return reply{err: errRefused}
				}
				return ack(events)
			}
			c.Aim(target())
			stop, over := make(chan struct{}), make(chan struct{})
			go func() { // The adapter: pulls whenever it may, and loses a delivery or a receipt now and then.
				defer close(over)
				var receipt *Receipt
				for {
					select {
					case <-stop:
						return
					default:
					}
					got := ask(c, receipt, 2*time.Second)
					receipt = nil
					if got.err != nil {
						time.Sleep(500 * time.Millisecond)
						continue
					}
					if got.Pulled == nil {
						continue
					}
					fate := random.IntN(6)
					if fate == 0 {
						continue // Lost on the way.
					}
					g.mu.Lock()
					for _, e := range got.events(t) {
						if e.Ping == nil && !slices.Contains(g.stored, e.ID) {
							g.stored = append(g.stored, e.ID)
						}
					}
					g.mu.Unlock()
					if fate != 1 { // 1: stored, but the receipt is lost.
						receipt = got.receipt(t)
					}
				}
			}()
			const total = 300
			for i := range total {
				c.Enqueue(post(fmt.Sprint("l", traffic.IntN(5)), i))
				if traffic.IntN(20) == 0 {
					g.mu.Lock()
					broken = !broken
					g.mu.Unlock()
				}
				time.Sleep(time.Duration(traffic.IntN(800)) * time.Millisecond)
			}
			g.mu.Lock()
			broken = false
			g.mu.Unlock()
			time.Sleep(5 * time.Minute)
			close(stop)
			<-over
			s := status(t, c)
			if s.Delivered != total || s.Pending != 0 || s.Transport != "webhook" {
				t.Errorf("seed %d: %+v", seed, s)
			}
			last, seen := map[string]int{}, map[string]bool{}
			for _, id := range g.ids() {
				var lane string
				var n int
				if _, err := fmt.Sscanf(id, "post.created:%2s/%d", &lane, &n); err != nil {
					continue // A ping.
				}
				if seen[id] {
					continue // A lost receipt; the inbox lets each id through once.
				}
				if n < last[lane] {
					t.Errorf("seed %d: %s was overtaken", seed, id)
				}
				seen[id], last[lane] = true, n
			}
			if len(seen) != total {
				t.Errorf("seed %d: %d arrived", seed, len(seen))
			}
		})
	}
}
