package main

import "github.com/mattermost/mattermost/server/public/model"

// What the journal asks of a server whose tables cannot be read.

func (s *fakeServer) GetTeamsForUser(string) ([]*model.Team, *model.AppError) {
	return []*model.Team{{Id: team, Name: "acme"}}, nil
}

func (s *fakeServer) GetChannelsForTeamForUser(_, botID string, _ bool) ([]*model.Channel, *model.AppError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*model.Channel
	for _, id := range []string{channel, elsewhen} {
		if s.members[botID+id] {
			all = append(all, &model.Channel{Id: id, Type: model.ChannelTypeOpen, TeamId: team})
		}
	}
	return all, nil
}

// GetPostsSince finds nothing: what these tests deliver comes from hooks.
func (s *fakeServer) GetPostsSince(string, int64) (*model.PostList, *model.AppError) {
	return model.NewPostList(), nil
}

func (s *fakeServer) GetPostsForChannel(string, int, int) (*model.PostList, *model.AppError) {
	return model.NewPostList(), nil
}
