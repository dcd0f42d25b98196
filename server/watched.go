package main

import (
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// keptNoticeAfter is how long a post may be on its way before its author is told that the gateway is away.
	keptNoticeAfter = 8 * time.Second
	// stuckAfter is how long it may be on its way to a gateway that seems to be there.
	stuckAfter = 30 * time.Second
	maxNotices = 1_000
)

// keptNotice is what each person is told once for each outage and channel. Without a link nothing is kept.
type keptNotice struct {
	botID, channelID, userID, rootID string
	// eventID is the request's on its way; empty without a link.
	eventID             string
	direct, withoutLink bool
	// ifTakesPart says that it names the bot nowhere, and asks it only if the bot takes part in its thread.
	ifTakesPart bool
	at          time.Time
}

func (n keptNotice) key() string { return n.botID + n.channelID + n.userID }

// watched is which links were ready last, and who waits for a gateway that may be away. The zero value is empty and ready.
type watched struct {
	mu    sync.Mutex
	ready map[string]bool
	// waiting are requests that may have met an outage.
	waiting []keptNotice
	// told is until when somebody surely knows of an outage, by bot, channel and user; until the gateway is there again at least.
	told map[string]time.Time
	// speaking are bots that answer although this plugin has no link of theirs.
	speaking map[string]bool
}

// spoke notes that a bot without a link has said something: somebody works with its token by other ways.
func (w *watched) spoke(botID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.speaking == nil {
		w.speaking = map[string]bool{}
	}
	w.speaking[botID] = true
	w.waiting = slices.DeleteFunc(w.waiting, func(n keptNotice) bool { return n.botID == botID && n.withoutLink })
}

// saw takes over which links are ready. An outage that is over is forgotten.
func (w *watched) saw(ready map[string]bool, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready = ready
	maps.DeleteFunc(w.told, func(key string, until time.Time) bool { return ready[key[:idLength]] && !now.Before(until) })
	maps.DeleteFunc(w.speaking, func(botID string, _ bool) bool { return ready[botID] })
}

const idLength = 26

// asked notes a request whose author is told if the gateway is away.
func (w *watched) asked(n keptNotice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, told := w.told[n.key()]; !told && len(w.waiting)+len(w.told) < maxNotices && !(n.withoutLink && w.speaking[n.botID]) {
		w.waiting = append(w.waiting, n)
	}
}

// due takes the requests out that have waited for long enough: their gateway is away, or does not take them although it
// seems to be there. isOn tells whether a request is still on its way.
func (w *watched) due(now time.Time, isOn func(keptNotice) bool) (all []keptNotice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = slices.DeleteFunc(w.waiting, func(n keptNotice) bool {
		ready, age := w.ready[n.botID], now.Sub(n.at)
		switch {
		case age < keptNoticeAfter:
			return false
		case !n.withoutLink && !isOn(n):
			return true
		case ready && age < stuckAfter:
			return false
		}
		if _, told := w.told[n.key()]; told {
			return true
		}
		if w.told == nil {
			w.told = map[string]time.Time{}
		}
		w.told[n.key()] = now
		if ready {
			w.told[n.key()] = now.Add(stuckAfter)
		}
		all = append(all, n)
		return true
	})
	return all
}

// untold takes somebody for one who knows nothing of an outage.
func (w *watched) untold(n keptNotice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.told, n.key())
}
