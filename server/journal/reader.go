package journal

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"mattermost-plugin-openclaw/server/event"
)

const (
	// maxHeld events of hooks are kept back while older ones are read; of more, the sweep finds the first.
	maxHeld = 500
	// maxPages may wait to be acknowledged.
	maxPages = 8
	// pagesAtOnce are read before the lease and the other links have their turn.
	pagesAtOnce = 4
	// keenFor is how long after a backlog is looked often: other nodes' hooks were not delivered meanwhile.
	keenFor    = 20 * time.Second
	storeEvery = time.Minute
	// storeIdle moves the cursor of a link without traffic.
	storeIdle = 10 * time.Minute
)

// reader reads the journal for one link. It is live when everything until now was read, so that hooks may deliver at
// once; until then it is behind, and hooks are held back, or a new post would overtake older ones of its channel.
type reader struct {
	j    *Journal
	link Link
	// reopened is set when the gateway is there again.
	reopened atomic.Bool

	// raw, loaded, pages, and the times of writing belong to the journal's goroutine.
	raw      []byte
	stored   cursor
	loaded   bool
	pages    []*sheet
	storedAt time.Time
	dirty    bool
	longAt   time.Time

	mu sync.Mutex
	// resting while another node sweeps, and leaderBehind while that one is behind.
	resting, leaderBehind bool
	behind                bool
	held                  []*event.Event
	// droppedTS is the time of the latest held event that found no place.
	droppedTS int64
	// read is where the next page starts, upTo what was read in full; reactions and edits count after floor.
	read, upTo Mark
	floor      int64
	acked      cursor
	waiting    int
	found      int
	sweptAt    time.Time
	next       time.Time
	keenUntil  time.Time
}

// sheet is a page whose events are on their way.
type sheet struct {
	end     Mark
	floor   int64
	pending map[string]struct{}
}

func newReader(j *Journal, l Link) *reader {
	return &reader{j: j, link: l, behind: !l.isFresh(j.deps.Now())}
}

// isFresh tells whether a link was made just now: there is nothing before it to wait for.
func (l Link) isFresh(now time.Time) bool {
	const fresh = 10 * time.Second
	return l.Start == l.LinkedAt && now.Sub(time.UnixMilli(l.LinkedAt)) < fresh
}

// hear takes what a hook saw.
func (r *reader) hear(e *event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.resting:
		// What another node will read is left to it.
		if !r.leaderBehind {
			r.link.Sink.Enqueue(e)
		}
		return
	case r.behind && e.TS <= r.read.at():
		// The sweep is past it: this is late, as imports and posts with slow previews are.
		r.link.Sink.Enqueue(e)
		return
	case r.behind:
	case r.link.Sink.HasRoom():
		r.link.Sink.Enqueue(e)
		r.soon(r.sweptAt.Add(busyEvery), r.j.deps.Now().Add(settleTime+settleTime/2))
		return
	default:
		r.fallBehind()
	}
	r.held = append(r.held, e)
	if len(r.held) > maxHeld {
		r.droppedTS = max(r.droppedTS, min(r.held[0].TS, r.j.deps.Now().UnixMilli()))
		r.held = slices.Delete(r.held, 0, 1)
	}
}

// miss leaves everything new to the sweep until it has found what was lost.
func (r *reader) miss() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.resting && !r.behind {
		r.fallBehind()
		r.droppedTS = r.j.deps.Now().UnixMilli()
		r.next = r.j.deps.Now().Add(settleTime)
		r.j.nudge()
	}
}

// soon moves the next look forward, to the later of two times.
func (r *reader) soon(a, b time.Time) {
	at := a
	if b.After(a) {
		at = b
	}
	if at.Before(r.next) {
		r.next = at
		r.j.nudge()
	}
}

func (r *reader) lookSoon(in time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.j.deps.Now()
	r.soon(now.Add(in), now)
}

// fallBehind leaves new events to the sweep, from a little before the place that it had read to.
func (r *reader) fallBehind() {
	r.behind = true
	r.rewind(shortOverlap)
	r.next = time.Time{}
}

// rewind goes back by an overlap, because rows can be seen late.
func (r *reader) rewind(overlap time.Duration) {
	r.read = r.upTo.back(r.upTo.at() - overlap.Milliseconds()).atLeast(min(r.link.Start, r.upTo.at()))
	r.floor = r.read.at()
}

func (r *reader) isBehind() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.behind && !r.resting
}

func (r *reader) status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Status{Found: r.found}
	if !r.sweptAt.IsZero() {
		s.LastSweepAt = r.sweptAt.UnixMilli()
	}
	if at := r.acked.Mark.at(); at > 0 && !r.resting && (r.behind || r.waiting > 0) {
		s.BehindMS = max(0, r.j.deps.Now().UnixMilli()-at)
	}
	return s
}

// rest leaves the sweep to another node.
func (r *reader) rest(leaderBehind bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leaderBehind = leaderBehind
	if r.resting {
		return
	}
	if r.loaded {
		r.link.Sink.Withdraw()
	}
	r.raw, r.loaded, r.pages, r.waiting = nil, false, nil, 0
	r.resting, r.behind = true, true
	if !leaderBehind {
		r.release()
	}
	r.held, r.droppedTS = nil, 0
}

// release delivers what was held, in its order; what the sweep has found meanwhile is known to the sink.
func (r *reader) release() {
	slices.SortStableFunc(r.held, func(a, b *event.Event) int { return cmp.Compare(a.TS, b.TS) })
	for _, e := range r.held {
		r.link.Sink.Enqueue(e)
	}
	r.held, r.droppedTS = nil, 0
}

