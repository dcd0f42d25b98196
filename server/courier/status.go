package courier

import (
	"time"

	"mattermost-plugin-openclaw/server/link"
)

const (
	maxLetters = 100
	// roomAgainBelow ends an episode of overflow.
	roomAgainBelow = maxQueued * 9 / 10
)

// StateReady is the state of a link that delivers.
const StateReady = string(ready)

// Status is how deliveries of a link stand, as the wire names it.
type Status struct {
	State          string   `json:"state"`
	Transport      string   `json:"transport"`
	URL            string   `json:"url"`
	Pending        int      `json:"pending"`
	Overflowed     int      `json:"overflowed"`
	Delivered      int      `json:"delivered"`
	Dead           int      `json:"dead"`
	LastDeliveryAt int64    `json:"last_delivery_at"`
	LastError      *Problem `json:"last_error"`
}

// Problem is what went wrong last, in words with what to do.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	At      int64  `json:"at"`
}

// Letter is an event that was given up.
type Letter struct {
	ID   string `json:"id"`
	Code string `json:"code"`
	At   int64  `json:"at"`
}

// tally counts what happened to the events of a link since the plugin started.
type tally struct {
	overflowed, delivered, dead int
	overflowing                 bool
	deliveredAt                 int64
	letters                     []Letter
	last                        *Problem
	attempts                    map[string]int
	latencyMS                   int64
}

// Status tells how deliveries stand, and the latest dead letters.
func (c *Courier) Status() (Status, []Letter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tally
	status := Status{
		State: string(c.gate.mood), Transport: "webhook", URL: c.target.URL, Pending: c.queue.size,
		Overflowed: t.overflowed, Delivered: t.delivered, Dead: t.dead, LastDeliveryAt: t.deliveredAt, LastError: t.last,
	}
	switch {
	case c.pull.active:
		status.State, status.Transport = string(ready), link.TransportPull
	case c.target.Transport == link.TransportPull && !c.pull.seenAt.IsZero():
		status.State, status.Transport, status.LastError = string(retrying), link.TransportPull, c.pull.silence()
	case c.target.URL == "", c.target.Transport == link.TransportPull:
		status.State, status.Transport = "unset", "none"
	case !c.target.Verified:
		status.State, status.Transport = "unverified", "none"
	case c.gate.mood == ended:
		status.State = string(paused)
	}
	return status, append([]Letter{}, t.letters...)
}

func (t *tally) bury(id, code string, now time.Time) {
	t.dead++
	t.letters = append(t.letters, Letter{id, code, now.UnixMilli()})
	t.letters = t.letters[max(0, len(t.letters)-maxLetters):]
}

// problem replaces the last problem; a verdict without one ends it.
func (t *tally) problem(v Verdict, now time.Time) {
	t.last = nil
	if v.Code != "" {
		t.last = &Problem{v.Code, v.Message, now.UnixMilli()}
	}
}
