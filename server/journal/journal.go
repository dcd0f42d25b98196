package journal

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"mattermost-plugin-openclaw/server/event"
)

// Log is the part of Mattermost's plugin API that the journal reports with.
type Log interface {
	LogInfo(message string, fields ...any)
	LogWarn(message string, fields ...any)
}

// Sink is a link's courier.
type Sink interface {
	// Enqueue takes what a hook saw, Offer what the sweep found; false if there is no place for it.
	Enqueue(e *event.Event)
	Offer(e *event.Event) bool
	// Knows tells whether an event is on its way, and whether it lately got its fate.
	Knows(id string) (held, settled bool)
	HasRoom() bool
	// Withdraw forgets what was offered and is not in flight.
	Withdraw()
}

// Deps is what the journal needs.
type Deps struct {
	KV     KV
	Source Source
	Log    Log
	Now    func() time.Time
	// Owner is this process, Node is where it runs.
	Owner, Node string
	// Ended tells that the process at a node is known to be gone, so that nobody waits for its lease. It may be nil.
	Ended func(node string) bool
	// Complete looks up who and where; nil if the event may not go to that bot.
	Complete func(botID string, hint event.Hint) (*event.Event, error)
}

// Link is one that is swept for.
type Link struct {
	BotID    string
	LinkedAt int64
	// Start is the time before which nothing is delivered: LinkedAt less the look-back.
	Start int64
	Sink  Sink
}

// Status is how the journal of a link stands.
type Status struct {
	BehindMS    int64  `json:"behind_ms"`
	Found       int    `json:"found"`
	LastSweepAt int64  `json:"last_sweep_at"`
	Mode        string `json:"mode"`
}

// Journal sweeps for all links. It is safe for concurrent use.
type Journal struct {
	deps    Deps
	lease   lease
	cursors cursors
	wake    chan struct{}

	mu      sync.Mutex
	readers map[string]*reader
}

// How often is looked for what.
const (
	// idleEvery is the pace without traffic, busyEvery with it.
	idleEvery  = 60 * time.Second
	busyEvery  = 5 * time.Second
	retryEvery = 5 * time.Second
	// longOverlap is read again at the idle pace and at start, shortOverlap at the busy pace: a row's time is taken up to many
	// seconds before it can be seen.
	longOverlap  = 5 * time.Minute
	shortOverlap = 60 * time.Second
	// settleTime is how long after its time a row is nearly always visible.
	settleTime = time.Second
)

// New makes a journal that sweeps for nobody until Follow.
func New(deps Deps) *Journal {
	return &Journal{
		deps: deps, cursors: cursors{deps.KV}, wake: make(chan struct{}, 1), readers: map[string]*reader{},
		lease: lease{kv: deps.KV, now: deps.Now, owner: deps.Owner, node: deps.Node, ended: deps.Ended},
	}
}

// Follow makes these links, and no others, the ones that are swept for.
func (j *Journal) Follow(links []Link) {
	j.mu.Lock()
	defer j.mu.Unlock()
	ended := maps.Clone(j.readers)
	for _, l := range links {
		held := j.readers[l.BotID]
		if held == nil || held.link.LinkedAt != l.LinkedAt || held.link.Sink != l.Sink {
			j.readers[l.BotID] = newReader(j, l)
		}
		delete(ended, l.BotID)
	}
	for botID := range ended {
		delete(j.readers, botID)
	}
	j.nudge()
}

// Hear takes what a hook saw: it is delivered at once, unless older events of the link still have to be read.
func (j *Journal) Hear(botID string, sink Sink, e *event.Event) {
	if r := j.reader(botID); r != nil {
		r.hear(e)
		return
	}
	sink.Enqueue(e)
}

// Missed says that something of a link was seen and not kept.
func (j *Journal) Missed(botID string) {
	if r := j.reader(botID); r != nil {
		r.miss()
	}
}

// Changed says that events of a link got their fate, or that its gateway is there again. It may be called under its sink's lock.
func (j *Journal) Changed(botID string, reopened bool) {
	if r := j.reader(botID); r != nil && reopened {
		r.reopened.Store(true)
	}
	j.nudge()
}

// Epoch is that of the lease as it was seen last.
func (j *Journal) Epoch() int {
	value, _ := j.lease.view()
	return value.Epoch
}

// Status tells how a link's journal stands; nil if it is not swept for.
func (j *Journal) Status(botID string) *Status {
	r := j.reader(botID)
	if r == nil {
		return nil
	}
	status := r.status()
	status.Mode = j.deps.Source.Mode()
	return &status
}

// Run sweeps until the context ends, and then leaves the lease to others.
func (j *Journal) Run(ctx context.Context) {
	defer j.leave()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.wake:
		case <-timer.C:
		}
		timer.Reset(j.step(ctx))
	}
}

// leave stores what was acknowledged and lets another node take over at once.
func (j *Journal) leave() {
	for _, r := range j.all() {
		r.settle()
		if err := r.store(true); err != nil {
			j.deps.Log.LogWarn("The journal's cursor could not be stored, so the last minutes are read again.", "error", err.Error())
		}
	}
	j.lease.release()
}

// step tends the lease and every link once, and says when to look again.
func (j *Journal) step(ctx context.Context) time.Duration {
	readers := j.all()
	mine, err := j.lease.tend(behind(readers))
	if err != nil {
		j.deps.Log.LogWarn("The journal's lease could not be tended.", "error", err.Error())
	}
	value, seen := j.lease.view()
	wait := renewEvery
	for _, r := range readers {
		if !mine {
			if seen {
				r.rest(slices.Contains(value.Behind, r.link.BotID))
			}
			continue
		}
		in, err := r.step(ctx)
		if err != nil && ctx.Err() == nil {
			j.deps.Log.LogWarn("The journal could not be read, it is tried again.", "bot_id", r.link.BotID, "error", err.Error())
			in = retryEvery
		}
		wait = min(wait, in)
	}
	if mine {
		if _, err := j.lease.tend(behind(readers)); err != nil {
			j.deps.Log.LogWarn("The journal's lease could not be tended.", "error", err.Error())
		}
	}
	return max(wait, time.Millisecond)
}

func behind(readers []*reader) []string {
	var bots []string
	for _, r := range readers {
		if r.isBehind() {
			bots = append(bots, r.link.BotID)
		}
	}
	return bots
}

func (j *Journal) all() []*reader {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.SortedFunc(maps.Values(j.readers), func(a, b *reader) int { return strings.Compare(a.link.BotID, b.link.BotID) })
}

func (j *Journal) reader(botID string) *reader {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.readers[botID]
}

func (j *Journal) nudge() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}
