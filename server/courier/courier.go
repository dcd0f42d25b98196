// Package courier brings events to gateways: lanes, batches, attempts, and what to make of the answers.
package courier

import (
	"context"
	"sync"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// Log is the part of Mattermost's plugin API that the courier reports with.
type Log interface {
	LogInfo(message string, fields ...any)
	LogWarn(message string, fields ...any)
	LogError(message string, fields ...any)
}

// Deps is what all couriers share.
type Deps struct {
	Client     Client
	Signer     Signer
	Challenges Challenger
	Log        Log
	Now        func() time.Time
	// Random is uniform in [0, 1) and spreads the pauses.
	Random func() float64
	// Renew reads the keys anew, after a gateway did not know the one that signed; it may be nil.
	Renew func()
	// SignPull signs a body that answers a pull, and tells the token's id.
	SignPull func(gatewayID, account string, body []byte) (token, id string, err error)
	// StaleAfter replaces the constant of that name; it may be nil.
	StaleAfter func() time.Duration
	// Epoch is the journal's lease. Changed is told, under the courier's lock, when events got their fate, when the gateway
	// is gone, and when it is there again (reopened). Both may be nil.
	Epoch   func() int
	Changed func(reopened bool)
	// Settled is told, under the courier's lock, what became of an event: delivered, or dead for a reason. It may be nil.
	Settled func(id, reason string)
}

// Target is where a courier delivers to. Without a URL everything waits.
type Target struct {
	BotID, GatewayID, Account, URL string
	// Verified: the URL has proved to be this gateway, so events may go there.
	Verified bool
	// Transport is what the adapter asked for; empty means auto.
	Transport string
}

// Courier delivers the events of one link. It is safe for concurrent use.
type Courier struct {
	deps   Deps
	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{}
	// running counts the loop and everything in flight.
	running sync.WaitGroup

	mu       sync.Mutex
	stopped  bool
	target   Target
	queue    queue
	gate     gate
	inFlight int
	pull     pull
	tally    tally
	// settled are the ids that got their fate last.
	settled *recent
	// reported is the mood that the log knows, so that each change is logged once.
	reported mood
}

// New starts a courier that has nowhere to go until Aim.
func New(deps Deps) *Courier {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Courier{
		deps: deps, ctx: ctx, cancel: cancel, wake: make(chan struct{}, 1),
		queue: queue{lanes: map[string]*lane{}}, gate: gate{mood: ready, random: deps.Random}, reported: ready,
		settled: newRecent(maxRecent),
	}
	c.queue.gone = func(id string) {
		c.settled.add(id)
		c.changed(false)
	}
	c.running.Go(c.loop)
	return c
}

// Enqueue takes an event into its lane, unless it is on its way already or lately got its fate. A full queue counts it as overflowed and leaves it for the sweep.
func (c *Courier) Enqueue(e *event.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, held := c.queue.ids[e.ID]; held || c.settled.has(e.ID) {
		return
	}
	if !c.queue.add(e, c.deps.Now()) {
		c.overflow()
		return
	}
	if c.queue.size < roomAgainBelow {
		c.tally.overflowing = false
	}
	c.nudge()
}

// Again takes an event that may have been given up before.
func (c *Courier) Again(e *event.Event) {
	c.mu.Lock()
	delete(c.settled.ids, e.ID)
	c.mu.Unlock()
	c.Enqueue(e)
}

// Drop forgets an event that waits; false if it is in flight.
func (c *Courier) Drop(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.queue.drop(id)
}

// Lost counts an event that could not even be queued.
func (c *Courier) Lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.overflow()
}

// Aim changes where events go. The same target again changes nothing.
func (c *Courier) Aim(target Target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if target != c.target {
		c.target, c.reported, c.tally.last = target, ready, nil
		c.reopen()
		c.pull.wake = nil // Who waits asks anew, under the new circumstances.
		if target.Transport == link.TransportWebhook {
			c.endPull("It wants the webhook.")
		}
	}
}

// Hello closes the breaker and tries at once: the adapter has just shown that it is there. Whether its URL works is
// not known by that, and who pulls is in no hurry.
func (c *Courier) Hello() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.pull.active {
		c.gate.knock(c.deps.Now())
	}
	c.queue.resume()
	c.changed(true)
	c.nudge()
}

// Test probes the present target now.
func (c *Courier) Test(ctx context.Context) []Hop {
	c.mu.Lock()
	target, pulling := c.target, c.pull.active
	c.mu.Unlock()
	if target.Transport == link.TransportPull || pulling && target.URL == "" {
		return c.testPull(ctx, target)
	}
	hops, v := c.deps.probe(ctx, target)
	c.proved(target, v)
	return hops
}

// Stop ends the courier: nothing new is sent, and what is in flight may end until grace is over.
func (c *Courier) Stop(grace context.Context) {
	c.mu.Lock()
	c.stopped = true
	c.nudge()
	c.mu.Unlock()
	defer context.AfterFunc(grace, c.cancel)()
	c.running.Wait()
	c.cancel()
}

func (c *Courier) overflow() {
	if !c.tally.overflowing {
		c.deps.Log.LogWarn("New events of a link cannot be kept and are left out.", "bot_id", c.target.BotID, "pending", c.queue.size)
	}
	c.tally.overflowing = true
	c.tally.overflowed++
}

func (c *Courier) reopen() {
	c.gate.reset(c.deps.Now())
	c.queue.resume()
	c.changed(true)
	c.nudge()
}

func (c *Courier) changed(reopened bool) {
	if c.deps.Changed != nil {
		c.deps.Changed(reopened)
	}
}

// tell says the fate of an event.
func (c *Courier) tell(id, reason string) {
	if c.deps.Settled != nil {
		c.deps.Settled(id, reason)
	}
}

// nudge makes the loop, and who waits for events, look again.
func (c *Courier) nudge() {
	for _, wake := range []chan struct{}{c.wake, c.pull.wake} {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}
