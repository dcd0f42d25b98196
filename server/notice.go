package main

import (
	"regexp"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
)

// mayMeetOutage notes a person's request to a bot, so that its author is told if the gateway does not take it. What else the
// gateway would answer, only the gateway knows.
func (p *Plugin) mayMeetOutage(made *event.Event, receivers map[string]*courier.Courier) {
	if made.Type != event.PostCreated || made.Actor.IsBot || made.Actor.IsWebhook || made.Channel.Engagement == "off" {
		return
	}
	direct := made.Channel.Type == string(model.ChannelTypeDirect)
	all := made.Channel.Engagement == "all"
	for botID := range receivers {
		if direct || all || mentions(made.Post.Message, p.nameOf(botID)) {
			p.watched.asked(keptNotice{
				botID: botID, channelID: made.Channel.ID, userID: made.Actor.ID, rootID: made.ThreadRoot, direct: direct, at: p.now(),
			})
		}
	}
}

// mentions tells whether a text names somebody, as Mattermost reads it.
func mentions(text, username string) bool {
	if username == "" {
		return false
	}
	named := regexp.MustCompile(`(?:^|[^\w@.\-/])@` + regexp.QuoteMeta(strings.ToLower(username)) + `(?:$|[^\w\-.]|\.(?:$|\W))`)
	return named.MatchString(strings.ToLower(text))
}

// sayKept tells somebody that the gateway is away: in a direct message by a post, elsewhere to them alone.
func (p *Plugin) sayKept(n keptNotice) {
	post := &model.Post{
		UserId: n.botID, ChannelId: n.channelID, RootId: n.rootID,
		Message: "I cannot be reached at the moment. Your post is kept, and I answer when I am back.",
	}
	if !n.direct {
		p.API.SendEphemeralPost(n.userID, post)
		return
	}
	if _, err := p.API.CreatePost(post); err != nil {
		p.API.LogWarn("A user could not be told that a gateway is away.", "channel_id", n.channelID, "error", err.Error())
	}
}
