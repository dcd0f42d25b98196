package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"mattermost-plugin-openclaw/server/button"
	"mattermost-plugin-openclaw/server/keep"
	"mattermost-plugin-openclaw/server/link"
)

const (
	decisionPrefix = "decided_"
	// decisionFor is how long the gateway may ask again what its word has led to, in seconds.
	decisionFor = 72 * 60 * 60
)

// decision is what the gateway's word on a choice has led to.
type decision struct {
	BotID string `json:"bot_id"`
	// Counts: it is the one choice of its set that counts.
	Counts bool `json:"counts"`
}

// serveVerdict takes the gateway's word on whether somebody may choose. Of those who may, the first one counts: the buttons give way to
// a line that says who chose what. Asked again it says the same.
func (p *Plugin) serveVerdict(c call) (any, error) {
	const maxRunes = 1_000
	type verdict struct {
		Allowed bool   `json:"allowed"`
		Text    string `json:"text"`
	}
	given, err := decode[verdict](c)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(given.Text) > maxRunes {
		return nil, link.InvalidError("text: at most 1000 characters are allowed")
	}
	refused := given.Text
	if refused == "" {
		refused = "You may not use this here."
	}
	p.showing.Lock()
	defer p.showing.Unlock()
	id := c.PathValue("id")
	if made, known, err := p.decided(id, c.userID); err != nil || known {
		return map[string]bool{"counts": made.Counts}, err
	}
	item, err := p.kept.Get(id)
	if errors.Is(err, keep.ErrUnknown) || err == nil && (item.BotID != c.userID || item.Event.Command != nil) {
		return nil, refusal{http.StatusNotFound, "item.unknown", "There is no such choice."}
	}
	if err == nil && item.State == keep.Dead {
		// Whoever chose was told that it does not count.
		return map[string]bool{"counts": false}, nil
	}
	if err == nil && given.Allowed {
		refused, err = p.claim(item)
	}
	if err != nil {
		return nil, err
	}
	if err = p.decide(item, refused == ""); err != nil {
		return nil, err
	}
	switch {
	case refused != "":
		p.tell(item, refused)
	case item.Noticed:
		p.API.DeleteEphemeralPost(item.Event.Actor.ID, item.ID)
	}
	p.waits.close(item.ID)
	return map[string]bool{"counts": refused == ""}, nil
}

func (p *Plugin) decided(id, botID string) (made decision, known bool, err error) {
	raw, appErr := p.API.KVGet(decisionPrefix + id)
	if appErr != nil {
		return made, false, appErr
	}
	if raw == nil {
		return made, false, nil
	}
	err = json.Unmarshal(raw, &made)
	return made, err == nil && made.BotID == botID, err
}

func (p *Plugin) decide(item keep.Item, counts bool) error {
	raw, err := json.Marshal(decision{item.BotID, counts})
	if err != nil {
		return err
	}
	if appErr := p.API.KVSetWithExpiry(decisionPrefix+item.ID, raw, decisionFor); appErr != nil {
		return appErr
	}
	if _, err = p.kept.Take(item.ID); errors.Is(err, keep.ErrUnknown) {
		return nil
	}
	return err
}

// claim makes a choice the one that counts and shows it to all, or says who was faster.
func (p *Plugin) claim(item keep.Item) (refused string, err error) {
	if item.Set == "" {
		return "", nil
	}
	held, err := button.Take(p.API, item.Set, button.Claim{ItemID: item.ID, UserID: item.Event.Actor.ID})
	if err != nil {
		return "", err
	}
	if held.ItemID != item.ID {
		return p.tooLate(held, item.Event.Actor.ID), nil
	}
	postID, label := choiceOf(item)
	post, appErr := p.API.GetPost(postID)
	if appErr != nil && appErr.StatusCode == http.StatusNotFound {
		return "", nil
	}
	if appErr != nil {
		return "", appErr
	}
	line := fmt.Sprintf("✓ **%s** selected by @%s", button.Plain(label), item.Event.Actor.Username)
	if item.Event.Dialog != nil {
		line = fmt.Sprintf("✓ **%s** answered by @%s", button.Plain(label), item.Event.Actor.Username)
	}
	if _, appErr = p.API.UpdatePost(button.Confirmed(post, line)); appErr != nil {
		return "", appErr
	}
	return "", nil
}

func choiceOf(item keep.Item) (postID, label string) {
	if dialog := item.Event.Dialog; dialog != nil {
		return dialog.PostID, dialog.Label
	}
	return item.Event.Click.PostID, item.Event.Click.Label
}
