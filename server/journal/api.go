package journal

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
)

const (
	perPage = 200
	// sinceLimit is how many posts GetPostsSince gives, in no useful order: so many may not be all.
	sinceLimit = 1_000
)

// API is the part of Mattermost's plugin API that serves where the tables are not what was expected.
type API interface {
	GetTeamsForUser(userID string) ([]*model.Team, *model.AppError)
	GetChannelsForTeamForUser(teamID, userID string, includeDeleted bool) ([]*model.Channel, *model.AppError)
	GetPostsSince(channelID string, time int64) (*model.PostList, *model.AppError)
	GetPostsForChannel(channelID string, page, perPage int) (*model.PostList, *model.AppError)
	GetPost(postID string) (*model.Post, *model.AppError)
}

// Pages reads posts page by page through the plugin API. It costs calls for each channel, and sees no reactions and no
// earlier texts.
type Pages struct {
	api API
	// deleted posts of the last scan, which GetPost does not give.
	deleted map[string]*model.Post
}

// OpenPages needs nothing but the API.
func OpenPages(api API) *Pages { return &Pages{api: api} }

// Mode is "api".
func (p *Pages) Mode() string { return "api" }

// Scan asks each channel of the bot what changed.
func (p *Pages) Scan(ctx context.Context, q Query) (Page, error) {
	var page Page
	p.deleted = map[string]*model.Post{}
	channels, err := p.channels(q.BotID)
	if err != nil {
		return page, err
	}
	for _, channel := range channels {
		if err := ctx.Err(); err != nil {
			return page, err
		}
		if err := p.scan(&page, channel.Id, q); err != nil {
			return page, err
		}
	}
	page.Created, page.CreatedCount, page.CreatedLast = limit(page.Created, q.Limit)
	page.Updated, page.UpdatedCount, page.UpdatedLast = limit(page.Updated, q.Limit)
	return page, nil
}

// Load asks for each post.
func (p *Pages) Load(ctx context.Context, ids []string) ([]event.Row, error) {
	var rows []event.Row
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		post, appErr := p.deleted[id], (*model.AppError)(nil)
		if post == nil {
			post, appErr = p.api.GetPost(id)
		}
		switch {
		case appErr != nil && appErr.StatusCode == http.StatusNotFound:
		case appErr != nil:
			return nil, appErr
		default:
			rows = append(rows, event.Row{Post: post})
		}
	}
	return rows, nil
}

// channels are those of all the bot's teams; direct ones are listed with each team.
func (p *Pages) channels(botID string) (map[string]*model.Channel, error) {
	teams, appErr := p.api.GetTeamsForUser(botID)
	if appErr != nil {
		return nil, appErr
	}
	if len(teams) == 0 {
		teams = []*model.Team{{}}
	}
	all := map[string]*model.Channel{}
	for _, team := range teams {
		list, appErr := p.api.GetChannelsForTeamForUser(team.Id, botID, false)
		if appErr != nil && appErr.StatusCode != http.StatusNotFound {
			return nil, appErr
		}
		for _, channel := range list {
			all[channel.Id] = channel
		}
	}
	return all, nil
}

func (p *Pages) scan(page *Page, channelID string, q Query) error {
	list, appErr := p.api.GetPostsSince(channelID, q.From.at())
	if appErr != nil {
		return appErr
	}
	for _, post := range list.Posts {
		p.take(page, post, q)
	}
	if len(list.Posts) < sinceLimit {
		return nil
	}
	// Newest first: what was kept longest is dropped for what is older, so that the oldest page remains.
	for n := 0; ; n++ {
		list, appErr := p.api.GetPostsForChannel(channelID, n, perPage)
		if appErr != nil {
			return appErr
		}
		for _, id := range list.Order {
			p.take(page, list.Posts[id], q)
		}
		if len(page.Created) > 2*q.Limit {
			page.Created, _, _ = limit(page.Created, q.Limit)
		}
		if len(list.Order) < perPage || list.Posts[list.Order[len(list.Order)-1]].CreateAt <= q.From.Created.At {
			return nil
		}
	}
}

func (p *Pages) take(page *Page, post *model.Post, q Query) {
	ref := Ref{ID: post.Id, At: post.CreateAt, EditAt: post.EditAt, DeleteAt: post.DeleteAt, Bytes: len(post.Message)}
	if post.OriginalId != "" || post.UserId == q.BotID {
		return
	}
	if post.DeleteAt == 0 && after(ref, q.From.Created) && ref.At <= q.To {
		page.Created = append(page.Created, ref)
	}
	if ref.At = post.UpdateAt; (post.DeleteAt > 0 || post.EditAt > q.Floor) && after(ref, q.From.Updated) && ref.At <= q.To {
		page.Updated = append(page.Updated, ref)
		if post.DeleteAt > 0 {
			p.deleted[post.Id] = post
		}
	}
}

func after(ref Ref, p Position) bool { return ref.At > p.At || ref.At == p.At && ref.ID > p.ID }

// limit sorts, removes what came twice, and keeps the first ones.
func limit(refs []Ref, most int) ([]Ref, int, *Position) {
	slices.SortFunc(refs, func(a, b Ref) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	refs = slices.CompactFunc(refs, func(a, b Ref) bool { return a.ID == b.ID })
	if len(refs) < most {
		return refs, len(refs), nil
	}
	refs = refs[:most]
	return refs, most, &Position{refs[most-1].At, refs[most-1].ID}
}