// begin reads the cursor, when this node gets the lease or finds that another one has written.
func (r *reader) begin(now time.Time) error {
	start := r.link.Start
	held, raw, err := r.j.cursors.read(r.link.BotID, r.link.LinkedAt, start)
	if err != nil {
		return err
	}
	if oldest := now.Add(-maxAge).UnixMilli(); held.Mark.at() < oldest {
		r.j.deps.Log.LogWarn("A link was not read for more than 72 hours, what is older is left out.",
			"bot_id", r.link.BotID, "left_out_ms", oldest-held.Mark.at())
		held.Mark, held.Floor = held.Mark.atLeast(oldest), max(held.Floor, oldest)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.raw, r.loaded, r.pages, r.waiting, r.dirty = raw, true, nil, 0, false
	r.storedAt, r.longAt, r.keenUntil = now, now, now.Add(keenFor)
	r.acked, r.stored, r.upTo = held, held, held.Mark
	if raw == nil {
		// Where the link starts is stored at once.
		r.stored, r.storedAt = cursor{}, time.Time{}
	}
	r.resting, r.behind = false, raw != nil || !r.link.isFresh(now)
	if r.behind {
		// Nobody heard what happened right before.
		r.droppedTS = now.UnixMilli()
	}
	r.rewind(longOverlap)
	r.floor = min(r.floor, held.Floor)
	r.next = time.Time{}
	return nil
}

// step does what is due and says when to come again.
func (r *reader) step(ctx context.Context) (time.Duration, error) {
	now := r.j.deps.Now()
	if !r.loaded {
		if err := r.begin(now); err != nil {
			return retryEvery, err
		}
	}
	if r.reopened.Swap(false) {
		r.lookSoon(0)
	}
	r.settle()
	if err := r.store(false); err != nil {
		return retryEvery, err
	}
	r.mu.Lock()
	due, behind := r.next.Sub(now), r.behind
	r.mu.Unlock()
	if due > 0 {
		return due, nil
	}
	if !behind {
		r.overlap(now)
	}
	more, err := r.sweep(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil:
		r.next = now.Add(retryEvery)
		return retryEvery, err
	case more && r.room():
		return 0, nil
	case more: // until the courier has room, which wakes us
		return retryEvery, nil
	}
	return r.next.Sub(now), nil
}

// overlap prepares to read the last minutes again.
func (r *reader) overlap(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.longAt) >= idleEvery-settleTime {
		r.longAt = now
		r.rewind(longOverlap)
	} else {
		r.rewind(shortOverlap)
	}
}

func (r *reader) room() bool { return len(r.pages) < maxPages && r.link.Sink.HasRoom() }

// sweep reads pages until the present, or until there is no room or others have their turn: then there is more.
func (r *reader) sweep(ctx context.Context) (more bool, err error) {
	for range pagesAtOnce {
		if !r.room() || ctx.Err() != nil || !r.j.lease.held() {
			break
		}
		done, err := r.turn(ctx)
		if err != nil {
			return true, err
		}
		if done {
			return false, nil
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.behind && len(r.pages) >= maxPages && r.link.Sink.HasRoom() {
		// Nothing is acknowledged, but hooks still find room: look again at leisure.
		r.next = r.j.deps.Now().Add(busyEvery)
		return false, nil
	}
	r.behind = true
	return true, nil
}

// live ends a backlog: everything until `to` was read, and everything since then was heard.
func (r *reader) live(to int64, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.upTo = r.read
	if r.droppedTS > to {
		r.next = now.Add(settleTime / 4)
		return
	}
	if r.behind {
		r.behind = false
		r.keenUntil = now.Add(keenFor)
		r.release()
	}
	r.next = now.Add(idleEvery)
	if now.Before(r.keenUntil) {
		r.next = now.Add(busyEvery)
	}
}

// settle moves the cursor over the pages whose events all got their fate.
func (r *reader) settle() {
	for len(r.pages) > 0 {
		first := r.pages[0]
		for id := range first.pending {
			if held, _ := r.link.Sink.Knows(id); !held {
				delete(first.pending, id)
			}
		}
		if len(first.pending) > 0 {
			break
		}
		r.pages = r.pages[1:]
		r.mu.Lock()
		if first.end.at() > r.acked.Mark.at() {
			r.acked.Mark = first.end
		}
		r.acked.Floor = max(r.acked.Floor, first.floor)
		r.mu.Unlock()
	}
	r.mu.Lock()
	r.waiting = len(r.pages)
	r.mu.Unlock()
}

// store writes the cursor: after each page of a backlog, else once a minute, and seldom without traffic.
func (r *reader) store(now bool) error {
	r.mu.Lock()
	next, behind := r.acked, r.behind
	r.mu.Unlock()
	since := r.j.deps.Now().Sub(r.storedAt)
	due := now || behind && r.dirty || r.dirty && since >= storeEvery || since >= storeIdle
	if !r.loaded || !due || next == r.stored || !r.j.lease.held() {
		return nil
	}
	raw, stored, err := r.j.cursors.write(r.link.BotID, next, r.raw)
	if err != nil || !stored {
		// Another node wrote, or it is not known what happened: read it again.
		r.loaded = false
		return err
	}
	r.raw, r.stored, r.storedAt, r.dirty = raw, next, r.j.deps.Now(), len(r.pages) > 0
	return nil
}
