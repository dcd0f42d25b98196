package event

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/testkit"
)

const (
	postID    = "post1000000000000000000000"
	rootID    = "root1000000000000000000000"
	userID    = "user1000000000000000000000"
	channelID = "channel1000000000000000000"
	teamID    = "team1000000000000000000000"
	created   = int64(1_790_000_000_000)
)

func aPost() *model.Post {
	return &model.Post{
		Id: postID, UserId: userID, ChannelId: channelID, RootId: rootID, Message: "hello", CreateAt: created,
		FileIds: []string{"file1000000000000000000000"},
	}
}

// whole completes a hint as the plugin does, and validates it.
func whole(t *testing.T, hint Hint) Event {
	t.Helper()
	made := *hint.Event
	made.Lane = channelID
	made.Place = &Place{
		Actor:      Actor{ID: hint.UserID, Username: "anna", IsWebhook: hint.IsWebhook},
		Channel:    Channel{ID: channelID, Type: "O", Name: "town-square", TeamID: teamID, TeamName: "acme"},
		ThreadRoot: hint.ThreadRoot,
	}
	if err := testkit.Check(t, testkit.Schema(t, "event"), made); err != nil {
		t.Error(err)
	}
	return made
}

func TestIdsAreDerivedFromTheRow(t *testing.T) {
	edited := aPost()
	edited.EditAt = created + 5
	reaction := &model.Reaction{PostId: postID, UserId: userID, EmojiName: "+1", CreateAt: created, UpdateAt: created}
	removed := &model.Reaction{PostId: postID, UserId: userID, EmojiName: "+1", CreateAt: created, UpdateAt: created + 7}
	for want, make := range map[string]func() (Hint, bool){
		"post.created:" + postID:                                          func() (Hint, bool) { return OfPost(aPost()) },
		"post.edited:" + postID + ":1790000000005":                        func() (Hint, bool) { return OfEdit(edited, aPost()) },
		"post.deleted:" + postID:                                          func() (Hint, bool) { return OfDeletion(aPost(), created+9) },
		"reaction.added:" + postID + ":" + userID + ":+1:1790000000000":   func() (Hint, bool) { return OfReaction(reaction), true },
		"reaction.removed:" + postID + ":" + userID + ":+1:1790000000007": func() (Hint, bool) { return OfReactionRemoved(removed, created+9), true },
	} {
		hint, ok := make()
		if !ok || hint.Event.ID != want || hint.UserID != userID {
			t.Errorf("got %q %v, want %q", hint.Event.ID, ok, want)
		}
		whole(t, hint)
	}
	if got := OfReactionRemoved(&model.Reaction{}, created+9).Event.TS; got != created+9 {
		t.Errorf("a removal without a time is at %d", got)
	}
}

func TestSystemPostsAndThoseThatBurnNeverTravel(t *testing.T) {
	for _, kind := range []string{model.PostTypeJoinChannel, "system_anything", model.PostTypeBurnOnRead} {
		post := aPost()
		post.Type = kind
		if _, ok := OfPost(post); ok {
			t.Errorf("a post of type %s travels", kind)
		}
		if _, ok := OfDeletion(post, created); ok {
			t.Errorf("the deletion of a post of type %s travels", kind)
		}
	}
	post := aPost()
	post.Type = "custom_poll"
	if _, ok := OfPost(post); !ok {
		t.Error("a custom post does not travel")
	}
}

func TestAPinOrARepeatedPatchIsNoEdit(t *testing.T) {
	pinned := aPost()
	pinned.IsPinned, pinned.UpdateAt = true, created+5
	if _, ok := OfEdit(pinned, aPost()); ok {
		t.Error("a pin became an edit")
	}
	edited := aPost()
	edited.EditAt = created + 5
	pinned = edited.Clone()
	pinned.IsPinned = true
	if _, ok := OfEdit(pinned, edited); ok {
		t.Error("a pin of an edited post became an edit")
	}
}

func TestADeletionCarriesNoTextAndIsNeverBeforeItsPost(t *testing.T) {
	hint, _ := OfDeletion(aPost(), created-60_000)
	if hint.Event.TS != created {
		t.Errorf("deleted at %d, before it was made", hint.Event.TS)
	}
	raw, _ := json.Marshal(whole(t, hint))
	if strings.Contains(string(raw), "hello") || strings.Contains(string(raw), "file1") {
		t.Errorf("%s", raw)
	}
}

func TestOnlyAFewShortPropsLeave(t *testing.T) {
	post := aPost()
	post.SetProps(map[string]any{
		"from_webhook": "true", "from_bot": true, "override_username": strings.Repeat("ü", 100),
		"from_plugin": "true", "attachments": []any{"x"}, "email": "anna@example.com",
	})
	hint, _ := OfPost(post)
	props := hint.Event.Post.Props
	if len(props) != 3 || props["from_webhook"] != "true" || props["override_username"] != strings.Repeat("ü", 64) {
		t.Errorf("%v", props)
	}
	if !hint.IsWebhook {
		t.Error("the webhook was not seen")
	}
	whole(t, hint)
}

func TestN10WhatAUserMaySetOnAPostChangesNoFactAboutItsAuthor(t *testing.T) {
	facts, records, _ := someFacts(false)
	for _, bot := range []bool{false, true} {
		records.bot = bot
		for _, props := range []map[string]any{
			{"from_bot": "true"},
			{"from_bot": "false"},
			{"from_plugin": "true"},
			{"override_username": "openclaw"},
			{"from_webhook": "true"},
			{"from_webhook": "false"},
			{"from_webhook": true},
			{},
		} {
			facts.actors.forget()
			post := aPost()
			post.SetProps(props)
			hint, ok := OfPost(post)
			actor, err := facts.Actor(hint.UserID)
			if !ok || err != nil || actor.ID != userID || actor.Username != "anna" || actor.IsBot != bot {
				t.Errorf("%v: %+v %v", props, actor, err)
			}
			// Of all of them only this one is believed, as it can but take rights away.
			if _, named := props["from_webhook"]; hint.IsWebhook != named {
				t.Errorf("%v: a webhook: %v", props, hint.IsWebhook)
			}
		}
	}
}
