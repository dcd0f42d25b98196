// Package panel holds what the panel shows of gateways: runs and sessions, in memory and for a while, and how a bot takes part in
// a channel.
package panel

import (
	"cmp"
	"regexp"
	"slices"
	"sync"
	"time"

	"mattermost-plugin-openclaw/server/link"
)

// States of a run; the last three end it.
const (
	Queued  = "queued"
	Working = "working"
	Done    = "done"
	Failed  = "failed"
	Stopped = "stopped"
)

const (
	// silence ends a run of which nothing is heard: its gateway has died.
	silence = 60 * time.Second
	maxRuns = 1_000
	maxCall = 50
)

var (
	runID  = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
	someID = regexp.MustCompile(`^[a-z0-9]{26}$`)
)

// Run is a request on its way through the agent.
type Run struct {
	ID        string `json:"id"`
	ChannelID string `json:"channel_id"`
	RootID    string `json:"root_id"`
	PostID    string `json:"post_id"`
	UserID    string `json:"user_id"`
	State     string `json:"state"`
	Tool      string `json:"tool"`
	StartedAt int64  `json:"started_at"`
}

// Ended tells whether nothing more will be heard of it.
func (r Run) Ended() bool { return r.State == Done || r.State == Failed || r.State == Stopped }

// ValidateRuns tells what of a call breaks the contract.
func ValidateRuns(runs []Run) error {
	const maxTool = 64
	if len(runs) == 0 || len(runs) > maxCall {
		return link.InvalidError("runs: 1 to 50 are needed")
	}
	for _, r := range runs {
		switch {
		case !runID.MatchString(r.ID):
			return link.InvalidError("id: 1 to 64 letters, digits and dashes are needed")
		case !IsID(r.ChannelID) || !IsID(r.UserID) || r.RootID != "" && !IsID(r.RootID) || r.PostID != "" && !IsID(r.PostID):
			return link.InvalidError("channel_id, user_id, root_id, post_id: ids are needed, the first two always")
		case !slices.Contains([]string{Queued, Working, Done, Failed, Stopped}, r.State):
			return link.InvalidError("state: queued, working, done, failed or stopped is needed")
		case len(r.Tool) > maxTool || r.StartedAt < 0:
			return link.InvalidError("tool, started_at: at most 64 bytes, and milliseconds, are needed")
		}
	}
	return nil
}

// IsID tells whether a text is an id of Mattermost's.
func IsID(text string) bool { return someID.MatchString(text) }

type running struct {
	Run
	botID string
	heard time.Time
}

// Runs are the runs that are under way. It is safe for concurrent use.
type Runs struct {
	now func() time.Time
	mu  sync.Mutex
	all map[string]running
}

// NewRuns makes an empty memory.
func NewRuns(now func() time.Time) *Runs { return &Runs{now: now, all: map[string]running{}} }

// Apply takes over what a bot says of a run; false if that is no news.
func (r *Runs) Apply(botID string, run Run) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := botID + ":" + run.ID
	before, known := r.all[key]
	if run.Ended() {
		delete(r.all, key)
		return known
	}
	if !known && len(r.all) >= maxRuns {
		return false
	}
	r.all[key] = running{run, botID, r.now()}
	return !known || before.Run != run
}

// Find returns a run that is under way, and its bot.
func (r *Runs) Find(id string) (botID string, run Run, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, each := range r.all {
		if each.ID == id {
			return each.botID, each.Run, true
		}
	}
	return "", Run{}, false
}

// In lists the runs of a channel, oldest first.
func (r *Runs) In(channelID string) []Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := []Run{}
	for _, each := range r.all {
		if each.ChannelID == channelID {
			found = append(found, each.Run)
		}
	}
	slices.SortFunc(found, func(a, b Run) int { return cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(a.ID, b.ID)) })
	return found
}

// Expire ends the runs of gateways that have fallen silent, and returns them as stopped.
func (r *Runs) Expire() (stopped []Run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, each := range r.all {
		if r.now().Sub(each.heard) >= silence {
			delete(r.all, key)
			each.State, each.Tool = Stopped, ""
			stopped = append(stopped, each.Run)
		}
	}
	return stopped
}
