package courier

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
)

const (
	attemptTimeout = 10 * time.Second
	maxAnswerBytes = 64 << 10
)

// StaleAfter is how old an event is at its delivery before it is stale.
const StaleAfter = 15 * time.Minute

// Client sends requests and follows no redirects.
type Client interface {
	Do(*http.Request) (*http.Response, error)
}

// Signer signs the bytes of a body for an account of a gateway.
type Signer interface {
	Sign(gatewayID, account string, body []byte) (string, error)
}

// delivery is a body as it travels. Epoch is 0 until this node has seen a lease.
type delivery struct {
	V      int           `json:"v"`
	Epoch  int           `json:"epoch"`
	Events []event.Event `json:"events"`
}

// push makes one attempt to deliver events to a target and judges what came back.
func (d Deps) push(ctx context.Context, to Target, events ...*event.Event) Verdict {
	body, ids := d.envelop(events), idsOfEvents(events)
	a := d.post(ctx, to, body)
	v := Classify(a, ids, d.Now())
	if v.Code == keyUnknown && d.Renew != nil {
		// Another node may have revoked the key that this one signed with.
		d.Renew()
		a = d.post(ctx, to, body)
		v = Classify(a, ids, d.Now())
	}
	explain(&v, a, to.URL)
	return v
}

// envelop makes the body of a delivery at this moment: what happened long ago is stale.
func (d Deps) envelop(events []*event.Event) delivery {
	now, body, staleAfter := d.Now(), delivery{V: link.ProtocolVersion}, StaleAfter
	if d.StaleAfter != nil {
		staleAfter = d.StaleAfter()
	}
	if d.Epoch != nil {
		body.Epoch = d.Epoch()
	}
	for _, e := range events {
		sent := *e
		sent.Stale = now.Sub(time.UnixMilli(e.TS)) > staleAfter
		body.Events = append(body.Events, sent)
	}
	return body
}

func idsOfEvents(events []*event.Event) []string {
	ids := []string{}
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

func (d Deps) post(ctx context.Context, to Target, body delivery) answer {
	raw, err := json.Marshal(body)
	if err != nil {
		return answer{err: err}
	}
	token, err := d.Signer.Sign(to.GatewayID, to.Account, raw)
	if err != nil {
		return answer{err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL+link.EventsPath(to.Account), bytes.NewReader(raw))
	if err != nil {
		return answer{err: err}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "openclaw-mattermost-plugin")
	request.Header.Set(link.SignatureHeader, token)
	response, err := d.Client.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return answer{err: err}
	}
	return answer{response.StatusCode, response.Header, said, nil}
}
