package live

import (
	"sync"
	"time"
)

// maxLooks bounds what is remembered of who looks where.
const maxLooks = 20_000

// Lookers knows who looks at which channel: web clients ask for its answers on their way, and ask again while they are
// there. It is safe for concurrent use.
type Lookers struct {
	now   func() time.Time
	stays func() time.Duration
	since time.Time

	mu    sync.Mutex
	until map[look]time.Time
}

type look struct{ channelID, userID string }

// NewLookers makes an empty memory; stays is for how long somebody who asked is taken to look.
func NewLookers(now func() time.Time, stays func() time.Duration) *Lookers {
	return &Lookers{now: now, stays: stays, since: now(), until: map[look]time.Time{}}
}

// Look notes that somebody looks at a channel.
func (l *Lookers) Look(userID, channelID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.until) >= maxLooks {
		for each, until := range l.until {
			if l.now().After(until) {
				delete(l.until, each)
			}
		}
	}
	if _, known := l.until[look{channelID, userID}]; known || len(l.until) < maxLooks {
		l.until[look{channelID, userID}] = l.now().Add(l.stays())
	}
}

// Gone notes that somebody is in a channel no more; an empty one stands for all.
func (l *Lookers) Gone(userID, channelID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for each := range l.until {
		if each.userID == userID && (channelID == "" || each.channelID == channelID) {
			delete(l.until, each)
		}
	}
}

// At lists who looks at a channel. False where that is not known: not everybody has asked yet since this process began, or
// they are more than `most`.
func (l *Lookers) At(channelID string, most int) (users []string, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now().Sub(l.since) < l.stays() || len(l.until) >= maxLooks {
		return nil, false
	}
	for each, until := range l.until {
		if each.channelID == channelID && !l.now().After(until) {
			users = append(users, each.userID)
		}
	}
	return users, len(users) <= most
}
