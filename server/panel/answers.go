package panel

import (
	"encoding/json"
	"sync"
	"time"
)

const (
	// answerTTL is how long an answer of a gateway is shown before it is asked anew.
	answerTTL  = 10 * time.Minute
	maxAnswers = 2_000
	// askAgainAfter keeps a panel that is opened again and again from asking each time.
	askAgainAfter = time.Second
)

type answer struct {
	raw json.RawMessage
	at  time.Time
}

// Answers remembers what gateways have answered, and what they were asked lately. It is safe for concurrent use.
type Answers struct {
	now     func() time.Time
	mu      sync.Mutex
	answers map[string]answer
	asked   map[string]time.Time
}

// NewAnswers makes an empty memory.
func NewAnswers(now func() time.Time) *Answers {
	return &Answers{now: now, answers: map[string]answer{}, asked: map[string]time.Time{}}
}

// Key names who asked what.
func Key(parts ...string) string {
	key := ""
	for _, part := range parts {
		key += part + "/"
	}
	return key
}

// Put remembers an answer.
func (a *Answers) Put(key string, raw json.RawMessage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.answers) >= maxAnswers {
		clear(a.answers)
	}
	a.answers[key] = answer{raw, a.now()}
}

// Get returns an answer that is not too old; nil if there is none.
func (a *Answers) Get(key string) json.RawMessage {
	a.mu.Lock()
	defer a.mu.Unlock()
	held, ok := a.answers[key]
	if !ok || a.now().Sub(held.at) > answerTTL {
		return nil
	}
	return held.raw
}

// MayAsk tells whether it is time to ask this again, and notes that it is asked.
func (a *Answers) MayAsk(key string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if at, ok := a.asked[key]; ok && a.now().Sub(at) < askAgainAfter {
		return false
	}
	if len(a.asked) >= maxAnswers {
		clear(a.asked)
	}
	a.asked[key] = a.now()
	return true
}
