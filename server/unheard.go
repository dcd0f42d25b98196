package main

import (
	"slices"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
)

// saidAgainAfter is how long somebody is taken to know that a team is switched off.
const saidAgainAfter = time.Hour

// What the author of a request is told that is given up.
const (
	tooLate  = "I could not be reached for three days, so a post of yours is kept no longer. Ask me again."
	notTaken = "My OpenClaw gateway could not read a post of yours. An admin finds out why in System Console under Plugins, OpenClaw."
)

const teamIsOff = "I am switched off for this team, so nobody reads this. An admin can change that in System Console under Plugins, OpenClaw, Teams; then ask me again."

// unheard remembers who was told that a team is switched off. The zero value is empty and ready.
type unheard struct {
	mu   sync.Mutex
	told map[string]time.Time
}

// first tells whether somebody has yet to be told, and takes them for told.
func (u *unheard) first(key string, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for each, at := range u.told {
		if now.Sub(at) >= saidAgainAfter {
			delete(u.told, each)
		}
	}
	if _, known := u.told[key]; known || len(u.told) >= maxNotices {
		return false
	}
	if u.told == nil {
		u.told = map[string]time.Time{}
	}
	u.told[key] = now
	return true
}

// withoutLink are the bots that no gateway is linked to.
func (p *Plugin) withoutLink() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.idle
}

// mayMeetNobody notes a person's request to a bot without a link, so that its author is told that nobody reads it.
func (p *Plugin) mayMeetNobody(hint event.Hint) {
	if hint.Event.Type != event.PostCreated {
		return
	}
	bots := p.withoutLink()
	if slices.Contains(bots, hint.UserID) && !isOurs(hint) {
		p.watched.spoke(hint.UserID)
	}
	if len(bots) == 0 {
		return
	}
	place, err := p.channelFacts(hint.ChannelID)
	if err != nil {
		return
	}
	for _, botID := range bots {
		if botID != hint.UserID && p.isRequestTo(botID, hint, place) {
			p.watched.asked(keptNotice{
				botID: botID, channelID: hint.ChannelID, userID: hint.UserID, rootID: hint.ThreadRoot,
				direct: place.Type == string(model.ChannelTypeDirect), withoutLink: true, at: p.now(),
			})
		}
	}
}

// isOurs tells whether this plugin has made the post.
func isOurs(hint event.Hint) bool { return hint.Event.Post.Props[model.PostPropsFromPlugin] != nil }

// mayMeetClosedTeam tells a person who asks a bot in a team whose events may not leave.
func (p *Plugin) mayMeetClosedTeam(hint event.Hint, place event.Channel, receivers map[string]*courier.Courier) {
	if hint.Event.Type != event.PostCreated {
		return
	}
	for botID := range receivers {
		if p.isRequestTo(botID, hint, place) && p.unheard.first(botID+hint.ChannelID+hint.UserID, p.now()) {
			// A team has no direct messages.
			p.sayAs(botID, hint.UserID, &model.Post{ChannelId: hint.ChannelID, RootId: hint.ThreadRoot, Message: teamIsOff}, false)
		}
	}
}

// givenUp tells the author of a request that no gateway will get it.
func (p *Plugin) givenUp(botID, postID, reason string) {
	post, err := p.API.GetPost(postID)
	if err != nil || post.DeleteAt > 0 {
		return
	}
	hint, ok := event.OfPost(post)
	place, placeErr := p.channelFacts(post.ChannelId)
	if !ok || placeErr != nil || !p.isRequestTo(botID, hint, place) || !p.unheard.first(botID+post.ChannelId+post.UserId+reason, p.now()) {
		return
	}
	text := notTaken
	if reason == courier.Expired {
		text = tooLate
	}
	direct := place.Type == string(model.ChannelTypeDirect)
	p.sayAs(botID, post.UserId, &model.Post{ChannelId: post.ChannelId, RootId: hint.ThreadRoot, Message: text}, direct)
}

// isRequestTo tells whether a person's post surely asks a bot that is a member of its channel.
func (p *Plugin) isRequestTo(botID string, hint event.Hint, place event.Channel) bool {
	if hint.IsWebhook || !p.means(botID, hint.Event.Post.Message, place) {
		return false
	}
	actor, err := p.facts.Actor(hint.UserID)
	if err != nil || actor.IsBot {
		return false
	}
	member, err := p.facts.IsMember(botID, hint.ChannelID)
	return err == nil && member
}
