package courier

import (
	"slices"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// lookAgain bounds the loop's sleep, so that what is too old is found in time.
const lookAgain = time.Minute

// attempt remembers under which circumstances it began.
type attempt struct {
	target Target
	round  int
}

// loop starts what may start, then sleeps until something changes.
func (c *Courier) loop() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.wake:
		case <-timer.C:
		}
		wait, ok := c.step()
		if !ok {
			return
		}
		timer.Reset(wait)
	}
}

// step starts every attempt that may start now and says when to look again; false once stopped.
func (c *Courier) step() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.deps.Now()
	for _, e := range c.queue.sweep(now) {
		c.tell(e.ID, Expired)
		c.tally.bury(e.ID, Expired, now)
	}
	due := c.watchPull(now)
	for !c.stopped {
		var batch []*entry
		proven := !c.mustProve()
		limit, wait := c.gate.room(c.inFlight, now)
		switch {
		case limit == 0:
		case c.target.URL == "", c.target.Transport == link.TransportPull, !proven && c.inFlight > 0:
			limit, wait = 0, never
		case proven:
			batch, wait = c.queue.take(limit, now)
			limit = len(batch)
		}
		if limit == 0 {
			return min(wait, due, lookAgain), true
		}
		c.inFlight++
		a := attempt{c.target, c.gate.round}
		c.running.Go(func() {
			if proven {
				c.deliver(a, batch)
			} else {
				c.verify(a)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			c.inFlight--
			c.nudge()
		})
	}
	return 0, false
}

// mustProve tells whether a ping has to show that the URL works before events go there: it never did, or the adapter
// pulls because it does not any more, or no event is left to try it with.
func (c *Courier) mustProve() bool {
	return !c.target.Verified || c.pull.active || c.gate.mood != ready && c.queue.size == 0
}

// verify probes the target. If that succeeds for the first time, the link's record has changed and Aim was called with it.
func (c *Courier) verify(a attempt) {
	_, v := c.deps.probe(c.ctx, a.target)
	if c.proved(a.target, v) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail(a, v)
}

// proved takes note of a probe that succeeded; false if events may not go there yet. Whoever pulls is told to stop.
func (c *Courier) proved(target Target, v Verdict) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v.Outcome != Answered || !c.target.Verified {
		return false
	}
	target.Verified = c.target.Verified
	c.succeed(attempt{target: target}, v)
	return true
}

// deliver sends a batch, in halves where the answer asks for it. What has no fate in the end goes back.
func (c *Courier) deliver(a attempt, batch []*entry) {
	rest, going := [][]*entry{batch}, true
	for going && len(rest) > 0 {
		part := rest[0]
		began := c.deps.Now()
		v := c.deps.push(c.ctx, a.target, eventsOf(part)...)
		c.mu.Lock()
		c.tally.count(v, c.deps.Now().Sub(began))
		c.mu.Unlock()
		if v.Outcome == Split {
			half := len(part) / 2
			rest = slices.Insert(rest[1:], 0, part[:half], part[half:])
			continue
		}
		rest, going = rest[1:], c.settle(a, part, v)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range slices.Concat(rest...) {
		c.queue.putBack(e)
	}
	c.queue.release(batch)
}

// settle gives each event of a part its fate; false if some have none, and nothing may overtake them.
func (c *Courier) settle(a attempt, part []*entry, v Verdict) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.sort(part, v)
	if v.Outcome == Answered {
		c.succeed(a, v)
	} else {
		c.fail(a, v)
	}
	return all
}

// sort removes what is acknowledged or dead, and puts the rest back; false if there is a rest.
func (c *Courier) sort(part []*entry, v Verdict) bool {
	now, all := c.deps.Now(), true
	for _, e := range part {
		l := c.queue.lanes[e.Lane]
		reason, dead := v.Dead[e.ID]
		switch {
		case slices.Contains(v.Acked, e.ID):
			l.failures = 0
			c.queue.remove(e)
			c.tell(e.ID, "")
			c.tally.delivered++
			c.tally.deliveredAt = now.UnixMilli()
		case dead:
			c.queue.remove(e)
			c.tell(e.ID, reason)
			c.tally.bury(e.ID, reason, now)
		default:
			all = false
			c.queue.putBack(e)
			if v.Outcome == Answered && !l.pausedUntil.After(now) {
				l.failures++
				l.pausedUntil = now.Add(c.gate.pause(l.failures))
			}
		}
	}
	return all
}

// succeed notes that the adapter is there.
func (c *Courier) succeed(a attempt, v Verdict) {
	if a.target != c.target {
		return
	}
	c.tally.problem(v, c.deps.Now())
	if c.gate.failures > 0 || c.gate.mood != ready || c.pull.active {
		c.gate.reset(c.deps.Now())
		c.changed(true)
		c.endPull("The webhook works again, so events are pushed.")
		c.nudge()
	}
	if c.reported != ready {
		c.reported = ready
		c.deps.Log.LogInfo("Deliveries to a gateway work again.", "bot_id", a.target.BotID)
	}
}

// fail notes that it is not, or not as it should be. What began before the last change of the gate counts for nothing.
func (c *Courier) fail(a attempt, v Verdict) {
	if a.round != c.gate.round || c.stopped {
		return
	}
	c.gate.fail(v, c.deps.Now())
	c.tally.problem(v, c.deps.Now())
	if c.reported == c.gate.mood || c.pull.active {
		return
	}
	c.reported = c.gate.mood
	c.changed(false)
	fields := []any{"bot_id", a.target.BotID, "code", v.Code, "pending", c.queue.size}
	switch c.gate.mood {
	case paused:
		c.deps.Log.LogError("A gateway does not answer as it should, so its events are kept back. System Console, Plugins, OpenClaw says what to mend.", fields...)
	case ended:
		c.deps.Log.LogWarn("A gateway has ended its link, its events wait for the next hello.", fields...)
	default:
		c.deps.Log.LogWarn("A gateway takes no events at the moment, they are kept and tried again.", fields...)
	}
}

func eventsOf(entries []*entry) []*event.Event {
	events := make([]*event.Event, 0, len(entries))
	for _, e := range entries {
		events = append(events, e.Event)
	}
	return events
}
