// Package live holds the answers on their way: bounded, in memory, gone when they end or fall silent.
package live

import (
	"regexp"
	"slices"
	"unicode/utf16"

	"mattermost-plugin-openclaw/server/link"
)

// Types of a call.
const (
	Start = "start"
	Delta = "delta"
	End   = "end"
	Abort = "abort"
)

// Growth is what follows after Offset UTF-16 code units; 0 begins anew.
type Growth struct {
	Offset int    `json:"offset"`
	Text   string `json:"text"`
}

// Tool is what a tool does; the latest of an id counts.
type Tool struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	State string `json:"state"`
}

// Call is what an adapter says of a draft.
type Call struct {
	Draft     string  `json:"draft"`
	Seq       int64   `json:"seq"`
	Type      string  `json:"type"`
	ChannelID string  `json:"channel_id"`
	RootID    string  `json:"root_id"`
	RequestID string  `json:"request_id"`
	StartedAt int64   `json:"started_at"`
	Text      *Growth `json:"text,omitempty"`
	Thinking  *Growth `json:"thinking,omitempty"`
	Tools     []Tool  `json:"tools"`
	// UserID is the bot; the server says so, never the caller.
	UserID string `json:"user_id"`
}

const (
	maxText     = 100_000
	maxThinking = 20_000
	maxCall     = 16_384
	maxTools    = 50
	maxToolID   = 128
	maxToolText = 300
)

var (
	draftID = regexp.MustCompile(`^openclaw-[a-z0-9]{26}$`)
	someID  = regexp.MustCompile(`^[a-z0-9]{26}$`)
)

// Validate tells what breaks the contract.
func (c Call) Validate() error {
	optional := func(id string) bool { return id == "" || someID.MatchString(id) }
	switch {
	case !draftID.MatchString(c.Draft):
		return link.InvalidError("draft: openclaw- and 26 letters or digits are needed")
	case c.Seq < 1:
		return link.InvalidError("seq: a positive number is needed")
	case !slices.Contains([]string{Start, Delta, End, Abort}, c.Type):
		return link.InvalidError("type: start, delta, end or abort is needed")
	case !someID.MatchString(c.ChannelID) || !optional(c.RootID) || !optional(c.RequestID):
		return link.InvalidError("channel_id, root_id, request_id: ids are needed, the first always")
	case c.StartedAt < 0:
		return link.InvalidError("started_at: milliseconds are needed")
	case !c.Text.fits(maxText), !c.Thinking.fits(maxThinking):
		return link.InvalidError("text, thinking: this is too long")
	case len(c.Tools) > maxTools || slices.ContainsFunc(c.Tools, invalidTool):
		return link.InvalidError("tools: at most 50 are allowed, each with id, text and state")
	}
	return nil
}

func (c Call) ends() bool { return c.Type == End || c.Type == Abort }

func (g *Growth) fits(limit int) bool {
	if g == nil {
		return true
	}
	length := len(utf16.Encode([]rune(g.Text)))
	return g.Offset >= 0 && length <= maxCall && g.Offset+length <= limit
}

func invalidTool(t Tool) bool {
	units := func(text string) int { return len(utf16.Encode([]rune(text))) }
	return t.ID == "" || units(t.ID) > maxToolID || t.Text == "" || units(t.Text) > maxToolText ||
		!slices.Contains([]string{"running", "done", "failed"}, t.State)
}
