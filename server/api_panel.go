package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
	"mattermost-plugin-openclaw/server/panel"
)

var errNotMember = refusal{http.StatusForbidden, "channel.not_member", "You are not in this channel."}

// States of a link as everybody may know them.
const (
	linkNone  = "none"
	linkReady = "ready"
	linkAway  = "away"
)

type panelBot struct {
	botFacts
	InChannel bool `json:"in_channel"`
}

type engagementOfChannel struct {
	Mode      string `json:"mode"`
	MayManage bool   `json:"may_manage"`
}

type panelLink struct {
	State string `json:"state"`
}

type panelState struct {
	Bot            *panelBot            `json:"bot"`
	Link           panelLink            `json:"link"`
	Session        json.RawMessage      `json:"session"`
	SessionPending bool                 `json:"session_pending"`
	Runs           []panel.Run          `json:"runs"`
	Engagement     *engagementOfChannel `json:"engagement"`
	IsAdmin        bool                 `json:"is_admin"`
	ServerTime     int64                `json:"server_time"`
}

// servePanel tells what a panel shows of a conversation, from memory, and asks the gateway for what is missing.
func (p *Plugin) servePanel(c call) (any, error) {
	query := c.URL.Query()
	channelID, rootID := query.Get("channel_id"), query.Get("root_id")
	if err := p.checkMember(c.userID, channelID); err != nil {
		return nil, err
	}
	place, err := p.placeOf(c.userID, channelID, rootID)
	if err != nil {
		return nil, err
	}
	botID, there := p.botIn(channelID, "")
	state := panelState{
		Link: panelLink{linkNone}, Runs: p.runs.In(channelID), ServerTime: p.now().UnixMilli(),
		IsAdmin: p.API.HasPermissionTo(c.userID, model.PermissionManageSystem),
	}
	if botID == "" {
		return state, nil
	}
	state.Bot = &panelBot{botFacts{botID, p.nameOf(botID)}, there}
	state.Link.State = p.linkState(botID)
	record, _ := p.book.Get(botID)
	if record.Can(panelCapability) && !isDirect(place.Channel) {
		state.Engagement = &engagementOfChannel{place.Channel.Engagement, p.mayManage(c.userID, place.Channel)}
	}
	key := sessionKey(c.userID, channelID, place.ThreadRoot)
	state.Session = p.answers.Get(key)
	if there && p.answers.MayAsk(key) {
		state.SessionPending = p.ask(botID, event.Ask{Kind: "session"}, place)
	}
	return state, nil
}

func sessionKey(userID, channelID, rootID string) string {
	return panel.Key("session", userID, channelID, rootID)
}

func isDirect(c event.Channel) bool { return c.Type == string(model.ChannelTypeDirect) }

// mayManage follows Mattermost's own permissions for a channel's settings; in a group message everybody may.
func (p *Plugin) mayManage(userID string, c event.Channel) bool {
	switch model.ChannelType(c.Type) {
	case model.ChannelTypeOpen:
		return p.API.HasPermissionToChannel(userID, c.ID, model.PermissionManagePublicChannelProperties)
	case model.ChannelTypePrivate:
		return p.API.HasPermissionToChannel(userID, c.ID, model.PermissionManagePrivateChannelProperties)
	case model.ChannelTypeGroup:
		return true
	default:
		return false
	}
}

// checkMember refuses whoever is not in a channel, and does not tell whether there is one.
func (p *Plugin) checkMember(userID, channelID string) error {
	if !panel.IsID(channelID) {
		return refusal{http.StatusUnprocessableEntity, "body.schema", "channel_id: this is no channel's id."}
	}
	// As it is stored now: who has left sees nothing from that moment on.
	if _, appErr := p.API.GetChannelMember(channelID, userID); appErr != nil {
		if appErr.StatusCode == http.StatusNotFound {
			return errNotMember
		}
		return appErr
	}
	return nil
}

// serveEngagement sets how the bot takes part in a channel. It never changes who may talk to it.
func (p *Plugin) serveEngagement(c call) (any, error) {
	type setting struct {
		Mode string `json:"mode"`
	}
	channelID := c.PathValue("id")
	if err := p.checkMember(c.userID, channelID); err != nil {
		return nil, err
	}
	channel, err := p.facts.Channel(channelID)
	if err != nil {
		return nil, err
	}
	if !p.mayManage(c.userID, channel) {
		return nil, refusal{http.StatusForbidden, "channel.manage_required", "This is for those who may manage the channel."}
	}
	given, err := decode[setting](c)
	if err == nil {
		err = p.engagement.Set(channelID, given.Mode)
	}
	if err != nil {
		return nil, err
	}
	p.tellNodes(nodesEngagement, channelID)
	p.push(eventEngagement, map[string]string{"channel_id": channelID, "mode": given.Mode}, toChannel(channelID))
	return nil, nil
}

