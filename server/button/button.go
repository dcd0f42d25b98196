// Package button reads the buttons and selects of posts as the server has stored them, and says who chose what.
package button

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// Choice is what somebody chose of a post's buttons, from the server's record of that post.
type Choice struct {
	// Set names the post's buttons as they are: of each set one choice counts.
	Set      string
	ActionID string
	// Label is what the button or the chosen option says.
	Label string
	// Option is the value of the chosen option; empty for a button.
	Option  string
	Context map[string]any
}

// Find looks a choice up among the actions of a post that call url; false if the post has no such button or option.
func Find(post *model.Post, url, actionID, option string) (Choice, bool) {
	attachments := post.Attachments()
	for _, attachment := range attachments {
		for _, action := range attachment.Actions {
			if action.Id != actionID || action.Disabled || action.Integration == nil || action.Integration.URL != url {
				continue
			}
			choice := Choice{Set: nameOf(post.Id, attachments), ActionID: actionID, Label: action.Name, Context: action.Integration.Context}
			if action.Type != model.PostActionTypeSelect {
				return choice, true
			}
			for _, offered := range action.Options {
				if offered != nil && offered.Value == option {
					choice.Label, choice.Option = offered.Text, option
					return choice, true
				}
			}
		}
	}
	return Choice{}, false
}

// Confirmed is the post with all of its buttons replaced by a line.
func Confirmed(post *model.Post, line string) *model.Post {
	kept := []*model.MessageAttachment{}
	for _, attachment := range post.Attachments() {
		rest := *attachment
		rest.Actions = nil
		if rest.Text+rest.Pretext+rest.Title+rest.AuthorName+rest.ImageURL+rest.ThumbURL+rest.Footer != "" || len(rest.Fields) > 0 {
			kept = append(kept, &rest)
		}
	}
	changed := post.Clone()
	changed.AddProp(model.PostPropsAttachments, append(kept, &model.MessageAttachment{Text: line, Fallback: line}))
	return changed
}

// Fits tells whether a choice can travel.
func (c Choice) Fits() bool {
	const maxText, maxContext = 3_000, 32 << 10
	raw, err := json.Marshal(c.Context)
	return err == nil && len(raw) <= maxContext && len(c.ActionID) <= 128 && len(c.Label) <= maxText && len(c.Option) <= maxText
}

// Reusable tells whether a button stays after it was chosen.
func (c Choice) Reusable() bool { return c.Context["reusable"] == true }

// Plain is a label as it can stand within a sentence in Markdown.
func Plain(label string) string {
	return strings.TrimSpace(strings.NewReplacer("*", "", "`", "", "\n", " ").Replace(label))
}

func nameOf(postID string, attachments []*model.MessageAttachment) string {
	const bytes = 16
	// What came from JSON goes back to it.
	raw, _ := json.Marshal(attachments)
	sum := sha256.Sum256(append([]byte(postID), raw...))
	return hex.EncodeToString(sum[:bytes])
}
