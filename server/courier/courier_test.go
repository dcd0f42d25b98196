package courier

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"mattermost-plugin-openclaw/server/event"
)

func TestAnEventOfAQuietLaneGoesAtOnceToTheProtocolsPath(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		c.Aim(target())
		began := time.Now()
		c.Enqueue(post("l", 1))
		synctest.Wait()
		seen := g.deliveries()
		if len(seen) != 1 || seen[0].at != began || seen[0].url != "https://gateway.example.com/oc/mattermost/v1/default/events" {
			t.Fatalf("%+v", seen)
		}
		time.Sleep(time.Second)
		if s := status(t, c); s.State != "ready" || s.Delivered != 1 || s.Pending != 0 || s.LastDeliveryAt == 0 || s.Transport != "webhook" {
			t.Errorf("%+v", s)
		}
	})
}

func TestNothingIsSentWithoutAnAddress(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		c.Enqueue(post("l", 1))
		time.Sleep(time.Hour)
		if s := status(t, c); len(g.deliveries()) != 0 || s.State != "unset" || s.Pending != 1 || s.Transport != "none" {
			t.Errorf("%d deliveries, %+v", len(g.deliveries()), s)
		}
		c.Aim(target())
		time.Sleep(time.Second)
		if seen := g.deliveries(); len(seen) != 1 || !seen[0].events[0].Stale {
			t.Errorf("%+v", seen)
		}
	})
}

func TestAnAddressGetsOnlyPingsUntilItIsVerified(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.prove = false
		unproven := target()
		unproven.Verified = false
		c.Aim(unproven)
		c.Enqueue(post("l", 1))
		time.Sleep(10 * time.Minute)
		for _, d := range g.deliveries() {
			if d.events[0].Type != event.PingType {
				t.Fatalf("%s went to an unproven address", d.events[0].ID)
			}
		}
		s := status(t, c)
		if n := len(g.deliveries()); n < 5 || n > 20 || s.State != "unverified" || s.LastError.Code != "challenge.unanswered" {
			t.Errorf("%d pings, %+v", n, s)
		}
		c.Aim(target())
		time.Sleep(time.Second)
		if s = status(t, c); s.Delivered != 1 || s.State != "ready" || s.LastError != nil {
			t.Errorf("%+v", s)
		}
	})
}

func TestAProbeNamesTheHopThatFails(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		failing := func() (string, int) {
			hops := c.Test(t.Context())
			for i, hop := range hops {
				if !hop.OK && i != len(hops)-1 {
					t.Errorf("it went on after %+v", hop)
				}
			}
			if last := hops[len(hops)-1]; !last.OK {
				return last.Name, len(hops)
			}
			return "", len(hops)
		}
		if name, _ := failing(); name != "address" {
			t.Error(name)
		}
		c.Aim(target())
		if name, n := failing(); name != "" || n != 3 {
			t.Error(name, n)
		}
		g.say = func(int, []event.Event) reply { return reply{err: errRefused} }
		if name, _ := failing(); name != "delivery" {
			t.Error(name)
		}
		g.say, g.prove = nil, false
		if name, _ := failing(); name != "challenge" {
			t.Error(name)
		}
	})
}

func TestA200WithoutIdsKeepsTheEventAndPauses(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, log *lines) {
		g.say = func(int, []event.Event) reply { return reply{status: 200, body: `{"acked":[],"failed":[]}`} }
		c.Aim(target())
		for i := range 10 {
			c.Enqueue(post("l", i))
		}
		time.Sleep(10*time.Minute + time.Second)
		s := status(t, c)
		if n := len(g.deliveries()); n < 10 || n > 12 || s.State != "paused" || s.Pending != 10 || s.Dead != 0 || s.LastError == nil {
			t.Errorf("%d attempts, %+v", n, s)
		}
		if log.count["error"] != 1 {
			t.Errorf("logged %v", log.count)
		}
		g.mu.Lock()
		g.say = nil
		g.mu.Unlock()
		time.Sleep(2 * time.Minute)
		if s = status(t, c); s.State != "ready" || s.Delivered != 10 || s.LastError != nil {
			t.Errorf("%+v", s)
		}
	})
}

