package courier

import "time"

const (
	// maxInFlight deliveries of one link run at the same time.
	maxInFlight = 4
	// breakerAfter failures in a row let one event through at a time.
	breakerAfter = 3
	pausedFor    = 60 * time.Second
	jitterShare  = 0.2
)

// mood is how the gateway answered last.
type mood string

const (
	ready    mood = "ready"
	retrying mood = "retrying"
	paused   mood = "paused"
	ended    mood = "ended"
)

// gate decides when the next attempt may start, and how large it may be. It knows no clock and no lock of its own.
type gate struct {
	mood     mood
	failures int
	next     time.Time
	// round counts what changed the gate: the outcome of an attempt from before that says nothing new.
	round int
	// random is uniform in [0, 1).
	random func() float64
}

// pause is the table of pauses: none after the first failure, later up to a minute.
func (g *gate) pause(failures int) time.Duration {
	table := [...]time.Duration{0, 1, 2, 5, 10, 30, 60}
	return g.jitter(table[min(failures, len(table))-1] * time.Second)
}

func (g *gate) jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (1 - jitterShare + 2*jitterShare*g.random()))
}

// room tells how many events the next attempt may carry; if none, how long to wait.
func (g *gate) room(inFlight int, now time.Time) (int, time.Duration) {
	single := g.mood == paused || g.failures >= breakerAfter
	switch {
	case g.mood == ended, single && inFlight > 0, inFlight >= maxInFlight:
		return 0, never
	case g.next.After(now):
		return 0, g.next.Sub(now)
	case single:
		return 1, 0
	default:
		return maxBatch, 0
	}
}

// reset opens the gate: after a success, a hello or a change of address.
func (g *gate) reset(now time.Time) {
	g.mood, g.failures, g.next = ready, 0, now
	g.round++
}

// knock lets the next attempt start at once, without claiming that it will succeed.
func (g *gate) knock(now time.Time) {
	g.failures, g.next = 0, now
	if g.mood == ended {
		g.mood = retrying
	}
	g.round++
}

// fail closes the gate for a while.
func (g *gate) fail(v Verdict, now time.Time) {
	g.round++
	g.failures++
	switch {
	case v.Outcome == Ended:
		g.mood = ended
	case v.Outcome == Paused:
		g.mood, g.next = paused, now.Add(g.jitter(pausedFor))
	case v.RetryAfter >= 0 && g.failures < breakerAfter:
		g.mood, g.next = retrying, now.Add(v.RetryAfter)
	case v.RetryAfter >= 0: // Whoever asks for no pause again and again gets a short one.
		g.mood, g.next = retrying, now.Add(max(v.RetryAfter, time.Second))
	default:
		g.mood, g.next = retrying, now.Add(g.pause(g.failures))
	}
}
