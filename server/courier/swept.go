package courier

import "mattermost-plugin-openclaw/server/event"

// What the journal's sweep needs of a courier.
const (
	// maxRecent settled ids are remembered, so that reading the last minutes again delivers nothing again.
	maxRecent = 16_000
	// sweepRoom bounds what the sweep puts in: a long backlog waits in Mattermost's database, not in memory.
	sweepRoom      = 2_000
	sweepRoomBytes = 8 << 20
)

// Offer takes an event that the sweep found; false if there is no place for it.
func (c *Courier) Offer(e *event.Event) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, held := c.queue.ids[e.ID]; held || c.settled.has(e.ID) {
		return true
	}
	if !c.queue.add(e, c.deps.Now()) {
		return false
	}
	c.queue.ids[e.ID] = true
	c.nudge()
	return true
}

// Knows tells whether an event is waiting or in flight, and whether it lately got its fate.
func (c *Courier) Knows(id string) (held, settled bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, held = c.queue.ids[id]
	return held, c.settled.has(id)
}

// HasRoom tells whether the sweep may go on.
func (c *Courier) HasRoom() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.queue.size < sweepRoom && c.queue.bytes < sweepRoomBytes
}

// Withdraw forgets what the sweep put in and is not in flight: another node sweeps now.
func (c *Courier) Withdraw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue.withdraw()
}

// recent is a set of the last ids put in.
type recent struct {
	ids  map[string]struct{}
	ring []string
	next int
	max  int
}

func newRecent(limit int) *recent { return &recent{ids: map[string]struct{}{}, max: limit} }

func (r *recent) has(id string) bool {
	_, ok := r.ids[id]
	return ok
}

func (r *recent) add(id string) {
	switch {
	case r.has(id):
		return
	case len(r.ring) < r.max:
		r.ring = append(r.ring, id)
	default:
		delete(r.ids, r.ring[r.next])
		r.ring[r.next] = id
		r.next = (r.next + 1) % r.max
	}
	r.ids[id] = struct{}{}
}
