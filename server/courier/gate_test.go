package courier

import (
	"testing"
	"time"
)

func aGate(random float64) *gate {
	return &gate{mood: ready, random: func() float64 { return random }}
}

func TestPausesGrowByTheTable(t *testing.T) {
	g, now := aGate(0.5), start()
	for i, want := range []time.Duration{0, 1, 2, 5, 10, 30, 60, 60, 60} {
		g.fail(Verdict{Outcome: Retrying, RetryAfter: -1}, now)
		if got := g.next.Sub(now); got != want*time.Second {
			t.Errorf("pause %d is %v", i+1, got)
		}
	}
}

func TestPausesSpreadByAFifth(t *testing.T) {
	for random, want := range map[float64]time.Duration{0: 48 * time.Second, 0.9999999: 72 * time.Second} {
		g := aGate(random)
		g.fail(Verdict{Outcome: Paused, RetryAfter: -1}, start())
		if got := g.next.Sub(start()).Round(time.Millisecond); got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

func TestTheBreakerLetsOneEventThroughAtATime(t *testing.T) {
	g, now := aGate(0.5), start()
	for i := range 5 {
		limit, _ := g.room(0, now)
		side, _ := g.room(1, now)
		if broken := i >= breakerAfter; (limit == 1) != broken || (side == 0) != broken {
			t.Errorf("after %d failures: %d, beside another %d", i, limit, side)
		}
		g.fail(Verdict{Outcome: Retrying, RetryAfter: -1}, now)
		now = now.Add(time.Hour)
	}
	g.reset(now)
	if limit, _ := g.room(maxInFlight-1, now); limit != maxBatch {
		t.Errorf("after a success: %d", limit)
	}
	if limit, _ := g.room(maxInFlight, now); limit != 0 {
		t.Error("more than four in flight")
	}
}

func TestPausedTriesOneEventAMinuteAndEndedNone(t *testing.T) {
	g := aGate(0.5)
	g.fail(Verdict{Outcome: Paused, RetryAfter: -1}, start())
	if limit, wait := g.room(0, start().Add(59*time.Second)); limit != 0 || wait != time.Second {
		t.Errorf("%d, %v", limit, wait)
	}
	if limit, _ := g.room(0, start().Add(time.Minute)); limit != 1 {
		t.Errorf("%d", limit)
	}
	g.fail(Verdict{Outcome: Ended, RetryAfter: -1}, start())
	if limit, _ := g.room(0, start().Add(1000*time.Hour)); limit != 0 {
		t.Error("an ended link sends")
	}
	g.reset(start())
	if limit, _ := g.room(0, start()); limit != maxBatch {
		t.Error("a hello did not begin anew")
	}
}

func TestRetryAfterIsObeyedButNeverSpins(t *testing.T) {
	g := aGate(0.5)
	g.fail(Verdict{Outcome: Retrying, RetryAfter: 7 * time.Second}, start())
	if got := g.next.Sub(start()); got != 7*time.Second {
		t.Errorf("%v", got)
	}
	for range breakerAfter {
		g.fail(Verdict{Outcome: Retrying, RetryAfter: 0}, start())
	}
	if got := g.next.Sub(start()); got < time.Second {
		t.Errorf("%v", got)
	}
}
