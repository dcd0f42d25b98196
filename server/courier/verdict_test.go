package courier

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/testkit"
)

func TestAnswersOfTheContract(t *testing.T) {
	var vectors struct {
		Now   time.Time
		Cases []struct {
			Name               string
			Sent               []string
			Status             int
			Headers            map[string]string
			Body               string
			Schema             bool
			State              string
			Acked, Retry, Dead []string
			RetryAfterMS       *int64 `json:"retry_after_ms"`
		}
	}
	testkit.Vectors(t, "answers", &vectors)
	if len(vectors.Cases) == 0 {
		t.Fatal("the contract has no answers")
	}
	schema := testkit.Schema(t, "answer")
	outcomes := map[string]Outcome{"ready": Answered, "retrying": Retrying, "paused": Paused, "split": Split, "ended": Ended}
	for _, c := range vectors.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if ok := testkit.Check(t, schema, json.RawMessage(c.Body)) == nil; ok != c.Schema {
				t.Errorf("the body is a whole answer: %v", ok)
			}
			a := answer{status: c.Status, header: http.Header{}, body: []byte(c.Body)}
			for name, value := range c.Headers {
				a.header.Set(name, value)
			}
			if c.Status == 0 {
				a = answer{err: errors.New("nothing came")}
			}
			v := Classify(a, c.Sent, vectors.Now)
			explain(&v, a, "https://gateway.example.com")
			want, known := outcomes[c.State]
			if !known || v.Outcome != want {
				t.Errorf("outcome %d, want %s", v.Outcome, c.State)
			}
			retry := slices.DeleteFunc(slices.Clone(c.Sent), func(id string) bool {
				_, dead := v.Dead[id]
				return dead || slices.Contains(v.Acked, id)
			})
			if !slices.Equal(v.Acked, c.Acked) && len(v.Acked)+len(c.Acked) > 0 {
				t.Errorf("acked %v, want %v", v.Acked, c.Acked)
			}
			if !slices.Equal(retry, c.Retry) && len(retry)+len(c.Retry) > 0 {
				t.Errorf("to be offered again %v, want %v", retry, c.Retry)
			}
			for _, id := range c.Dead {
				if _, dead := v.Dead[id]; !dead {
					t.Errorf("%s is not dead", id)
				}
			}
			if len(v.Dead) != len(c.Dead) {
				t.Errorf("dead %v, want %v", v.Dead, c.Dead)
			}
			if after := time.Duration(-1); c.RetryAfterMS == nil && v.RetryAfter != after {
				t.Errorf("pause %v, want none", v.RetryAfter)
			} else if c.RetryAfterMS != nil && v.RetryAfter != time.Duration(*c.RetryAfterMS)*time.Millisecond {
				t.Errorf("pause %v, want %d ms", v.RetryAfter, *c.RetryAfterMS)
			}
			if wrong := v.Outcome == Retrying || v.Outcome == Paused || v.Outcome == Ended; wrong && (v.Code == "" || v.Message == "" || len(v.Message) > 500) {
				t.Errorf("nothing is said: %q %q", v.Code, v.Message)
			}
		})
	}
}

func TestWordsSayWhatToDo(t *testing.T) {
	for name, row := range map[string]struct {
		a    answer
		want string
	}{
		"clock":     {answer{status: 401, body: []byte(`{"error":{"code":"token.expired","message":""}}`)}, "clocks"},
		"signature": {answer{status: 401, body: []byte(`{"error":{"code":"token.signature","message":""}}`)}, "baseUrl"},
		"audience":  {answer{status: 401, body: []byte(`{"error":{"code":"token.audience","message":""}}`)}, "another"},
		"no route":  {answer{status: 404, body: []byte(`not found`)}, "adapter installed"},
		"a page":    {answer{status: 200, body: []byte("\n<!doctype html>")}, "login page"},
		"redirect":  {answer{status: 307}, "redirects"},
		"proxy":     {answer{status: 403}, "proxy"},
		"overload":  {answer{status: 503}, "log"},
		"stranger":  {answer{status: 200, body: []byte(`{"ok":true}`)}, "something else"},
	} {
		v := Classify(row.a, []string{"a"}, time.Now())
		explain(&v, row.a, "https://gateway.example.com")
		if !strings.Contains(v.Message, row.want) || !strings.Contains(v.Message, "https://gateway.example.com") {
			t.Errorf("%s: %s", name, v.Message)
		}
	}
}
