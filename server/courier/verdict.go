package courier

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// keyUnknown refuses a signature by a key that the adapter does not find among ours.
const keyUnknown = "token.key_unknown"

// Outcome is what the sender does after an attempt: contract/README.md, "What the sender does".
type Outcome int

// The outcomes.
const (
	// Answered: each event has its own fate.
	Answered Outcome = iota
	// Split: the same events again, in two halves.
	Split
	// Retrying: all again, after a pause.
	Retrying
	// Paused: a stranger answers, or the adapter does not trust us; one attempt a minute.
	Paused
	// Ended: nothing until the next hello.
	Ended
)

// Verdict is an answer, understood. What was sent and is neither acked nor dead is offered again.
type Verdict struct {
	Outcome Outcome
	Acked   []string
	// Dead holds the reason of each event that will never be accepted.
	Dead map[string]string
	// RetryAfter is negative if the answer asked for no pause of its own.
	RetryAfter time.Duration
	// Code and Message say what is wrong and what to do; empty if nothing is.
	Code, Message string
}

// answer is what came back of an attempt: a status, or an error and status 0.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error
}

// Classify judges the answer to a delivery of `sent`.
func Classify(a answer, sent []string, now time.Time) Verdict {
	if a.status == http.StatusOK {
		return classifyOK(a.body, sent)
	}
	code, ours := refusal(a.body)
	v := Verdict{Outcome: Paused, RetryAfter: -1, Code: code}
	tooLarge := a.status == http.StatusRequestEntityTooLarge
	switch {
	case tooLarge || a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity:
		if len(sent) > 1 && (ours || tooLarge) {
			v.Outcome = Split
		} else if ours {
			v.Outcome, v.Dead = Answered, map[string]string{sent[0]: code}
		}
	case a.status == http.StatusGone && ours:
		v.Outcome = Ended
	case a.status == http.StatusUnauthorized && ours && code == keyUnknown:
		// Its copy of our keys is older than ours, or ours than another node's: that mends itself.
		v.Outcome = Retrying
	case a.status == 0, a.status == http.StatusRequestTimeout, a.status == http.StatusTooManyRequests, a.status >= http.StatusInternalServerError:
		v.Outcome, v.RetryAfter = Retrying, retryAfter(a.header, now)
	}
	return v
}

// classifyOK believes nothing but ids: an answer that names none of those sent is not the adapter's.
func classifyOK(raw []byte, sent []string) Verdict {
	var said struct {
		Acked  []string `json:"acked"`
		Failed []struct {
			ID    string `json:"id"`
			Code  string `json:"code"`
			Retry *bool  `json:"retry"`
		} `json:"failed"`
	}
	v := Verdict{Outcome: Paused, RetryAfter: -1, Dead: map[string]string{}}
	if json.Unmarshal(raw, &said) != nil {
		return v
	}
	for _, id := range sent {
		if slices.Contains(said.Acked, id) {
			v.Acked = append(v.Acked, id)
			v.Outcome = Answered
		}
	}
	for _, f := range said.Failed {
		if !slices.Contains(sent, f.ID) || slices.Contains(v.Acked, f.ID) {
			continue
		}
		v.Outcome = Answered
		if f.Retry != nil && !*f.Retry {
			v.Dead[f.ID] = f.Code
		}
	}
	return v
}

// refusal reads the code of the adapter's own refusal; false for anything else, such as a proxy's page.
func refusal(raw []byte) (string, bool) {
	const maxCode = 64
	var said struct {
		Error struct {
			Code    string  `json:"code"`
			Message *string `json:"message"`
		} `json:"error"`
	}
	err := json.Unmarshal(raw, &said)
	code := said.Error.Code
	return code, err == nil && code != "" && len(code) <= maxCode && said.Error.Message != nil
}

// retryAfter reads seconds or a date, ten minutes at most; negative if there is neither.
func retryAfter(header http.Header, now time.Time) time.Duration {
	const most = 10 * time.Minute
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, most)
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), most)
	}
	return -1
}
