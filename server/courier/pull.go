package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// Numbers of the pull.
const (
	// MaxPullWait bounds how long a pull waits for events.
	MaxPullWait = 25 * time.Second
	// handedFor is how long a batch may stay unacknowledged before it is offered again.
	handedFor = 30 * time.Second
	// silentAfter ends the pulling of who does not ask any more.
	silentAfter = 40 * time.Second
)

// ErrPushed refuses a pull because events go by webhook.
var ErrPushed = errors.New("events go by webhook")

// Pulled is a signed delivery for who asked for it. ID is the token's, by which it is acknowledged.
type Pulled struct {
	ID, Token string
	Body      []byte
}

// Receipt says what became of the delivery that was pulled before. Answer is as the answer to a pushed one.
type Receipt struct {
	Delivery string
	Answer   []byte
}

// pull is the courier's side of an adapter that asks for its events. It has no lock of its own.
type pull struct {
	// active from the first request until the webhook works, or nobody asks any more: so long nothing is pushed.
	active bool
	seenAt time.Time
	// wake belongs to the request that waits now; the newest ends the one before.
	wake chan struct{}
	// handed is the batch whose receipt is awaited. Its lanes are busy.
	handed *handout
}

type handout struct {
	target Target
	batch  []*entry
	at     time.Time
	// delivery is empty until the batch is signed.
	delivery string
}

// Pull settles the delivery before, then waits for events: nil if there are none in time, if a newer request came, or
// if ctx ended; ErrPushed if they go by webhook. Without a receipt the delivery before counts as lost and comes again.
func (c *Courier) Pull(ctx context.Context, receipt *Receipt, wait time.Duration) (*Pulled, error) {
	handed, err := c.await(ctx, receipt, wait)
	if handed == nil {
		return nil, err
	}
	pulled, err := c.deps.wrap(handed)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pull.handed != handed {
		return nil, nil
	}
	if err != nil {
		c.takeBack()
		return nil, err
	}
	handed.delivery = pulled.ID
	return pulled, nil
}

func (c *Courier) await(ctx context.Context, receipt *Receipt, wait time.Duration) (*handout, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settlePull(receipt)
	mine := make(chan struct{}, 1)
	until := c.deps.Now().Add(wait)
	c.nudge() // Whoever waits sees that it is not the newest any more.
	c.pull.wake = mine
	for {
		now := c.deps.Now()
		switch {
		case c.stopped, c.pull.wake != mine:
			return nil, nil
		case c.pushes():
			c.pull.wake = nil
			return nil, ErrPushed
		}
		c.beginPull(now)
		batch, next := c.queue.take(maxBatch, now)
		if len(batch) > 0 {
			c.pull.wake, c.pull.handed = nil, &handout{target: c.target, batch: batch, at: now}
			c.nudge() // From now on the loop watches the time.
			return c.pull.handed, nil
		}
		if !now.Before(until) || !c.sleepUnlocked(ctx, mine, min(next, until.Sub(now))) {
			if c.pull.wake == mine {
				c.pull.wake = nil
				c.nudge() // From now on the loop watches whether it asks again.
			}
			return nil, nil
		}
	}
}

// sleepUnlocked lets the lock go until something changes or the time is over; false if ctx ended.
func (c *Courier) sleepUnlocked(ctx context.Context, changed <-chan struct{}, d time.Duration) bool {
	c.mu.Unlock()
	defer c.mu.Lock()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
		return false
	}
	return true
}

// wrap signs a batch for the target it is for.
func (d Deps) wrap(h *handout) (*Pulled, error) {
	body, err := json.Marshal(d.envelop(eventsOf(h.batch)))
	if err != nil {
		return nil, err
	}
	token, id, err := d.SignPull(h.target.GatewayID, h.target.Account, body)
	return &Pulled{id, token, body}, err
}

// pushes tells whether events go by webhook: to a URL that works as far as is known.
func (c *Courier) pushes() bool {
	switch c.target.Transport {
	case link.TransportWebhook:
		return true
	case link.TransportPull:
		return false
	default:
		return c.target.URL != "" && c.target.Verified && c.gate.mood == ready && !c.pull.active
	}
}

