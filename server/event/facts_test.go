package event

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// fakeRecords answers from a few rows and counts the look-ups.
type fakeRecords struct {
	calls   int
	members map[string]bool
	status  int
	// closedAt is when the user's account was closed.
	closedAt int64
	bot      bool
}

func (f *fakeRecords) fail(status int) *model.AppError {
	return model.NewAppError("fake", "fake", nil, "", status)
}

func (f *fakeRecords) GetUser(id string) (*model.User, *model.AppError) {
	f.calls++
	if f.status != 0 {
		return nil, f.fail(f.status)
	}
	return &model.User{Id: id, Username: "anna", FirstName: "Anna", LastName: "Berg", Email: "anna@example.com", Roles: "system_guest", DeleteAt: f.closedAt, IsBot: f.bot}, nil
}

func (f *fakeRecords) GetChannel(id string) (*model.Channel, *model.AppError) {
	f.calls++
	if strings.HasPrefix(id, "dm") {
		return &model.Channel{Id: id, Type: model.ChannelTypeDirect, Name: userID + "__" + userID}, nil
	}
	return &model.Channel{Id: id, Type: model.ChannelTypeOpen, Name: "town-square", DisplayName: "Town Square", TeamId: teamID}, nil
}

func (f *fakeRecords) GetTeam(id string) (*model.Team, *model.AppError) {
	f.calls++
	return &model.Team{Id: id, Name: "acme"}, nil
}

func (f *fakeRecords) GetChannelMember(channel, user string) (*model.ChannelMember, *model.AppError) {
	f.calls++
	switch {
	case f.status != 0:
		return nil, f.fail(f.status)
	case !f.members[user+channel]:
		return nil, f.fail(http.StatusNotFound)
	}
	return &model.ChannelMember{}, nil
}

func someFacts(fullNames bool) (*Facts, *fakeRecords, func(time.Duration)) {
	records, now := &fakeRecords{members: map[string]bool{}}, time.UnixMilli(created)
	facts := NewFacts(records, func() bool { return fullNames }, func() time.Time { return now })
	return facts, records, func(d time.Duration) { now = now.Add(d) }
}

func TestAnActorHasNoEMailAndAFullNameOnlyIfAllCanSeeIt(t *testing.T) {
	for shown, want := range map[bool]string{true: "Anna Berg", false: ""} {
		facts, _, _ := someFacts(shown)
		actor, err := facts.Actor(userID)
		raw, _ := json.Marshal(actor)
		if err != nil || actor.DisplayName != want || !actor.IsGuest || strings.Contains(string(raw), "@") {
			t.Errorf("%v %s", err, raw)
		}
	}
}

func TestFactsAreLookedUpOnceAMinute(t *testing.T) {
	facts, records, advance := someFacts(true)
	ask := func() {
		for range 5 {
			_, _ = facts.Actor(userID)
			_, _ = facts.Channel(channelID)
			_, _ = facts.IsMember("bot", channelID)
		}
	}
	ask()
	if records.calls != 4 { // user, channel, team, member
		t.Errorf("%d look-ups", records.calls)
	}
	advance(factTTL)
	ask()
	if records.calls != 8 {
		t.Errorf("%d look-ups after a minute", records.calls)
	}
}

func TestADirectChannelHasNoTeam(t *testing.T) {
	facts, _, _ := someFacts(true)
	channel, err := facts.Channel("dm")
	if err != nil || channel.Type != "D" || channel.TeamID != "" || channel.TeamName != "" {
		t.Errorf("%+v %v", channel, err)
	}
}

func TestMembershipFollowsTheHooksAtOnce(t *testing.T) {
	facts, records, _ := someFacts(true)
	is := func() bool {
		member, err := facts.IsMember("bot", channelID)
		return member && err == nil
	}
	if is() {
		t.Error("a stranger is a member")
	}
	facts.SetMember("bot", channelID, true)
	if !is() {
		t.Error("who joined is none")
	}
	facts.SetMember("bot", channelID, false)
	if is() {
		t.Error("who left is one")
	}
	records.members["bot"+channelID] = true
	facts.ForgetMembers()
	if !is() {
		t.Error("what was forgotten is not looked up")
	}
}

func TestAFailedLookUpIsAnErrorAndNotRemembered(t *testing.T) {
	facts, records, _ := someFacts(true)
	records.status = http.StatusInternalServerError
	if _, err := facts.IsMember("bot", channelID); err == nil {
		t.Error("a failed look-up means something")
	}
	if _, err := facts.Actor(userID); err == nil {
		t.Error("a failed look-up made an actor")
	}
	records.status = 0
	if actor, err := facts.Actor(userID); err != nil || actor.Username != "anna" {
		t.Error("the failure was remembered")
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	c := newCache[int](time.Hour, 10, time.Now)
	for i := range 1000 {
		c.set(decimal(int64(i)), i)
	}
	if len(c.entries) > 10 {
		t.Errorf("%d entries", len(c.entries))
	}
}

func TestS7AClosedAccountIsToldAsSuch(t *testing.T) {
	for _, closedAt := range []int64{0, created} {
		facts, records, _ := someFacts(false)
		records.closedAt = closedAt
		if actor, err := facts.Actor(userID); err != nil || actor.IsDeactivated != (closedAt > 0) {
			t.Errorf("closed at %d: %+v, %v", closedAt, actor, err)
		}
	}
}