// serveRuns takes what an adapter says is under way.
func (p *Plugin) serveRuns(c call) (any, error) {
	type said struct {
		Runs []panel.Run `json:"runs"`
	}
	given, err := decode[said](c)
	if err == nil {
		err = panel.ValidateRuns(given.Runs)
	}
	if err != nil {
		return nil, err
	}
	if p.courier(c.userID) == nil {
		return nil, link.ErrUnknownLink
	}
	shown := []panel.Run{}
	for _, run := range given.Runs {
		// Nobody hears of runs in channels that the bot is not in.
		in, err := p.facts.IsMember(c.userID, run.ChannelID)
		if err != nil {
			return nil, err
		}
		if !in {
			continue
		}
		shown = append(shown, run)
		if p.runs.Apply(c.userID, run) {
			p.push(eventRun, run, toChannel(run.ChannelID))
		}
	}
	p.tellNodes(nodesRuns, runsOfBot{c.userID, shown})
	return nil, nil
}

type sessionRow struct {
	Key         string `json:"key"`
	ChannelID   string `json:"channel_id"`
	ChannelName string `json:"channel_name"`
	UserID      string `json:"user_id,omitempty"`
	RootID      string `json:"root_id"`
	Title       string `json:"title"`
	Model       string `json:"model"`
	UpdatedAt   int64  `json:"updated_at"`
	TotalTokens int64  `json:"total_tokens"`
}

// panelAnswer is what an adapter answers to an ask. Its parts are forwarded as they are.
type panelAnswer struct {
	Kind      string          `json:"kind"`
	UserID    string          `json:"user_id"`
	ChannelID string          `json:"channel_id"`
	RootID    string          `json:"root_id"`
	Session   json.RawMessage `json:"session"`
	Sessions  []sessionRow    `json:"sessions"`
	Requests  []pairing       `json:"requests"`
}

func (a panelAnswer) validate() error {
	const maxSessions, maxRequests, maxSession = 100, 50, 4 << 10
	switch {
	case !slices.Contains([]string{"session", "sessions", "pairing"}, a.Kind):
		return link.InvalidError("kind: session, sessions or pairing is needed")
	case a.Kind != "pairing" && !panel.IsID(a.UserID):
		return link.InvalidError("user_id: who asked is needed")
	case a.Kind == "session" && (!panel.IsID(a.ChannelID) || a.RootID != "" && !panel.IsID(a.RootID) || len(a.Session) > maxSession):
		return link.InvalidError("channel_id, root_id, session: a conversation and the facts of its session are needed")
	case len(a.Sessions) > maxSessions || len(a.Requests) > maxRequests:
		return link.InvalidError("sessions, requests: at most 100 and 50 are allowed")
	}
	return nil
}

// servePanelAnswer brings an adapter's answer to whoever asked, if they may still see it.
func (p *Plugin) servePanelAnswer(c call) (any, error) {
	given, err := decode[panelAnswer](c)
	if err == nil {
		err = given.validate()
	}
	if err != nil {
		return nil, err
	}
	if p.courier(c.userID) == nil {
		return nil, link.ErrUnknownLink
	}
	switch given.Kind {
	case "session":
		return nil, p.takeSession(c.userID, given)
	case "sessions":
		return nil, p.takeSessions(c.userID, given)
	default:
		return nil, p.takePairing(c.userID, given.Requests)
	}
}

func (p *Plugin) takeSession(botID string, given panelAnswer) error {
	in, err := p.facts.IsMember(botID, given.ChannelID)
	if err != nil {
		return err
	}
	if err = p.checkMember(given.UserID, given.ChannelID); !in || errors.Is(err, errNotMember) {
		return nil
	}
	if err != nil {
		return err
	}
	p.answers.Put(sessionKey(given.UserID, given.ChannelID, given.RootID), given.Session)
	p.push(eventSession, map[string]any{
		"channel_id": given.ChannelID, "root_id": given.RootID, "session": given.Session,
	}, toUser(given.UserID))
	return nil
}
