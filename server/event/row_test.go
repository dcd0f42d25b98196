package event

import (
	"reflect"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
)

func rowPost(text string, editAt, updateAt int64) *model.Post {
	return &model.Post{
		Id: "post1000000000000000000000", UserId: "user1000000000000000000000", ChannelId: "channel0000000000000000000",
		CreateAt: 100, EditAt: editAt, UpdateAt: updateAt, Message: text,
	}
}

func version(id, text string, editAt, updateAt int64) *model.Post {
	was := rowPost(text, editAt, updateAt)
	was.Id, was.OriginalId, was.DeleteAt = id, "post1000000000000000000000", updateAt
	return was
}

// A post with the text one, edited to two at 200, pinned at 250, edited to three at 300.
func edited() Row {
	return Row{Post: rowPost("three", 300, 300), Versions: []*model.Post{
		version("v2", "two", 200, 250), version("v1", "one", 0, 200), version("v3", "two", 200, 300),
	}}
}

func TestARowMakesTheHintsThatTheHooksMade(t *testing.T) {
	created, _ := edited().Created()
	want, _ := OfPost(rowPost("one", 0, 100))
	if !reflect.DeepEqual(created, want) {
		t.Errorf("created %+v, the hook made %+v", created, want)
	}
	edits := edited().Edits(0)
	first, _ := OfEdit(rowPost("two", 200, 200), rowPost("one", 0, 100))
	second, _ := OfEdit(rowPost("three", 300, 300), rowPost("two", 200, 250))
	if !reflect.DeepEqual(edits, []Hint{first, second}) {
		t.Errorf("edits %+v", edits)
	}
	if late := edited().Edits(200); len(late) != 1 || late[0].Event.ID != second.Event.ID {
		t.Errorf("edits after 200: %+v", late)
	}
	row := edited()
	if _, is := row.Deleted(); is {
		t.Error("it is not deleted")
	}
	row.DeleteAt, row.UpdateAt = 400, 400
	deleted, _ := row.Deleted()
	hook, _ := OfDeletion(rowPost("three", 300, 300), 400)
	if !reflect.DeepEqual(deleted, hook) {
		t.Errorf("deleted %+v, the hook made %+v", deleted, hook)
	}
}

func TestTheTextOfADeletedPostDoesNotTravel(t *testing.T) {
	row := edited()
	row.DeleteAt = 400
	if _, is := row.Created(); is || len(row.Edits(0)) > 0 {
		t.Error("a deleted post was made an event with text")
	}
}

func TestAReactionAddedAgainHasTheSameIDFromHookAndRow(t *testing.T) {
	hook := &model.Reaction{PostId: "p", UserId: "u", EmojiName: "+1", CreateAt: 900, UpdateAt: 901}
	row := &model.Reaction{PostId: "p", UserId: "u", EmojiName: "+1", CreateAt: 100, UpdateAt: 901}
	if OfReaction(hook).Event.ID != OfReaction(row).Event.ID {
		t.Error(OfReaction(hook).Event.ID, OfReaction(row).Event.ID)
	}
}