func (c *Courier) beginPull(now time.Time) {
	c.pull.seenAt = now
	if c.pull.active {
		return
	}
	c.pull.active = true
	c.changed(true)
	c.deps.Log.LogInfo("A gateway pulls its events.", "bot_id", c.target.BotID, "pending", c.queue.size)
}

func (c *Courier) endPull(why string) {
	if c.pull.active {
		c.pull.active = false
		c.deps.Log.LogInfo("A gateway does not pull its events any more. "+why, "bot_id", c.target.BotID, "pending", c.queue.size)
	}
}

// settlePull gives the events of the batch before their fate, as a push does; without its receipt they go back.
func (c *Courier) settlePull(receipt *Receipt) {
	h := c.pull.handed
	if h == nil {
		return
	}
	if receipt == nil || receipt.Delivery != h.delivery {
		c.takeBack()
		return
	}
	c.pull.handed = nil
	v := classifyOK(receipt.Answer, idsOfEvents(eventsOf(h.batch)))
	v.Outcome = Answered // The adapter is there: what it does not name waits in its lane.
	c.sort(h.batch, v)
	c.queue.release(h.batch)
	if len(v.Dead) > 0 {
		v.Code, v.Message = "event.dead", "The gateway will never accept some of the events. They are listed with the dead letters."
		c.tally.problem(v, c.deps.Now())
	}
	c.tally.count(v, c.deps.Now().Sub(h.at))
	c.nudge()
}

// takeBack returns a batch without a receipt to the front of its lanes.
func (c *Courier) takeBack() {
	h := c.pull.handed
	c.pull.handed = nil
	for _, e := range h.batch {
		c.queue.putBack(e)
	}
	c.queue.release(h.batch)
	c.nudge()
}

// watchPull takes back what was not acknowledged in time and notices when nobody asks any more. It says when to look again.
func (c *Courier) watchPull(now time.Time) time.Duration {
	due := never
	if h := c.pull.handed; h != nil {
		if due = h.at.Add(handedFor).Sub(now); due <= 0 {
			c.takeBack()
		}
	}
	if c.pull.active && c.pull.wake == nil {
		left := c.pull.seenAt.Add(silentAfter).Sub(now)
		if left <= 0 {
			c.endPull("It does not ask.")
			c.gate.knock(now)
			return due
		}
		due = min(due, left)
	}
	return due
}

// silence is the problem of a gateway that should pull and does not.
func (p *pull) silence() *Problem {
	return &Problem{"pull.silent", "The gateway does not ask for its events any more. Is it running, and can it reach this server?", p.seenAt.UnixMilli()}
}

// testPull sends a ping through the lanes, as events go, and waits for its challenge to be answered.
func (c *Courier) testPull(ctx context.Context, to Target) (hops []Hop) {
	began := c.deps.Now()
	hop := func(name string, ok bool, message string) []Hop {
		hops = append(hops, Hop{name, ok, c.deps.Now().Sub(began).Milliseconds(), message})
		began = c.deps.Now()
		return hops
	}
	c.mu.Lock()
	active, waiting, ago := c.pull.active, c.pull.wake != nil, began.Sub(c.pull.seenAt)
	c.mu.Unlock()
	switch {
	case waiting:
		hop("pull", true, "The adapter waits for events at this moment.")
	case active:
		hop("pull", true, fmt.Sprintf("The adapter asked for events %.0f s ago.", ago.Seconds()))
	default:
		return hop("pull", false, "The adapter does not ask for events. Is the gateway running, and can it reach this server?")
	}
	ctx, cancel := context.WithTimeout(ctx, proofTimeout)
	defer cancel()
	challenge, answered, err := c.deps.Challenges.Issue(ctx, link.Proof{BotID: to.BotID, GatewayID: to.GatewayID})
	if err != nil {
		return hop("challenge", false, "The challenge could not be stored in Mattermost's database. Look at the server's log.")
	}
	c.Enqueue(event.NewPing(challenge, c.deps.Now().UnixMilli()))
	select {
	case <-answered:
		return hop("challenge", true, "The adapter took a ping and answered it with the token of this bot.")
	case <-ctx.Done():
		return hop("challenge", false, "Nobody answered a ping. Look at the gateway's log.")
	}
}
