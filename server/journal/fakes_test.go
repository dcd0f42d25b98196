package journal

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/testkit"
)

const (
	bot  = "bot00000000000000000000bot"
	anna = "user0000000000000000000ann"
	here = "channel0000000000000000one"
)

// epoch is the fakes' present at the start of a test.
var epoch = time.UnixMilli(1_800_000_000_000)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: epoch} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// table is Mattermost's posts, for a source that scans them as the statement does.
type table struct {
	mu        sync.Mutex
	posts     map[string]*model.Post
	versions  map[string][]*model.Post
	reactions []Reacted
	broken    error
	scans     int
	loaded    []string
}

func newTable() *table {
	return &table{posts: map[string]*model.Post{}, versions: map[string][]*model.Post{}}
}

func (s *table) Mode() string { return "fake" }

func (s *table) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}

func (s *table) put(id string, at time.Time) *model.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := at.UnixMilli()
	post := &model.Post{Id: id, UserId: anna, ChannelId: here, CreateAt: ms, UpdateAt: ms, Message: "text of " + id}
	s.posts[id] = post
	return post
}

func (s *table) edit(id string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ms := s.posts[id].Clone(), at.UnixMilli()
	before.OriginalId, before.Id, before.DeleteAt, before.UpdateAt = id, id+"-"+at.String(), ms, ms
	s.versions[id] = append(s.versions[id], before)
	s.posts[id].EditAt, s.posts[id].UpdateAt, s.posts[id].Message = ms, ms, "edited"
}

func (s *table) remove(id string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts[id].DeleteAt, s.posts[id].UpdateAt = at.UnixMilli(), at.UnixMilli()
}

func (s *table) react(id, emoji string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := at.UnixMilli()
	s.posts[id].UpdateAt = ms
	s.reactions = append(s.reactions, Reacted{
		Reaction: model.Reaction{PostId: id, UserId: anna, EmojiName: emoji, CreateAt: ms, UpdateAt: ms, ChannelId: here}, At: ms,
	})
}

func (s *table) Scan(_ context.Context, q Query) (Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scans++
	var page Page
	if s.broken != nil {
		return page, s.broken
	}
	for _, post := range s.posts {
		ref := Ref{ID: post.Id, At: post.CreateAt, EditAt: post.EditAt, DeleteAt: post.DeleteAt, Bytes: len(post.Message)}
		if after(ref, q.From.Created) && ref.At <= q.To {
			page.Created = append(page.Created, ref)
		}
		if ref.At = post.UpdateAt; after(ref, q.From.Updated) && ref.At <= q.To {
			page.Updated = append(page.Updated, ref)
		}
	}
	page.Created, page.CreatedCount, page.CreatedLast = limit(page.Created, q.Limit)
	page.Updated, page.UpdatedCount, page.UpdatedLast = limit(page.Updated, q.Limit)
	for _, row := range s.reactions {
		if slices.ContainsFunc(page.Updated, func(ref Ref) bool { return ref.ID == row.PostId }) && row.UpdateAt > q.Floor {
			page.Reactions = append(page.Reactions, row)
		}
	}
	page.Created = slices.DeleteFunc(page.Created, func(ref Ref) bool { return ref.DeleteAt > 0 })
	page.Updated = slices.DeleteFunc(page.Updated, func(ref Ref) bool { return ref.DeleteAt == 0 && ref.EditAt <= q.Floor })
	return page, nil
}

func (s *table) Load(_ context.Context, ids []string) ([]event.Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []event.Row
	for _, id := range ids {
		if post := s.posts[id]; post != nil {
			s.loaded = append(s.loaded, id)
			rows = append(rows, event.Row{Post: post.Clone(), Versions: s.versions[id]})
		}
	}
	return rows, nil
}

// sink is a courier whose deliveries a test makes.
type sink struct {
	mu        sync.Mutex
	waiting   []*event.Event
	swept     map[string]bool
	settled   map[string]bool
	delivered []string
	room      int
}

func newSink() *sink {
	return &sink{swept: map[string]bool{}, settled: map[string]bool{}, room: 1 << 20}
}