func TestTheBreakerSendsOneEventAtATimeAndAHelloClosesIt(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, log *lines) {
		g.say = func(int, []event.Event) reply { return reply{err: errRefused} }
		c.Aim(target())
		for i := range 100 {
			c.Enqueue(post(fmt.Sprint("l", i%10), i))
		}
		time.Sleep(5 * time.Minute)
		for i, d := range g.deliveries() {
			if i > maxInFlight*breakerAfter && len(d.events) > 1 {
				t.Errorf("attempt %d has %d events behind the breaker", i, len(d.events))
			}
		}
		n := len(g.deliveries())
		if s := status(t, c); n > 25 || s.State != "retrying" || s.Pending != 100 || s.LastError.Code != "gateway.unreachable" {
			t.Errorf("%d attempts, %+v", n, s)
		}
		g.mu.Lock()
		g.say = nil
		g.mu.Unlock()
		c.Hello()
		synctest.Wait()
		time.Sleep(time.Second)
		if s := status(t, c); s.Delivered != 100 || s.State != "ready" {
			t.Errorf("%+v", s)
		}
		if log.count["warn"] != 1 || log.count["info"] != 1 || log.count["error"] != 0 {
			t.Errorf("logged %v", log.count)
		}
	})
}

func TestRetryAfterIsWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.say = func(n int, events []event.Event) reply {
			if n == 1 {
				return reply{status: 429, header: map[string]string{"Retry-After": "7"}}
			}
			return ack(events)
		}
		c.Aim(target())
		c.Enqueue(post("l", 1))
		time.Sleep(time.Minute)
		seen := g.deliveries()
		if len(seen) != 2 || seen[1].at.Sub(seen[0].at) < 7*time.Second || seen[1].at.Sub(seen[0].at) > 8*time.Second {
			t.Errorf("%+v", seen)
		}
	})
}

func TestABadEventIsFoundByHalvesAndBecomesADeadLetter(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.say = func(_ int, events []event.Event) reply {
			if slices.ContainsFunc(events, func(e event.Event) bool { return e.ID == "post.created:l1/13" }) {
				return reply{status: 422, body: `{"error":{"code":"body.schema","message":""}}`}
			}
			return ack(events)
		}
		c.Aim(Target{})
		want := []string{}
		for i := range 40 {
			e := post(fmt.Sprint("l", i%3), i)
			c.Enqueue(e)
			if e.ID != "post.created:l1/13" {
				want = append(want, e.ID)
			}
		}
		c.Aim(target())
		time.Sleep(time.Minute)
		s, letters := c.Status()
		if s.Delivered != 39 || s.Dead != 1 || s.Pending != 0 || s.State != "ready" || letters[0].ID != "post.created:l1/13" || letters[0].Code != "body.schema" {
			t.Errorf("%+v %+v", s, letters)
		}
		got := g.ids()
		for lane := range 3 {
			of := func(ids []string) []string {
				return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id[:len("post.created:l0")] != fmt.Sprint("post.created:l", lane) })
			}
			if !slices.Equal(of(got), of(want)) {
				t.Errorf("lane %d: %v", lane, of(got))
			}
		}
	})
}

func TestARefusedEventStopsItsLaneOnly(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		refusals := 0
		g.say = func(_ int, events []event.Event) reply {
			acked := slices.DeleteFunc(slices.Clone(events), func(e event.Event) bool { return e.Lane == "slow" })
			if len(acked) == len(events) || refusals == 4 {
				return ack(events)
			}
			refusals++
			body := `{"acked":[],"failed":[{"id":"` + events[slices.IndexFunc(events, func(e event.Event) bool { return e.Lane == "slow" })].ID + `","code":"inbox.unavailable","retry":true}]}`
			if len(acked) > 0 {
				body = `{"acked":["` + acked[0].ID + `"],` + body[len(`{"acked":[],`):]
			}
			return reply{status: 200, body: body}
		}
		c.Aim(target())
		c.Enqueue(post("slow", 1))
		time.Sleep(2 * time.Second)
		for i := range 20 {
			c.Enqueue(post("quick", i))
			time.Sleep(time.Second / 4)
		}
		s := status(t, c)
		if s.Delivered < 20 || s.State != "ready" {
			t.Errorf("%+v", s)
		}
		time.Sleep(time.Minute)
		if s = status(t, c); s.Delivered != 21 || s.Pending != 0 || refusals != 4 {
			t.Errorf("%+v after %d refusals", s, refusals)
		}
	})
}

