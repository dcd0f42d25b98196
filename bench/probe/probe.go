package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

const (
	maxWaiting     = 10_000
	forwardTimeout = 10 * time.Second
)

// Probe forwards posts to ForwardURL, in the order of its hooks; without one it does nothing.
type Probe struct {
	plugin.MattermostPlugin
	forwardURL atomic.Pointer[string]
	// waiting is nil before OnActivate; a post that finds no room is left out.
	waiting chan seen
}

// seen is a post, and when its hook was called.
type seen struct {
	post *model.Post
	at   time.Time
}

// OnActivate starts forwarding.
func (p *Probe) OnActivate() error {
	p.waiting = make(chan seen, maxWaiting)
	go p.forward(&http.Client{Timeout: forwardTimeout})
	return nil
}

// OnConfigurationChange takes ForwardURL over.
func (p *Probe) OnConfigurationChange() error {
	var settings struct{ ForwardURL string }
	if err := p.API.LoadPluginConfiguration(&settings); err != nil {
		return fmt.Errorf("load the settings: %w", err)
	}
	p.forwardURL.Store(&settings.ForwardURL)
	return nil
}

// MessageHasBeenPosted sees a new post.
func (p *Probe) MessageHasBeenPosted(_ *plugin.Context, post *model.Post) {
	at := time.Now()
	if *p.forwardURL.Load() == "" {
		return
	}
	select {
	case p.waiting <- seen{post, at}:
	default:
	}
}

// forward never ends: the process ends with the plugin.
func (p *Probe) forward(client *http.Client) {
	for s := range p.waiting {
		if err := send(client, *p.forwardURL.Load(), s); err != nil {
			p.API.LogWarn("A post could not be forwarded.", "post_id", s.post.Id, "error", err.Error())
		}
	}
}

// event has the outline and about the size of the wire's event.
type event struct {
	ID   string      `json:"id"`
	Type string      `json:"type"`
	Lane string      `json:"lane"`
	TS   int64       `json:"ts"`
	Post *model.Post `json:"post"`
}

type delivery struct {
	// HookAt is when the hook was called, in milliseconds since 1970.
	HookAt float64 `json:"hook_at"`
	Events []event `json:"events"`
}

func send(client *http.Client, url string, s seen) error {
	id := "post.created:" + s.post.Id
	body, err := json.Marshal(delivery{
		HookAt: float64(s.at.UnixMicro()) / 1000,
		Events: []event{{ID: id, Type: "post.created", Lane: s.post.ChannelId, TS: s.post.CreateAt, Post: s.post}},
	})
	if err != nil {
		return err
	}
	response, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err = io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d", response.StatusCode)
	}
	return nil
}
