package live

import (
	"errors"
	"slices"
	"sync"
	"time"
	"unicode/utf16"
)

const (
	// silence ends a draft; the run that it shows has died.
	silence = 30 * time.Second
	// rememberEnded is for calls that come after the end.
	rememberEnded = 2 * time.Minute
	maxEnded      = 2_000
	maxDrafts     = 200
	maxUnits      = 4_000_000
	perSecond     = 30
)

// Why a call changed nothing.
var (
	// ErrOld is a call that came twice or late: it is done.
	ErrOld   = errors.New("this call is not the latest")
	ErrEnded = errors.New("this draft has ended")
	ErrGap   = errors.New("something before this is missing")
	ErrFull  = errors.New("there are too many answers on their way")
	ErrBusy  = errors.New("too many calls")
)

// Draft is an answer on its way as it stands.
type Draft struct {
	Draft     string `json:"draft"`
	Seq       int64  `json:"seq"`
	ChannelID string `json:"channel_id"`
	RootID    string `json:"root_id"`
	RequestID string `json:"request_id"`
	UserID    string `json:"user_id"`
	StartedAt int64  `json:"started_at"`
	Text      string `json:"text"`
	Thinking  string `json:"thinking"`
	Tools     []Tool `json:"tools"`
}

type held struct {
	Draft
	text, thinking []uint16
	heard          time.Time
}

// Drafts holds all answers on their way. It is safe for concurrent use.
type Drafts struct {
	now func() time.Time

	mu     sync.Mutex
	drafts map[string]*held
	ended  map[string]time.Time
	// pace counts each bot's calls of the current second.
	pace map[string]*window
}

type window struct {
	since time.Time
	calls int
}

// New makes an empty store.
func New(now func() time.Time) *Drafts {
	return &Drafts{now: now, drafts: map[string]*held{}, ended: map[string]time.Time{}, pace: map[string]*window{}}
}

// Admit counts a call of a bot; false if it calls too often. The end of a draft that is shown is never too much.
func (d *Drafts) Admit(c Call) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if h := d.drafts[c.Draft]; h != nil && h.UserID == c.UserID && c.ends() {
		return true
	}
	w := d.pace[c.UserID]
	if w == nil || d.now().Sub(w.since) >= time.Second {
		w = &window{since: d.now()}
		d.pace[c.UserID] = w
	}
	w.calls++
	return w.calls <= perSecond
}

// Apply takes a call over. A draft belongs to the bot that began it, for anybody else it has ended. A start begins anew; of a draft that is
// not known, everything but its end is missing.
func (d *Drafts) Apply(c Call) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, over := d.ended[c.Draft]; over {
		return ErrEnded
	}
	h := d.drafts[c.Draft]
	switch {
	case h != nil && (h.UserID != c.UserID || h.ChannelID != c.ChannelID):
		return ErrEnded
	case h != nil && c.Seq <= h.Seq:
		return ErrOld
	case c.ends():
		d.finish(c.Draft)
		return nil
	case h == nil && c.Type == Delta:
		return ErrGap
	case h == nil && len(d.drafts) >= maxDrafts:
		return ErrFull
	}
	units := d.units()
	if c.Type == Start {
		if h != nil {
			units -= len(h.text) + len(h.thinking)
		}
		h = &held{Draft: Draft{
			Draft: c.Draft, ChannelID: c.ChannelID, RootID: c.RootID, RequestID: c.RequestID, UserID: c.UserID, StartedAt: c.StartedAt,
		}}
	}
	text, ok := grow(h.text, c.Text)
	thinking, also := grow(h.thinking, c.Thinking)
	if !ok || !also {
		return ErrGap
	}
	if units-len(h.text)-len(h.thinking)+len(text)+len(thinking) > maxUnits {
		return ErrFull
	}
	h.text, h.thinking, h.Seq, h.heard = text, thinking, c.Seq, d.now()
	for _, tool := range c.Tools {
		h.use(tool)
	}
	d.drafts[c.Draft] = h
	return nil
}

func (d *Drafts) units() (all int) {
	for _, h := range d.drafts {
		all += len(h.text) + len(h.thinking)
	}
	return all
}

// use puts the tool in the place of the one with its id; the oldest go when there are too many.
func (h *held) use(tool Tool) {
	if at := slices.IndexFunc(h.Tools, func(t Tool) bool { return t.ID == tool.ID }); at >= 0 {
		h.Tools[at] = tool
		return
	}
	h.Tools = append(h.Tools, tool)
	h.Tools = h.Tools[max(0, len(h.Tools)-maxTools):]
}

func grow(units []uint16, g *Growth) ([]uint16, bool) {
	if g == nil {
		return units, true
	}
	if g.Offset > len(units) {
		return units, false
	}
	return append(units[:g.Offset:g.Offset], utf16.Encode([]rune(g.Text))...), true
}

// finish forgets a draft and remembers that it has ended.
func (d *Drafts) finish(id string) {
	delete(d.drafts, id)
	if len(d.ended) >= maxEnded {
		clear(d.ended)
	}
	d.ended[id] = d.now()
}

// In lists the answers on their way in a channel, oldest first.
func (d *Drafts) In(channelID string) []Draft {
	d.mu.Lock()
	defer d.mu.Unlock()
	found := []Draft{}
	for _, h := range d.drafts {
		if h.ChannelID == channelID {
			shown := h.Draft
			shown.Text, shown.Thinking = string(utf16.Decode(h.text)), string(utf16.Decode(h.thinking))
			shown.Tools = append([]Tool{}, h.Tools...)
			found = append(found, shown)
		}
	}
	slices.SortFunc(found, func(a, b Draft) int { return int(a.StartedAt - b.StartedAt) })
	return found
}

// Get is an answer on its way, but for what it says; false if it is not known.
func (d *Drafts) Get(id string) (Draft, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.drafts[id]
	if h == nil {
		return Draft{}, false
	}
	return h.Draft, true
}

// Expire ends the drafts that have fallen silent and returns an abort for each.
func (d *Drafts) Expire() (aborts []Call) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, h := range d.drafts {
		if d.now().Sub(h.heard) < silence {
			continue
		}
		aborts = append(aborts, Call{
			Draft: id, Seq: h.Seq + 1, Type: Abort, ChannelID: h.ChannelID, RootID: h.RootID, RequestID: h.RequestID,
			StartedAt: h.StartedAt, UserID: h.UserID, Tools: []Tool{},
		})
		d.finish(id)
	}
	for id, at := range d.ended {
		if d.now().Sub(at) > rememberEnded {
			delete(d.ended, id)
		}
	}
	return aborts
}
