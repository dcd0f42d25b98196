package event

import (
	"cmp"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"
)

// Row is a post as Mattermost's table holds it, from which the same hints are made as from the hooks.
type Row struct {
	*model.Post
	// Versions are what it was before its edits, in any order.
	Versions []*model.Post
}

// Created makes the hint of the new post, with its first text; false if it is deleted by now: its text shall not travel.
func (r Row) Created() (Hint, bool) {
	if r.DeleteAt > 0 {
		return Hint{}, false
	}
	return OfPost(r.history()[0])
}

// Edits makes the hints of all edits after a time, in their order. Pins leave versions too, with the EditAt of before.
func (r Row) Edits(after int64) []Hint {
	var hints []Hint
	if r.DeleteAt > 0 {
		return nil
	}
	before := &model.Post{EditAt: after}
	for _, version := range r.history() {
		if hint, ok := OfEdit(version, before); ok && version.EditAt > before.EditAt {
			hints = append(hints, hint)
			before = version
		}
	}
	return hints
}

// Deleted makes the hint of the deletion; false if it is not deleted.
func (r Row) Deleted() (Hint, bool) {
	if r.DeleteAt == 0 {
		return Hint{}, false
	}
	return OfDeletion(r.Post, r.DeleteAt)
}

// history is the post as it was with each text, the first one first.
func (r Row) history() []*model.Post {
	var all []*model.Post
	for _, version := range r.Versions {
		was := version.Clone()
		was.Id, was.OriginalId, was.DeleteAt = r.Id, "", 0
		was.UserId, was.ChannelId, was.RootId, was.Type, was.CreateAt = r.UserId, r.ChannelId, r.RootId, r.Type, r.CreateAt
		all = append(all, was)
	}
	all = append(all, r.Post)
	slices.SortStableFunc(all, func(a, b *model.Post) int {
		return cmp.Or(cmp.Compare(a.EditAt, b.EditAt), cmp.Compare(a.UpdateAt, b.UpdateAt))
	})
	return all
}