func (s *sink) Enqueue(e *event.Event) { s.add(e, false) }

func (s *sink) Offer(e *event.Event) bool { return s.add(e, true) }

func (s *sink) add(e *event.Event, swept bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settled[e.ID] || slices.ContainsFunc(s.waiting, func(w *event.Event) bool { return w.ID == e.ID }) {
		return true
	}
	s.waiting, s.swept[e.ID] = append(s.waiting, e), swept
	return true
}

func (s *sink) Knows(id string) (held, settled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.waiting, func(w *event.Event) bool { return w.ID == id }), s.settled[id]
}

func (s *sink) HasRoom() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting) < s.room
}

func (s *sink) Withdraw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = slices.DeleteFunc(s.waiting, func(e *event.Event) bool { return s.swept[e.ID] })
}

// deliver gives everything that waits its fate, in the order of the lane.
func (s *sink) deliver() {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortStableFunc(s.waiting, func(a, b *event.Event) int { return cmp.Compare(a.TS, b.TS) })
	for _, e := range s.waiting {
		s.settled[e.ID] = true
		s.delivered = append(s.delivered, e.ID)
	}
	s.waiting = nil
}

func (s *sink) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, e := range s.waiting {
		ids = append(ids, e.ID)
	}
	return ids
}

func (s *sink) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.delivered)
}

// logs collects warnings.
type logs struct{ warnings []string }

func (l *logs) LogInfo(string, ...any)           {}
func (l *logs) LogWarn(message string, _ ...any) { l.warnings = append(l.warnings, message) }
func (l *logs) complete(_ string, hint event.Hint) (*event.Event, error) {
	made := *hint.Event
	return &made, nil
}

// bed is one node with its journal on tables, KV store and clock that nodes may share.
type bed struct {
	*Journal
	clock *clock
	table *table
	sink  *sink
	kv    *testkit.KV
	logs  *logs
	link  Link
}

func newBed(t *testing.T, linkedAgo time.Duration) *bed {
	t.Helper()
	return nodeOn(t, "node-a", newClock(), newTable(), testkit.NewKV(), epoch.Add(-linkedAgo))
}

func nodeOn(t *testing.T, node string, c *clock, rows *table, kv *testkit.KV, linked time.Time) *bed {
	t.Helper()
	b := &bed{clock: c, table: rows, sink: newSink(), kv: kv, logs: &logs{}}
	b.Journal = New(Deps{
		KV: kv, Source: rows, Log: b.logs, Now: c.Now, Owner: node + "-" + model.NewId(), Node: node, Complete: b.logs.complete,
	})
	b.link = Link{BotID: bot, LinkedAt: linked.UnixMilli(), Start: linked.UnixMilli(), Sink: b.sink}
	b.Follow([]Link{b.link})
	return b
}

// run makes steps until the journal wants to rest for longer than a moment.
func (b *bed) run(t *testing.T) time.Duration {
	t.Helper()
	for range 200 {
		wait := b.step(context.Background())
		if wait > 500*time.Millisecond {
			return wait
		}
		b.clock.pass(wait)
	}
	t.Fatal("the journal does not come to rest")
	return 0
}

// catchUp runs, with everything delivered, until the link is live.
func (b *bed) catchUp(t *testing.T) {
	t.Helper()
	for range 20 {
		b.run(t)
		b.sink.deliver()
		if !b.reader(bot).isBehind() {
			b.run(t)
			return
		}
		b.clock.pass(time.Second)
	}
	t.Fatal("the journal does not catch up")
}

// hears makes a post that its hook saw.
func (b *bed) hears(id string) {
	post := b.table.put(id, b.clock.Now())
	hint, _ := event.OfPost(post)
	b.Hear(bot, b.sink, hint.Event)
}

var errTables = errors.New("the tables are locked")

// pausing stands still after each scan.
type pausing struct {
	Source
	pause func()
}

func (p pausing) Load(ctx context.Context, ids []string) ([]event.Row, error) {
	rows, err := p.Source.Load(ctx, ids)
	p.pause()
	return rows, err
}
