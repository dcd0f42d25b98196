package panel

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/link"
)

// KV is the part of Mattermost's plugin API that modes are stored with.
type KV interface {
	KVGet(key string) ([]byte, *model.AppError)
	KVSet(key string, value []byte) *model.AppError
	KVDelete(key string) *model.AppError
}

const (
	engagementPrefix = "engagement:"
	// engagementTTL bounds how long this node misses what another one stored.
	engagementTTL = 30 * time.Second
	maxChannels   = 5_000
)

type mode struct {
	mode string
	at   time.Time
}

// Engagement is how the bot takes part in channels, as people have set it there. It is safe for concurrent use.
type Engagement struct {
	kv    KV
	now   func() time.Time
	mu    sync.Mutex
	known map[string]mode
}

// NewEngagement reads what is stored as it is needed.
func NewEngagement(kv KV, now func() time.Time) *Engagement {
	return &Engagement{kv: kv, now: now, known: map[string]mode{}}
}

// Of tells the mode of a channel: off, mention, thread, all, or nothing if nobody has set one.
func (e *Engagement) Of(channelID string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if held, ok := e.known[channelID]; ok && e.now().Sub(held.at) < engagementTTL {
		return held.mode, nil
	}
	raw, appErr := e.kv.KVGet(engagementPrefix + channelID)
	if appErr != nil {
		return "", fmt.Errorf("read how the bot takes part: %w", appErr)
	}
	e.note(channelID, string(raw))
	return string(raw), nil
}

// Set stores a mode; an empty one leaves it to the gateway's account again.
func (e *Engagement) Set(channelID, to string) error {
	if !slices.Contains([]string{"", "off", "mention", "thread", "all"}, to) {
		return link.InvalidError("mode: off, mention, thread or all is needed, or none")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var appErr *model.AppError
	if to == "" {
		appErr = e.kv.KVDelete(engagementPrefix + channelID)
	} else {
		appErr = e.kv.KVSet(engagementPrefix+channelID, []byte(to))
	}
	if appErr != nil {
		return fmt.Errorf("store how the bot takes part: %w", appErr)
	}
	e.note(channelID, to)
	return nil
}

// Forget makes the next question read what is stored.
func (e *Engagement) Forget(channelID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.known, channelID)
}

func (e *Engagement) note(channelID, to string) {
	if len(e.known) >= maxChannels {
		clear(e.known)
	}
	e.known[channelID] = mode{to, e.now()}
}
