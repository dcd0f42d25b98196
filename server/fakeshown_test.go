package main

import (
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/mattermost/mattermost/server/public/model"
)

// shown is what users are offered and shown.
type shown struct {
	showing  sync.Mutex
	commands map[string]*model.Command
	// private are ephemeral posts by id, as the user's client has them now; posts are those that bots made.
	private map[string]*model.Post
	made    []*model.Post
	// dialogs are those that were opened.
	dialogs []model.OpenDialogRequest
}

func (s *shown) RegisterCommand(command *model.Command) error {
	s.showing.Lock()
	defer s.showing.Unlock()
	if err := command.AutocompleteData.IsValid(); err != nil {
		return err
	}
	if s.commands == nil {
		s.commands = map[string]*model.Command{}
	}
	s.commands[command.Trigger] = command
	return nil
}

func (s *shown) UnregisterCommand(_, trigger string) error {
	s.showing.Lock()
	defer s.showing.Unlock()
	delete(s.commands, trigger)
	return nil
}

// forgetCommands is what a server does that is started again.
func (s *shown) forgetCommands() {
	s.showing.Lock()
	defer s.showing.Unlock()
	s.commands = nil
}

func (s *shown) offered() []string {
	s.showing.Lock()
	defer s.showing.Unlock()
	return slices.Sorted(maps.Keys(s.commands))
}

func (s *shown) SendEphemeralPost(_ string, post *model.Post) *model.Post {
	s.showing.Lock()
	defer s.showing.Unlock()
	if post.Id == "" {
		post.Id = model.NewId()
	}
	if s.private == nil {
		s.private = map[string]*model.Post{}
	}
	s.private[post.Id] = post
	return post
}

// UpdateEphemeralPost changes nothing that the client does not have.
func (s *shown) UpdateEphemeralPost(_ string, post *model.Post) *model.Post {
	s.showing.Lock()
	defer s.showing.Unlock()
	if s.private[post.Id] != nil {
		s.private[post.Id] = post
	}
	return post
}

func (s *shown) DeleteEphemeralPost(_, id string) {
	s.showing.Lock()
	defer s.showing.Unlock()
	delete(s.private, id)
}

func (s *shown) CreatePost(post *model.Post) (*model.Post, *model.AppError) {
	s.showing.Lock()
	defer s.showing.Unlock()
	s.made = append(s.made, post)
	return post, nil
}

func (s *shown) OpenInteractiveDialog(request model.OpenDialogRequest) *model.AppError {
	s.showing.Lock()
	defer s.showing.Unlock()
	if err := request.IsValid(); err != nil {
		return model.NewAppError("OpenInteractiveDialog", "invalid", nil, err.Error(), http.StatusBadRequest)
	}
	s.dialogs = append(s.dialogs, request)
	return nil
}

func (s *shown) opened() []model.OpenDialogRequest {
	s.showing.Lock()
	defer s.showing.Unlock()
	return slices.Clone(s.dialogs)
}

func (s *shown) GetDirectChannel(a, b string) (*model.Channel, *model.AppError) {
	return &model.Channel{Id: "direct" + a[len(a)-4:] + b[len(b)-4:], Type: model.ChannelTypeDirect}, nil
}

// privately lists the texts that only a user sees.
func (s *shown) privately() (texts []string) {
	s.showing.Lock()
	defer s.showing.Unlock()
	for _, post := range s.private {
		texts = append(texts, post.Message)
	}
	return texts
}

func (s *shown) posted() (texts []string) {
	s.showing.Lock()
	defer s.showing.Unlock()
	for _, post := range s.made {
		texts = append(texts, post.ChannelId+" "+post.RootId+" "+post.Message)
	}
	return texts
}
