package main

import (
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"mattermost-plugin-openclaw/server/testkit"
)

const (
	ownBot   = "bot00000000000000000000own"
	otherBot = "bot0000000000000000000else"
	admin    = "user000000000000000000root"
	anna     = "user000000000000000000anna"
	channel  = "channel0000000000000000000"
	elsewhen = "channel0000000000000000two"
	direct   = "channel0000000000000direct"
	team     = "team0000000000000000000000"
)

// absent stands for everything else of the API.
type absent struct{ plugin.API }

// fakeServer is as much of Mattermost as the plugin uses. What it does not have panics.
type fakeServer struct {
	absent
	*testkit.KV
	bundle string

	mu       sync.Mutex
	version  string
	human    bool
	pictures int
	settings rawSettings
	members  map[string]bool
	managers []string
	posts    map[string]*model.Post
	broken   bool
	logged   []string
	shown
	pushes
	// ahead is how far the plugin's clock is ahead of the machine's, in nanoseconds.
	ahead atomic.Int64
}

func (s *fakeServer) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// pass lets time pass for the plugin.
func (s *fakeServer) pass(d time.Duration) { s.ahead.Add(int64(d)) }

func newFakeServer(t *testing.T) *fakeServer {
	t.Helper()
	bundle := t.TempDir()
	manifest, err := os.ReadFile(filepath.Join("..", "plugin.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"plugin.json": manifest, "assets/bot.png": []byte("a picture"), "assets/icon.svg": []byte("<svg/>")} {
		file := filepath.Join(bundle, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &fakeServer{
		KV: testkit.NewKV(), bundle: bundle, version: "11.1.0", settings: rawSettings{LinkPolicy: "confirm"},
		members: map[string]bool{ownBot + channel: true, otherBot + channel: true}, posts: map[string]*model.Post{},
	}
}

// set changes what the server holds. The plugin reads it at the same time.
func (s *fakeServer) set(change func(*fakeServer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// join makes a user a member of a channel.
func (s *fakeServer) join(userID, channelID string) {
	s.set(func(s *fakeServer) { s.members[userID+channelID] = true })
}

// configure changes the plugin's settings as an admin does, and tells the plugin.
func (s *fakeServer) configure(p *Plugin, change func(*rawSettings)) {
	s.set(func(s *fakeServer) { change(&s.settings) })
	_ = p.OnConfigurationChange()
}

// put stores posts.
func (s *fakeServer) put(posts ...*model.Post) {
	s.set(func(s *fakeServer) {
		for _, post := range posts {
			s.posts[post.Id] = post
		}
	})
}

func notFound(where string) *model.AppError {
	return model.NewAppError(where, "not_found", nil, "", http.StatusNotFound)
}

func (s *fakeServer) GetBundlePath() (string, error) { return s.bundle, nil }
func (s *fakeServer) GetDiagnosticId() string        { return "server-diagnostic-id" }

func (s *fakeServer) GetServerVersion() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

func (s *fakeServer) GetConfig() *model.Config {
	c := &model.Config{}
	c.SetDefaults()
	c.ServiceSettings.SiteURL = model.NewPointer("https://chat.example.com")
	return c
}

func (s *fakeServer) LoadPluginConfiguration(dest any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	*dest.(*rawSettings) = s.settings
	return nil
}

func (s *fakeServer) EnsureBotUser(*model.Bot) (string, error) { return ownBot, nil }

func (s *fakeServer) GetBot(id string, _ bool) (*model.Bot, *model.AppError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.human || (id != ownBot && id != otherBot) {
		return nil, notFound("GetBot")
	}
	return &model.Bot{UserId: id, Username: "openclaw"}, nil
}

func (s *fakeServer) SetProfileImage(string, []byte) *model.AppError {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pictures++
	return nil
}

func (s *fakeServer) GetUser(id string) (*model.User, *model.AppError) {
	return &model.User{Id: id, Username: "u" + id[len(id)-4:], IsBot: id == ownBot || id == otherBot, Email: "someone@example.com"}, nil
}

func (s *fakeServer) GetChannel(id string) (*model.Channel, *model.AppError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return nil, model.NewAppError("GetChannel", "broken", nil, "", http.StatusInternalServerError)
	}
	if id == direct {
		return &model.Channel{Id: id, Type: model.ChannelTypeDirect, Name: anna + "__" + ownBot}, nil
	}
	return &model.Channel{Id: id, Type: model.ChannelTypeOpen, Name: "town-square", TeamId: team}, nil
}

func (s *fakeServer) GetTeam(id string) (*model.Team, *model.AppError) {
	return &model.Team{Id: id, Name: "acme"}, nil
}

func (s *fakeServer) GetTeamByName(name string) (*model.Team, *model.AppError) {
	if name != "acme" {
		return nil, notFound("GetTeamByName")
	}
	return &model.Team{Id: team, Name: name}, nil
}

func (s *fakeServer) GetPost(id string) (*model.Post, *model.AppError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if post := s.posts[id]; post != nil {
		return post, nil
	}
	return nil, notFound("GetPost")
}

func (s *fakeServer) GetPostThread(rootID string) (*model.PostList, *model.AppError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	thread := model.NewPostList()
	for _, post := range s.posts {
		if post.Id == rootID || post.RootId == rootID {
			thread.AddPost(post)
		}
	}
	return thread, nil
}

func (s *fakeServer) UpdatePost(post *model.Post) (*model.Post, *model.AppError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts[post.Id] = post
	return post, nil
}

func (s *fakeServer) GetChannelMember(channelID, userID string) (*model.ChannelMember, *model.AppError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.members[userID+channelID] {
		return &model.ChannelMember{}, nil
	}
	return nil, notFound("GetChannelMember")
}

func (s *fakeServer) HasPermissionTo(userID string, permission *model.Permission) bool {
	return userID == admin && permission.Id == model.PermissionManageSystem.Id
}

func (s *fakeServer) CreateUserAccessToken(token *model.UserAccessToken) (*model.UserAccessToken, *model.AppError) {
	token.Id, token.Token = model.NewId(), "secret-token-of-"+token.UserId
	return token, nil
}

func (s *fakeServer) log(level, message string, fields []any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logged = append(s.logged, level+" "+message)
	for _, field := range fields {
		if text, ok := field.(string); ok {
			s.logged = append(s.logged, text)
		}
	}
}

func (s *fakeServer) LogDebug(message string, fields ...any) { s.log("debug", message, fields) }
func (s *fakeServer) LogInfo(message string, fields ...any)  { s.log("info", message, fields) }
func (s *fakeServer) LogWarn(message string, fields ...any)  { s.log("warn", message, fields) }
func (s *fakeServer) LogError(message string, fields ...any) { s.log("error", message, fields) }
