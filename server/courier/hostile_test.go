package courier

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

// FuzzClassify holds that no answer, whoever wrote it, settles an event that was not sent, or settles one twice.
func FuzzClassify(f *testing.F) {
	for _, body := range []string{
		"", "{}", `{"acked":["a"],"failed":[]}`, `{"acked":["a","a","x"],"failed":[{"id":"a","code":"c","retry":false}]}`,
		`{"failed":[{"id":"b","retry":false}]}`, `{"error":{"code":"link.ended","message":""}}`, `{"error":{"code":"token.key_unknown","message":""}}`,
		"<html>", `{"acked":null}`, strings.Repeat("[", 20_000),
	} {
		for _, status := range []int{200, 204, 302, 400, 401, 410, 413, 422, 429, 503} {
			f.Add(status, body, "7")
		}
	}
	sent := []string{"a", "b"}
	f.Fuzz(func(t *testing.T, status int, body, after string) {
		v := Classify(answer{status: status, header: http.Header{"Retry-After": {after}}, body: []byte(body)}, sent, time.UnixMilli(1))
		for i, id := range v.Acked {
			if !slices.Contains(sent, id) || slices.Contains(v.Acked[:i], id) {
				t.Errorf("acked %v", v.Acked)
			}
		}
		for id := range v.Dead {
			if !slices.Contains(sent, id) || slices.Contains(v.Acked, id) {
				t.Errorf("dead %v, acked %v", v.Dead, v.Acked)
			}
		}
		if status != http.StatusOK && len(v.Acked) > 0 || v.RetryAfter > 10*time.Minute {
			t.Errorf("%+v", v)
		}
	})
}

func TestARevokedKeyIsReplacedWithinTheAttempt(t *testing.T) {
	var renewed, asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if renewed.Load() == 0 {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":{"code":"token.key_unknown","message":""}}`))
			return
		}
		_, _ = w.Write([]byte(`{"acked":["ping:0123456789abcdef"],"failed":[]}`))
	}))
	defer server.Close()
	deps := Deps{Client: link.NewClient(), Signer: newGateway(t), Now: time.Now, Renew: func() { renewed.Add(1) }}
	to := target()
	to.URL = server.URL
	if v := deps.push(t.Context(), to, event.NewPing("0123456789abcdef", 1)); v.Outcome != Answered || asked.Load() != 2 {
		t.Errorf("%+v after %d attempts", v, asked.Load())
	}
}

// A gateway that was taken over, or is none, answers with what costs the most.
func TestAHostileGatewayCostsLittleAndIsFollowedNowhere(t *testing.T) {
	var elsewhere atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer inside.Close()
	for name, answer := range map[string]http.HandlerFunc{
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for range 10_000 {
				if _, err := io.WriteString(w, strings.Repeat(" ", 64<<10)); err != nil {
					return
				}
			}
		},
		"deep": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("[", 60_000)) },
		"redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", inside.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"to metadata": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://169.254.169.254/latest/meta-data/")
			w.WriteHeader(http.StatusPermanentRedirect)
		},
	} {
		server := httptest.NewServer(answer)
		v := send(t, server.URL)
		server.Close()
		if v.Outcome != Paused || len(v.Acked) > 0 || len(v.Dead) > 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if elsewhere.Load() != 0 {
		t.Errorf("%d requests went where a redirect pointed", elsewhere.Load())
	}
}

func TestNothingOfThePostIsInWhatAnAdminIsTold(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
		// Whoever sits there sends everything back that it got.
		_ = json.NewEncoder(w).Encode(map[string]string{"token": r.Header.Get(link.SignatureHeader), "body": string(raw)})
	}))
	defer server.Close()
	v := send(t, server.URL)
	if v.Message == "" || strings.Contains(v.Message+v.Code, "0123456789abcdef") || strings.Contains(v.Message, "eyJ") {
		t.Errorf("%q %q", v.Code, v.Message)
	}
}
