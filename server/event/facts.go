package event

import (
	"net/http"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// Records is the part of Mattermost's plugin API that facts come from.
type Records interface {
	GetUser(userID string) (*model.User, *model.AppError)
	GetChannel(channelID string) (*model.Channel, *model.AppError)
	GetTeam(teamID string) (*model.Team, *model.AppError)
	GetChannelMember(channelID, userID string) (*model.ChannelMember, *model.AppError)
}

// How long facts are believed, and how many are held. Hooks keep membership exact on this node; for changes
// made on another node the time bounds what can leak or be missed.
const (
	factTTL       = 60 * time.Second
	maxFacts      = 5_000
	maxMembership = 50_000
)

// Facts answers questions about users, channels and membership, mostly from memory.
type Facts struct {
	records Records
	// fullNames says whether the server shows full names to everybody.
	fullNames func() bool
	actors    *cache[Actor]
	channels  *cache[Channel]
	members   *cache[bool]
}

// NewFacts makes an empty memory over the server's records.
func NewFacts(records Records, fullNames func() bool, now func() time.Time) *Facts {
	return &Facts{
		records: records, fullNames: fullNames,
		actors:   newCache[Actor](factTTL, maxFacts, now),
		channels: newCache[Channel](factTTL, maxFacts, now),
		members:  newCache[bool](factTTL, maxMembership, now),
	}
}

// Actor tells who a user is. The e-mail address stays behind.
func (f *Facts) Actor(userID string) (Actor, error) {
	const maxName = 100
	return f.actors.get(userID, func() (Actor, error) {
		user, err := f.records.GetUser(userID)
		if err != nil {
			return Actor{}, err
		}
		name := user.Nickname
		if name == "" && f.fullNames() {
			name = user.GetFullName()
		}
		return Actor{
			ID: user.Id, Username: user.Username, DisplayName: clip(name, maxName),
			IsBot: user.IsBot, IsGuest: user.IsGuest(), IsDeactivated: user.DeleteAt > 0,
		}, nil
	})
}

// Channel tells what a channel is, with its team's name.
func (f *Facts) Channel(channelID string) (Channel, error) {
	return f.channels.get(channelID, func() (Channel, error) {
		c, err := f.records.GetChannel(channelID)
		if err != nil {
			return Channel{}, err
		}
		team := &model.Team{}
		if c.TeamId != "" {
			if team, err = f.records.GetTeam(c.TeamId); err != nil {
				return Channel{}, err
			}
		}
		return Channel{ID: c.Id, Type: string(c.Type), Name: c.Name, DisplayName: c.DisplayName, TeamID: c.TeamId, TeamName: team.Name}, nil
	})
}

// IsMember tells whether a user is in a channel, at the cost of at most one look-up a minute.
func (f *Facts) IsMember(userID, channelID string) (bool, error) {
	return f.members.get(key(userID, channelID), func() (bool, error) {
		_, err := f.records.GetChannelMember(channelID, userID)
		if err != nil && err.StatusCode != http.StatusNotFound {
			return false, err
		}
		return err == nil, nil
	})
}

// SetMember records that a user came or went.
func (f *Facts) SetMember(userID, channelID string, member bool) {
	f.members.set(key(userID, channelID), member)
}

// ForgetMembers drops all that is known of memberships.
func (f *Facts) ForgetMembers() { f.members.forget() }