func TestALanesPausesGrowByTheTableAndAHelloEndsThem(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.say = func(_ int, events []event.Event) reply {
			return reply{status: 200, body: `{"acked":[],"failed":[{"id":"` + events[0].ID + `","code":"inbox.unavailable","retry":true}]}`}
		}
		c.Aim(target())
		c.Enqueue(post("l", 1))
		time.Sleep(40 * time.Second)
		seen := g.deliveries()
		for i, want := range []time.Duration{0, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second} {
			if pause := seen[i+1].at.Sub(seen[i].at) - g.latency; pause != want {
				t.Errorf("pause %d is %v, want %v", i+1, pause, want)
			}
		}
		c.Hello()
		synctest.Wait()
		if n := len(g.deliveries()); n != len(seen)+1 {
			t.Errorf("%d deliveries after the hello, %d before", n, len(seen))
		}
	})
}

func TestFailuresAtTheSameTimeCountOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.say = func(n int, events []event.Event) reply {
			if n <= maxInFlight {
				return reply{status: 500}
			}
			return ack(events)
		}
		c.Aim(target())
		for i := range maxInFlight {
			c.Enqueue(post(fmt.Sprint("l", i), 1))
			synctest.Wait()
		}
		time.Sleep(100 * time.Millisecond)
		if s := status(t, c); s.Delivered != maxInFlight {
			t.Errorf("four failures of one moment paused for longer than one: %+v", s)
		}
	})
}

func TestAFailureFromBeforeAHelloCountsForNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, log *lines) {
		g.latency = time.Second
		g.say = func(n int, events []event.Event) reply {
			if n == 1 {
				return reply{status: 404}
			}
			return ack(events)
		}
		c.Aim(target())
		c.Enqueue(post("l", 1))
		synctest.Wait()
		c.Hello()
		time.Sleep(2*time.Second + time.Millisecond)
		if s := status(t, c); s.Delivered != 1 || s.State != "ready" || log.count["error"] != 0 {
			t.Errorf("%+v, logged %v", s, log.count)
		}
	})
}

func TestAnEndedLinkIsSilentUntilTheNextHello(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.say = func(n int, events []event.Event) reply {
			if n == 1 {
				return reply{status: 410, body: `{"error":{"code":"link.ended","message":""}}`}
			}
			return ack(events)
		}
		c.Aim(target())
		c.Enqueue(post("l", 1))
		time.Sleep(24 * time.Hour)
		if s := status(t, c); len(g.deliveries()) != 1 || s.State != "paused" || s.LastError.Code != "link.ended" {
			t.Errorf("%d attempts, %+v", len(g.deliveries()), s)
		}
		c.Hello()
		time.Sleep(time.Second)
		if s := status(t, c); s.Delivered != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAnAttemptEndsAfterTenSeconds(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.latency = time.Hour
		c.Aim(target())
		c.Enqueue(post("l", 1))
		time.Sleep(attemptTimeout + time.Millisecond)
		if s := status(t, c); s.LastError == nil || s.LastError.Code != "gateway.timeout" || s.State != "retrying" {
			t.Errorf("%+v", s)
		}
	})
}

func TestOverflowIsCountedAndLoggedOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, _ *gateway, log *lines) {
		for i := range maxQueued + 50 {
			c.Enqueue(made("l", "a", i))
		}
		if s := status(t, c); s.Pending != maxQueued || s.Overflowed != 50 || log.count["warn"] != 1 {
			t.Errorf("%+v, logged %v", s, log.count)
		}
	})
}

