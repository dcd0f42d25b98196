package courier

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"mattermost-plugin-openclaw/server/event"
)

// Numbers of the queue. What does not fit is left for the sweep.
const (
	maxQueued      = 10_000
	maxQueuedBytes = 64 << 20
	maxBatch       = 50
	maxBatchBytes  = 256<<10 - envelopeBytes
	envelopeBytes  = 64
	// hold lets a slightly older post of another author arrive, in a lane that was busy within busyWindow.
	hold       = 25 * time.Millisecond
	busyWindow = 250 * time.Millisecond
	// keepFor is how long an event may wait to be acknowledged.
	keepFor = 72 * time.Hour
	never   = time.Duration(1<<63 - 1)
)

// Expired is why an event is dead that waited too long.
const Expired = "expired"

// entry is an event on its way. It is either in its lane or in exactly one delivery.
type entry struct {
	*event.Event
	bytes int
	// arrival breaks ties of time.
	arrival      int
	since, ready time.Time
}

// lane is a channel's ordered stream.
type lane struct {
	id string
	// waiting is ordered by time, then arrival: so one author's events keep their order.
	waiting []*entry
	// busy while a delivery holds events of this lane.
	busy        bool
	failures    int
	pausedUntil time.Time
	lastArrival time.Time
	lastAuthor  string
}

// queue holds the events of one link in its lanes. It knows no clock and no lock of its own.
type queue struct {
	lanes map[string]*lane
	// turn is the order of service: who was served goes to its end.
	turn                  []*lane
	size, bytes, arrivals int
	// holds counts events that were made to wait for an older one.
	holds int
	// ids are waiting or in flight; true if the journal's sweep brought them.
	ids map[string]bool
	// gone is told which ids were delivered or given up.
	gone func(id string)
}

// add puts an event into its lane; false if the queue is full.
func (q *queue) add(e *event.Event, now time.Time) bool {
	encoded, err := json.Marshal(e)
	if err != nil || q.size >= maxQueued || q.bytes+len(encoded) >= maxQueuedBytes {
		return false
	}
	l := q.lanes[e.Lane]
	if l == nil {
		l = &lane{id: e.Lane}
		q.lanes[e.Lane] = l
		q.turn = append(q.turn, l)
	}
	q.arrivals++
	added := &entry{Event: e, bytes: len(encoded) + 1, arrival: q.arrivals, since: now, ready: now}
	// One author's events come in their order by themselves; only another's may have been overtaken.
	author := e.Author()
	if now.Sub(l.lastArrival) < busyWindow && author != l.lastAuthor {
		added.ready = now.Add(hold)
		q.holds++
	}
	l.lastArrival, l.lastAuthor = now, author
	q.size++
	q.bytes += added.bytes
	if q.ids == nil {
		q.ids = map[string]bool{}
	}
	q.ids[e.ID] = false
	l.insert(added)
	return true
}

// take removes the next batch, in turn over the lanes that are ready, and marks these busy: a lane never is in two
// batches. If none is ready it says how long to wait.
func (q *queue) take(limit int, now time.Time) ([]*entry, time.Duration) {
	var batch []*entry
	var lanes []*lane
	wait := never
	for _, l := range q.turn {
		in := l.readyIn(now)
		wait = min(wait, in)
		if in == 0 && len(lanes) < limit {
			lanes = append(lanes, l)
		}
	}
	for i, room, passed := 0, maxBatchBytes, 0; passed < len(lanes) && len(batch) < limit; i++ {
		l := lanes[i%len(lanes)]
		passed++
		if head := l.head(now); head != nil && (head.bytes <= room || len(batch) == 0) {
			l.waiting, l.busy = l.waiting[1:], true
			batch = append(batch, head)
			room -= head.bytes
			passed = 0
		}
	}
	q.turn = append(slices.DeleteFunc(q.turn, func(l *lane) bool { return slices.Contains(lanes, l) }), lanes...)
	return batch, wait
}

// remove ends an entry's way, delivered or dead.
func (q *queue) remove(e *entry) {
	q.forget(e)
	if q.gone != nil {
		q.gone(e.ID)
	}
}

func (q *queue) forget(e *entry) {
	q.size--
	q.bytes -= e.bytes
	delete(q.ids, e.ID)
}

// withdraw forgets what the sweep brought and is not in flight.
func (q *queue) withdraw() {
	for _, l := range q.turn {
		l.waiting = slices.DeleteFunc(l.waiting, func(e *entry) bool {
			swept := q.ids[e.ID]
			if swept {
				q.forget(e)
			}
			return swept
		})
	}
}

// drop forgets what waits; false if it is in flight.
func (q *queue) drop(id string) bool {
	if _, held := q.ids[id]; !held {
		return true
	}
	for _, l := range q.turn {
		if at := slices.IndexFunc(l.waiting, func(e *entry) bool { return e.ID == id }); at >= 0 {
			q.forget(l.waiting[at])
			l.waiting = slices.Delete(l.waiting, at, at+1)
			return true
		}
	}
	return false
}

// putBack returns an undelivered entry to its place.
func (q *queue) putBack(e *entry) { q.lanes[e.Lane].insert(e) }

// release lets the lanes of a batch be served again.
func (q *queue) release(batch []*entry) {
	for _, e := range batch {
		q.lanes[e.Lane].busy = false
	}
}

// resume ends the pauses of all lanes.
func (q *queue) resume() {
	for _, l := range q.turn {
		l.failures, l.pausedUntil = 0, time.Time{}
	}
}

// sweep forgets lanes that have fallen silent, and removes and returns entries that waited too long.
func (q *queue) sweep(now time.Time) []*entry {
	var expired []*entry
	q.turn = slices.DeleteFunc(q.turn, func(l *lane) bool {
		for !l.busy && len(l.waiting) > 0 && now.Sub(l.waiting[0].since) > keepFor {
			expired = append(expired, l.waiting[0])
			q.remove(l.waiting[0])
			l.waiting = l.waiting[1:]
		}
		silent := !l.busy && len(l.waiting) == 0 && now.Sub(l.lastArrival) >= busyWindow
		if silent {
			delete(q.lanes, l.id)
		}
		return silent
	})
	return expired
}

// readyIn tells how long the lane has to wait; never, if only the end of a delivery or a new event can change that.
func (l *lane) readyIn(now time.Time) time.Duration {
	if l.busy || len(l.waiting) == 0 {
		return never
	}
	return max(0, l.pausedUntil.Sub(now), l.waiting[0].ready.Sub(now))
}

// head is the next entry, if it is not held.
func (l *lane) head(now time.Time) *entry {
	if len(l.waiting) == 0 || l.waiting[0].ready.After(now) {
		return nil
	}
	return l.waiting[0]
}

func (l *lane) insert(e *entry) {
	at, _ := slices.BinarySearchFunc(l.waiting, e, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.TS, b.TS), cmp.Compare(a.arrival, b.arrival))
	})
	l.waiting = slices.Insert(l.waiting, at, e)
}
