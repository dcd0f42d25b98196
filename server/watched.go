package main

import (
	"maps"
	"sync"
	"time"
)

const (
	// keptNoticeAfter is how long a post may be on its way before its author is told that the gateway is away.
	keptNoticeAfter = 8 * time.Second
	maxNotices      = 1_000
)

// keptNotice is what each person is told once for each outage and channel. Without a link nothing is kept.
type keptNotice struct {
	botID, channelID, userID, rootID string
	direct, withoutLink              bool
	at                               time.Time
}

// watched is which links were ready last, and who waits for a gateway that may be away. The zero value is empty and ready.
type watched struct {
	mu    sync.Mutex
	ready map[string]bool
	// waiting are requests that may have met an outage, told those who know of the present one; by bot, channel and user.
	waiting map[string]keptNotice
	told    map[string]bool
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
	for key, each := range w.waiting {
		if each.botID == botID && each.withoutLink {
			delete(w.waiting, key)
		}
	}
}

// saw takes over which links are ready. An outage that is over is forgotten.
func (w *watched) saw(ready map[string]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready = ready
	for key, each := range w.waiting {
		if ready[each.botID] {
			delete(w.waiting, key)
		}
	}
	for key := range w.told {
		if ready[key[:idLength]] {
			delete(w.told, key)
		}
	}
	maps.DeleteFunc(w.speaking, func(botID string, _ bool) bool { return ready[botID] })
}

const idLength = 26

// asked notes a request whose author is told if the gateway is away.
func (w *watched) asked(n keptNotice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := n.botID + n.channelID + n.userID
	if _, known := w.waiting[key]; known || w.told[key] || n.withoutLink && w.speaking[n.botID] || len(w.waiting)+len(w.told) >= maxNotices {
		return
	}
	if w.waiting == nil {
		w.waiting = map[string]keptNotice{}
	}
	w.waiting[key] = n
}

// due takes the requests out that have waited for long enough while their gateway is away.
func (w *watched) due(now time.Time) (all []keptNotice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, each := range w.waiting {
		if now.Sub(each.at) < keptNoticeAfter || w.ready[each.botID] {
			continue
		}
		delete(w.waiting, key)
		if w.told == nil {
			w.told = map[string]bool{}
		}
		w.told[key] = true
		all = append(all, each)
	}
	return all
}
