package main

import (
	"slices"
	"sync"

	"github.com/mattermost/mattermost/server/public/model"
)

// pushes are what web clients were told.
type pushes struct {
	pushing sync.Mutex
	pushed  []pushed
	// nodes is what other nodes were told.
	nodes []model.PluginClusterEvent
}

// pushed is one thing that web clients were told: to a channel, to a user, to admins or to all.
type pushed struct{ name, to, json string }

func (s *pushes) PublishWebSocketEvent(name string, payload map[string]any, to *model.WebsocketBroadcast) {
	s.pushing.Lock()
	defer s.pushing.Unlock()
	text, _ := payload["json"].(string)
	whom := to.ChannelId + to.UserId
	if to.ContainsSensitiveData {
		whom = "admins"
	}
	s.pushed = append(s.pushed, pushed{name, whom, text})
}

func (s *pushes) PublishPluginClusterEvent(event model.PluginClusterEvent, _ model.PluginClusterEventSendOptions) error {
	s.pushing.Lock()
	defer s.pushing.Unlock()
	s.nodes = append(s.nodes, event)
	return nil
}

// toldNodes returns what other nodes were told.
func (s *pushes) toldNodes() []model.PluginClusterEvent {
	s.pushing.Lock()
	defer s.pushing.Unlock()
	return slices.Clone(s.nodes)
}

// told counts what was pushed under a name.
func (s *pushes) told(name string) (n int) {
	s.pushing.Lock()
	defer s.pushing.Unlock()
	for _, each := range s.pushed {
		if each.name == name {
			n++
		}
	}
	return n
}

// toldOf returns what was pushed under a name, and forgets it.
func (s *pushes) toldOf(name string) (all []pushed) {
	s.pushing.Lock()
	defer s.pushing.Unlock()
	s.pushed = slices.DeleteFunc(s.pushed, func(p pushed) bool {
		if p.name == name {
			all = append(all, p)
		}
		return p.name == name
	})
	return all
}

func (s *fakeServer) HasPermissionToChannel(userID, channelID string, permission *model.Permission) bool {
	if permission.Id == model.PermissionReadChannelContent.Id || permission.Id == model.PermissionCreatePost.Id {
		return userID == anna && channelID == channel
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.managers, userID) && channelID == channel && permission.Id == model.PermissionManagePublicChannelProperties.Id
}

func (s *fakeServer) GetDirectChannel(one, other string) (*model.Channel, *model.AppError) {
	return &model.Channel{Id: "direct00000000000000000000", Name: one + "__" + other, Type: model.ChannelTypeDirect}, nil
}
