package journal

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// channels is as much of the plugin API as Pages uses, over posts that are kept newest first.
type channels struct {
	posts  map[string][]*model.Post
	broken bool
	calls  int
}

func (c *channels) fault() *model.AppError {
	c.calls++
	if c.broken {
		return model.NewAppError("GetPosts", "broken", nil, "", http.StatusInternalServerError)
	}
	return nil
}

func (c *channels) GetTeamsForUser(string) ([]*model.Team, *model.AppError) {
	return []*model.Team{{Id: "one"}, {Id: "two"}}, c.fault()
}

// GetChannelsForTeamForUser lists the direct channel with both teams, as Mattermost does.
func (c *channels) GetChannelsForTeamForUser(teamID, _ string, _ bool) ([]*model.Channel, *model.AppError) {
	return []*model.Channel{{Id: "direct"}, {Id: "of-" + teamID}}, c.fault()
}

func (c *channels) GetPostsSince(channelID string, since int64) (*model.PostList, *model.AppError) {
	list := model.NewPostList()
	for _, post := range c.posts[channelID] {
		if post.UpdateAt > since && len(list.Posts) < sinceLimit {
			list.AddPost(post)
		}
	}
	return list, c.fault()
}

func (c *channels) GetPostsForChannel(channelID string, page, perPage int) (*model.PostList, *model.AppError) {
	list := model.NewPostList()
	posts := c.posts[channelID]
	for _, post := range posts[min(page*perPage, len(posts)):min((page+1)*perPage, len(posts))] {
		if post.DeleteAt == 0 {
			list.AddPost(post)
			list.AddOrder(post.Id)
		}
	}
	return list, c.fault()
}

func (c *channels) GetPost(id string) (*model.Post, *model.AppError) {
	for _, posts := range c.posts {
		for _, post := range posts {
			if post.Id == id && post.DeleteAt == 0 {
				return post, c.fault()
			}
		}
	}
	return nil, model.NewAppError("GetPost", "missing", nil, "", http.StatusNotFound)
}

func (c *channels) put(channelID, id string, at time.Time) *model.Post {
	post := &model.Post{Id: id, UserId: anna, ChannelId: channelID, CreateAt: at.UnixMilli(), UpdateAt: at.UnixMilli(), Message: id}
	c.posts[channelID] = slices.Insert(c.posts[channelID], 0, post)
	return post
}

func query(from time.Time, limit int) Query {
	return Query{BotID: bot, From: markAt(from.UnixMilli()), To: epoch.UnixMilli(), Floor: from.UnixMilli(), Limit: limit}
}

func refIDs(refs []Ref) []string {
	var ids []string
	for _, ref := range refs {
		ids = append(ids, ref.ID)
	}
	return ids
}

func TestPagesFindsWhatIsNewEditedOrDeletedInAllChannels(t *testing.T) {
	api := &channels{posts: map[string][]*model.Post{}}
	since := epoch.Add(-time.Hour)
	api.put("direct", "before", since.Add(-time.Minute))
	edited := api.put("direct", "edited", since.Add(-time.Minute))
	edited.EditAt, edited.UpdateAt = since.Add(time.Minute).UnixMilli(), since.Add(time.Minute).UnixMilli()
	api.put("of-one", "new", since.Add(2*time.Minute))
	api.put("of-two", "mine", since.Add(3*time.Minute)).UserId = bot
	gone := api.put("of-two", "gone", since.Add(-time.Minute))
	gone.DeleteAt, gone.UpdateAt = since.Add(4*time.Minute).UnixMilli(), since.Add(4*time.Minute).UnixMilli()

	source := OpenPages(api)
	page, err := source.Scan(context.Background(), query(since, 100))
	if err != nil || !slices.Equal(refIDs(page.Created), []string{"new"}) || !slices.Equal(refIDs(page.Updated), []string{"edited", "gone"}) {
		t.Fatalf("%v %v %v", err, refIDs(page.Created), refIDs(page.Updated))
	}
	rows, err := source.Load(context.Background(), []string{"new", "edited", "gone", "purged"})
	if err != nil || len(rows) != 3 {
		t.Errorf("%v %v", err, rows)
	}
	if hint, deleted := rows[2].Deleted(); !deleted || hint.Event.Post.ID != "gone" {
		t.Error("the deleted post is not known as deleted")
	}
}

func TestPagesFindsTheOldestFirstOfMoreThanAThousand(t *testing.T) {
	api := &channels{posts: map[string][]*model.Post{}}
	since := epoch.Add(-time.Hour)
	const posts = 1_700
	for i := range posts {
		api.put("direct", fmt.Sprintf("post%05d", i), since.Add(time.Duration(i+1)*time.Second))
	}
	source, q := OpenPages(api), query(since, 500)
	var found []string
	for range posts {
		page, err := source.Scan(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, refIDs(page.Created)...)
		end, last := page.end(q)
		if last {
			break
		}
		q.From = end
	}
	if len(found) != posts || !slices.IsSorted(found) {
		t.Errorf("%d found, in order %v", len(found), slices.IsSorted(found))
	}
}

func TestPagesSaysWhatFails(t *testing.T) {
	api := &channels{posts: map[string][]*model.Post{}, broken: true}
	if _, err := OpenPages(api).Scan(context.Background(), query(epoch, 10)); err == nil {
		t.Error("a failing API looks like no posts")
	}
}
