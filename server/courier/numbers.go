package courier

import (
	"maps"
	"time"
)

// maxAnswers bounds how many kinds of answers are told apart: their codes are the gateway's words.
const maxAnswers = 40

// Numbers are what is counted of a link since the plugin started.
type Numbers struct {
	Status
	// Attempts are deliveries by answer: "ok", or the code of the refusal.
	Attempts map[string]int `json:"attempts"`
	// Holds are events that waited a moment so that an older one of another author could go first.
	Holds int `json:"holds"`
	// LatencyMS is how long the last answered delivery took, OldestAt since when the oldest event waits; 0 if there is none.
	LatencyMS int64 `json:"latency_ms"`
	OldestAt  int64 `json:"oldest_at"`
}

// Numbers tells the counts of this moment.
func (c *Courier) Numbers() Numbers {
	status, _ := c.Status()
	c.mu.Lock()
	defer c.mu.Unlock()
	return Numbers{status, maps.Clone(c.tally.attempts), c.queue.holds, c.tally.latencyMS, c.queue.oldest()}
}

// count notes an attempt and how long it took.
func (t *tally) count(v Verdict, took time.Duration) {
	answer := v.Code
	if answer == "" {
		answer = "ok"
	}
	if t.attempts == nil {
		t.attempts = map[string]int{}
	}
	if _, known := t.attempts[answer]; !known && len(t.attempts) >= maxAnswers {
		answer = "other"
	}
	t.attempts[answer]++
	if v.Outcome == Answered {
		t.latencyMS = max(1, took.Milliseconds())
	}
}

// oldest tells since when the event waits that has waited longest, as milliseconds; 0 if none does.
func (q *queue) oldest() (at int64) {
	for _, l := range q.lanes {
		for _, e := range l.waiting {
			if since := e.since.UnixMilli(); at == 0 || since < at {
				at = since
			}
		}
	}
	return at
}
