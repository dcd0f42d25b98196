package main

import (
	"strings"
	"unicode/utf8"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
)

// What Mattermost takes of a dialog, in bytes; of the text, in characters.
const (
	maxDialogTitle = 24
	maxDialogHint  = 150
	maxDialogText  = 3_000
	dialogField    = "text"
)

// openDialog opens the dialog that a button stands for. Its trigger lives a few seconds, so nothing is asked before.
func (p *Plugin) openDialog(trigger string, choice chosen) (refused string) {
	told, _ := choice.Context["dialog"].(map[string]any)
	text := func(name, otherwise string, maxBytes int) string {
		said, _ := told[name].(string)
		if said = strings.TrimSpace(said); said == "" {
			said = otherwise
		}
		return cut(said, maxBytes)
	}
	appErr := p.API.OpenInteractiveDialog(model.OpenDialogRequest{
		TriggerId: trigger, URL: p.ownPath(dialogsPath),
		Dialog: model.Dialog{
			CallbackId: choice.ActionID, State: choice.post.Id, Title: text("title", choice.Label, maxDialogTitle),
			IntroductionText: text("introduction", "", maxDialogText), SubmitLabel: text("submit", "Send", maxDialogTitle),
			Elements: []model.DialogElement{{
				DisplayName: text("label", "Your answer", maxDialogTitle), Name: dialogField, Type: "textarea",
				Placeholder: text("placeholder", "", maxDialogHint), MaxLength: maxDialogText,
			}},
		},
	})
	if appErr != nil {
		p.API.LogWarn("A dialog could not be opened.", "error", appErr.Error())
		return "The dialog could not be opened. Try again."
	}
	return ""
}

// serveDialog takes what was written into a dialog. As with a click, only the button counts and the text.
func (p *Plugin) serveDialog(c call) (any, error) {
	asked, err := decode[model.SubmitDialogRequest](c)
	if err != nil || asked.Cancelled {
		return model.SubmitDialogResponse{}, err
	}
	text, _ := asked.Submission[dialogField].(string)
	if text = strings.TrimSpace(text); text == "" || utf8.RuneCountInString(text) > maxDialogText {
		return model.SubmitDialogResponse{Errors: map[string]string{dialogField: "Write up to 3000 characters."}}, nil
	}
	choice, refused := p.choose(c.userID, asked.State, asked.CallbackId, "")
	if refused == "" && choice.Context["dialog"] == nil {
		refused = "This button is not there any more."
	}
	if refused == "" {
		id := model.NewId()
		refused = p.keepChoice(choice, event.OfDialog(event.Dialog{
			ID: id, PostID: choice.post.Id, ActionID: choice.ActionID, Label: choice.Label, Text: text, Context: choice.Context,
		}, choice.place, p.now().UnixMilli()), id)
	}
	return model.SubmitDialogResponse{Error: refused}, nil
}

// cut shortens a text to so many bytes, as Mattermost counts them.
func cut(text string, maxBytes int) string {
	const dots = "..."
	if len(text) <= maxBytes {
		return text
	}
	end := maxBytes - len(dots)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + dots
}
