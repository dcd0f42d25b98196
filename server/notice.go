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
	if made.Type != event.PostCreated || made.Actor.IsBot || made.Actor.IsWebhook {
		return
	}
	direct := made.Channel.Type == string(model.ChannelTypeDirect)
	for botID := range receivers {
		means := p.means(botID, made.Post.Message, made.Channel)
		if inThread := made.Channel.Engagement == "thread" && made.ThreadRoot != ""; means || inThread {
			p.watched.asked(keptNotice{
				botID: botID, eventID: made.ID, channelID: made.Channel.ID, userID: made.Actor.ID, rootID: made.ThreadRoot,
				direct: direct, ifTakesPart: !means, at: p.now(),
			})
		}
	}
}

// takesPart tells whether a bot has said something in a thread.
func (p *Plugin) takesPart(botID, rootID string) bool {
	thread, err := p.API.GetPostThread(rootID)
	if err != nil {
		return false
	}
	for _, post := range thread.Posts {
		if post.UserId == botID && post.DeleteAt == 0 {
			return true
		}
	}
	return false
}

// means tells whether a person's text in a channel surely asks a bot.
func (p *Plugin) means(botID, text string, place event.Channel) bool {
	switch place.Engagement {
	case "off":
		return false
	case "all":
		return true
	}
	return place.Type == string(model.ChannelTypeDirect) || mentions(text, p.nameOf(botID))
}

// mentions tells whether a text names somebody, as Mattermost reads it.
func mentions(text, username string) bool {
	text, username = strings.ToLower(text), strings.ToLower(username)
	// Most posts name nobody, and an expression costs.
	if username == "" || !strings.Contains(text, "@"+username) {
		return false
	}
	return regexp.MustCompile(`(?:^|[^\w@.\-/])@` + regexp.QuoteMeta(username) + `(?:$|[^\w\-.]|\.(?:$|\W))`).MatchString(text)
}

// What somebody is told whose post no gateway takes at the moment.
const (
	isKept    = "I cannot be reached at the moment. Your post is kept for three days, and I answer when I am back."
	notLinked = "No OpenClaw gateway is linked to me, so nobody reads this. An admin can link one in System Console under Plugins, OpenClaw; then ask me again."
)

// sayKept tells somebody that the gateway is away, or that there is none.
func (p *Plugin) sayKept(n keptNotice) {
	text := isKept
	if n.withoutLink {
		text = notLinked
	}
	p.sayAs(n.botID, n.userID, &model.Post{ChannelId: n.channelID, RootId: n.rootID, Message: text}, n.direct)
}

// sayAs says something in a bot's name: in a direct message by a post, elsewhere to one person alone.
func (p *Plugin) sayAs(botID, userID string, post *model.Post, direct bool) {
	post.UserId = botID
	post.AddProp(model.PostPropsFromPlugin, "true")
	if !direct {
		p.API.SendEphemeralPost(userID, post)
		return
	}
	if _, err := p.API.CreatePost(post); err != nil {
		p.API.LogWarn("A user could not be told why nobody answers.", "channel_id", post.ChannelId, "error", err.Error())
	}
}
