package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/button"
	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/keep"
)

const (
	clicksPath  = "/api/v1/clicks"
	dialogsPath = "/api/v1/dialogs"
)

// chosen is a choice that may be made: by whom, of which post.
type chosen struct {
	button.Choice
	post  *model.Post
	place event.Place
}

// serveClick takes a click on a button, or a choice in a select, of a linked bot's post. Nothing of the request counts but which
// button it was: the rest is read from the post. It is stored before this returns; refusals are for the user's eyes only.
func (p *Plugin) serveClick(c call) (any, error) {
	asked, err := decode[model.PostActionIntegrationRequest](c)
	if err != nil {
		return nil, err
	}
	actionID, _ := asked.Context["action_id"].(string)
	option, _ := asked.Context["selected_option"].(string)
	choice, refused := p.choose(c.userID, asked.PostId, actionID, option)
	if refused == "" && choice.Context["dialog"] != nil {
		refused = p.openDialog(asked.TriggerId, choice)
	} else if refused == "" {
		id := model.NewId()
		refused = p.keepChoice(choice, event.OfClick(event.Click{
			ID: id, PostID: choice.post.Id, ActionID: choice.ActionID, Label: choice.Label, SelectedOption: choice.Option, Context: choice.Context,
		}, choice.place, p.now().UnixMilli()), id)
	}
	if refused != "" && choice.post != nil {
		p.API.SendEphemeralPost(c.userID, &model.Post{
			UserId: choice.post.UserId, ChannelId: choice.post.ChannelId, RootId: choice.post.RootId, Message: refused,
		})
		refused = ""
	}
	return model.PostActionIntegrationResponse{EphemeralText: refused}, nil
}

// choose reads a choice from the post. Without a post, the caller may not know that there is one.
func (p *Plugin) choose(userID, postID, actionID, option string) (found chosen, refused string) {
	const gone = "This button is not there any more."
	if !model.IsValidId(postID) {
		return found, gone
	}
	post, appErr := p.API.GetPost(postID)
	if appErr != nil || p.courier(post.UserId) == nil {
		return found, gone
	}
	if _, appErr = p.API.GetChannelMember(post.ChannelId, userID); appErr != nil {
		return found, gone
	}
	found.post = post
	var there bool
	if found.Choice, there = button.Find(post, p.ownPath(clicksPath), actionID, option); !there {
		return found, "This was answered already."
	}
	var err error
	if found.place, err = p.placeOf(userID, post.ChannelId, post.RootId); err != nil {
		p.API.LogWarn("The facts of a click could not be read, so it does not count.", "error", err.Error())
		return found, "Mattermost could not look up this conversation, so this does not count. Try again."
	}
	switch {
	case !found.Fits():
		return found, "This is more than a button can carry."
	case found.place.Actor.IsBot:
		return found, "Bots cannot use these buttons."
	case !p.settings.Load().lets(found.place.Channel):
		return found, "An admin has switched OpenClaw off in this team."
	}
	if claim, held, err := button.Held(p.API, found.Set); err == nil && held {
		return found, p.tooLate(claim, userID)
	}
	return found, ""
}

// keepChoice stores a choice, sends it on its way, and waits a moment for the gateway's word. It says why a choice is refused.
func (p *Plugin) keepChoice(choice chosen, made *event.Event, id string) (refused string) {
	item := keep.Item{ID: id, BotID: choice.post.UserId, Event: made, Private: true}
	if !choice.Reusable() {
		item.Set = choice.Set
	}
	decided := p.waits.open(id)
	defer p.waits.close(id)
	err := p.kept.Put(item, p.now().Add(p.settings.Load().keepFor))
	if errors.Is(err, keep.ErrFull) {
		return "Too much is waiting for the OpenClaw gateway. Wait a moment, then try again. This one does not count."
	}
	if err != nil {
		p.API.LogWarn("A click could not be stored, so it does not count.", "error", err.Error())
		return "Mattermost could not store your choice, so it does not count. Try again."
	}
	if c := p.courier(item.BotID); c != nil {
		c.Enqueue(made)
	}
	select {
	case <-decided:
	case <-time.After(answerWithin):
		p.sayWorking(item)
	}
	return ""
}

func (p *Plugin) tooLate(claim button.Claim, userID string) string {
	if claim.UserID == userID {
		return "You have answered this already."
	}
	return fmt.Sprintf("@%s was faster: this is answered already.", p.nameOf(claim.UserID))
}

// ownPath is the address of a route, relative to the server's own: the server serves it without leaving itself.
func (p *Plugin) ownPath(path string) string { return "/plugins/" + p.manifest.Id + path }