func TestWhatIsNotAcknowledgedWithin72HoursIsADeadLetter(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.say = func(int, []event.Event) reply { return reply{status: 503} }
		c.Aim(target())
		for i := range 150 {
			c.Enqueue(post("l", i))
		}
		time.Sleep(keepFor + 2*time.Minute)
		s, letters := c.Status()
		if s.Dead != 150 || s.Pending != 0 || len(letters) != maxLetters || letters[0].Code != "expired" {
			t.Errorf("%+v, %d letters", s, len(letters))
		}
	})
}

func TestStopWaitsForWhatIsInFlightButNotForever(t *testing.T) {
	for latency, want := range map[time.Duration]time.Duration{time.Second: time.Second, time.Hour: 3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			g, log := newGateway(t), &lines{count: map[string]int{}}
			g.latency = latency
			c := New(Deps{Client: g, Signer: g, Challenges: g, Log: log, Now: time.Now, Random: func() float64 { return 0.5 }})
			c.Aim(target())
			c.Enqueue(post("l", 1))
			c.Enqueue(post("m", 1))
			synctest.Wait()
			c.Enqueue(post("n", 1))
			began := time.Now()
			grace, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			c.Stop(grace)
			if took := time.Since(began); took != want {
				t.Errorf("stopped after %v, want %v", took, want)
			}
			if n := len(g.deliveries()); n > 3 || log.count["warn"] != 0 {
				t.Errorf("%d deliveries, logged %v", n, log.count)
			}
		})
	}
}

// A gateway that fails in every way still gets everything, once acknowledged, each lane in order.
func TestNothingIsLostDoubledOrOvertakenByAFailingGateway(t *testing.T) {
	for seed := range uint64(20) {
		inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
			random, traffic := rand.New(rand.NewPCG(seed, 2)), rand.New(rand.NewPCG(seed, 3))
			healthy := false
			g.say = func(_ int, events []event.Event) reply {
				if healthy {
					return ack(events)
				}
				switch random.IntN(8) {
				case 0:
					return reply{err: errRefused}
				case 1:
					return reply{status: 503, header: map[string]string{"Retry-After": "1"}}
				case 2:
					return reply{status: 413, body: `{"error":{"code":"body.too_large","message":""}}`[:len(events)%2*40]}
				case 3:
					return reply{status: 302}
				case 4:
					return reply{status: 200, body: "<html>"}
				case 5: // Only the first of each lane, to stay in order.
					first, seen := []event.Event{}, map[string]bool{}
					for _, e := range events {
						if !seen[e.Lane] {
							first = append(first, e)
						}
						seen[e.Lane] = true
					}
					return ack(first)
				default:
					return ack(events)
				}
			}
			c.Aim(target())
			const total = 400
			for i := range total {
				c.Enqueue(post(fmt.Sprint("l", traffic.IntN(6)), i))
				time.Sleep(time.Duration(traffic.IntN(30)) * time.Millisecond)
			}
			g.mu.Lock()
			healthy = true
			g.mu.Unlock()
			c.Hello()
			time.Sleep(time.Hour)
			s := status(t, c)
			if s.Delivered+s.Dead != total || s.Pending != 0 || s.Dead > 20 {
				t.Errorf("seed %d: %+v", seed, s)
			}
			last, seen := map[string]int{}, map[string]bool{}
			for _, id := range g.ids() {
				var lane string
				var n int
				if _, err := fmt.Sscanf(id, "post.created:%2s/%d", &lane, &n); err != nil {
					t.Fatal(id, err)
				}
				if seen[id] || n < last[lane] {
					t.Errorf("seed %d: %s came twice or late", seed, id)
				}
				seen[id], last[lane] = true, n
			}
			if len(seen) != s.Delivered {
				t.Errorf("seed %d: %d stored, %d delivered", seed, len(seen), s.Delivered)
			}
		})
	}
}

func TestAtMostFourDeliveriesAreInFlight(t *testing.T) {
	inBubble(t, func(t *testing.T, c *Courier, g *gateway, _ *lines) {
		g.latency = time.Second
		c.Aim(target())
		for i := range 20 {
			c.Enqueue(post(fmt.Sprint("l", i), 1))
			synctest.Wait()
		}
		if n := len(g.deliveries()); n != maxInFlight {
			t.Errorf("%d in flight", n)
		}
	})
}
