package event

import (
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// Hint is what a hook saw: an event whose place still has to be looked up.
type Hint struct {
	Event  *Event
	UserID string
	PostID string
	// ChannelID is empty if the hook did not say it: the post knows.
	ChannelID string
	// ThreadRoot is known of posts, and of reactions if they are Located.
	ThreadRoot string
	Located    bool
	IsWebhook  bool
}

// OfPost makes the hint of a new post; false if such a post never travels.
func OfPost(post *model.Post) (Hint, bool) {
	return ofPost(post, PostCreated, CreatedID(post.Id), post.CreateAt, content(post))
}

// OfEdit makes the hint of an edit; false for what is none, such as a pin.
func OfEdit(post, before *model.Post) (Hint, bool) {
	if post.EditAt <= 0 || post.EditAt == before.EditAt {
		return Hint{}, false
	}
	return ofPost(post, PostEdited, EditedID(post.Id, post.EditAt), post.EditAt, content(post))
}

// OfDeletion makes the hint of a deletion at `now`, as the hook's post has no DeleteAt yet. A post with a time
// in the future is deleted no earlier than it was made, so that the lane keeps the two in order.
func OfDeletion(post *model.Post, now int64) (Hint, bool) {
	return ofPost(post, PostDeleted, DeletedID(post.Id), max(now, post.CreateAt, post.EditAt), nil)
}

// OfReaction makes the hint of an added reaction. A row keeps the CreateAt of the first time that this emoji was added;
// only UpdateAt is the same in the hook and in the row.
func OfReaction(r *model.Reaction) Hint {
	return ofReaction(r, ReactionAdded, max(r.UpdateAt, r.CreateAt))
}

// OfReactionRemoved makes the hint of a removed reaction. Its row tells when, or else `now` is taken.
func OfReactionRemoved(r *model.Reaction, now int64) Hint {
	if r.UpdateAt > 0 {
		now = r.UpdateAt
	}
	return ofReaction(r, ReactionRemoved, now)
}

// ofPost leaves out system posts, and posts that burn on reading: their text must not outlive it.
func ofPost(post *model.Post, kind, id string, ts int64, body *Content) (Hint, bool) {
	if post.IsSystemMessage() || post.Type == model.PostTypeBurnOnRead {
		return Hint{}, false
	}
	// Whoever sets it on an own post only gives rights away.
	_, isWebhook := post.GetProps()[model.PostPropsFromWebhook]
	row := &Post{ID: post.Id, UserID: post.UserId, RootID: post.RootId, CreateAt: post.CreateAt, Content: body}
	return Hint{
		Event:  &Event{ID: id, Type: kind, Lane: post.ChannelId, TS: ts, Post: row},
		UserID: post.UserId, PostID: post.Id, ChannelID: post.ChannelId, ThreadRoot: post.RootId, Located: true,
		IsWebhook: isWebhook,
	}, true
}

func ofReaction(r *model.Reaction, kind string, ts int64) Hint {
	id := key(kind, r.PostId, r.UserId, r.EmojiName, decimal(ts))
	row := &Reaction{PostID: r.PostId, EmojiName: r.EmojiName, CreateAt: r.CreateAt}
	return Hint{
		Event:  &Event{ID: id, Type: kind, Lane: r.ChannelId, TS: ts, Reaction: row},
		UserID: r.UserId, PostID: r.PostId, ChannelID: r.ChannelId,
	}
}

// content takes the text, the files' ids, and of the props the few that may leave the server, if they are short text.
func content(post *model.Post) *Content {
	const maxRunes = 64
	props := map[string]any{}
	for _, name := range []string{
		model.PostPropsFromWebhook, model.PostPropsFromBot, model.PostPropsFromPlugin, model.PostPropsOverrideUsername,
	} {
		if text, ok := post.GetProp(name).(string); ok {
			props[name] = clip(text, maxRunes)
		}
	}
	return &Content{
		Message: post.Message, Type: post.Type, EditAt: post.EditAt,
		FileIDs: append([]string{}, post.FileIds...), Props: props,
	}
}

// CreatedID is the id of a new post's event.
func CreatedID(postID string) string { return key(PostCreated, postID) }

// CreatedBy is the post whose making an event with this id tells of, if it does.
func CreatedBy(id string) (string, bool) { return strings.CutPrefix(id, key(PostCreated, "")) }

// EditedID is the id of an edit's event.
func EditedID(postID string, editAt int64) string { return key(PostEdited, postID, decimal(editAt)) }

// DeletedID is the id of a deletion's event.
func DeletedID(postID string) string { return key(PostDeleted, postID) }

func key(parts ...string) string { return strings.Join(parts, ":") }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func clip(text string, runes int) string {
	if cut := []rune(text); len(cut) > runes {
		return string(cut[:runes])
	}
	return text
}
