package main

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/command"
	"mattermost-plugin-openclaw/server/event"
)

// stoppable is a run that somebody may stop, and where it is.
type stoppable struct{ botID, channelID, rootID, requestID string }

// serveLiveStop stops the run that an answer on its way comes from.
func (p *Plugin) serveLiveStop(c call) (any, error) {
	draft, ok := p.drafts.Get(c.PathValue("draft"))
	if !ok || !p.API.HasPermissionToChannel(c.userID, draft.ChannelID, model.PermissionCreatePost) {
		return nil, refusal{http.StatusNotFound, "draft.unknown", "This answer is not on its way any more."}
	}
	return nil, p.stop(c.userID, stoppable{draft.UserID, draft.ChannelID, draft.RootID, draft.RequestID})
}

// serveRunStop stops a run that the panel shows.
func (p *Plugin) serveRunStop(c call) (any, error) {
	botID, run, ok := p.runs.Find(c.PathValue("run"))
	if !ok || !p.API.HasPermissionToChannel(c.userID, run.ChannelID, model.PermissionCreatePost) {
		return nil, refusal{http.StatusNotFound, "run.unknown", "This run has ended already."}
	}
	return nil, p.stop(c.userID, stoppable{botID, run.ChannelID, run.RootID, run.PostID})
}

// stop is the command that somebody could type there, but for one bot and one run, whatever else runs in the channel.
func (p *Plugin) stop(userID string, run stoppable) error {
	name := strings.TrimPrefix(event.StopTrigger, command.Prefix)
	settings := p.settings.Load()
	_, serves := p.catalogue.Find(run.botID, name)
	if !settings.commands || slices.Contains(settings.commandsOff, name) || !serves || p.courier(run.botID) == nil {
		return refusal{http.StatusForbidden, "stop.off", switchedOff(name)}
	}
	place := &model.CommandArgs{UserId: userID, ChannelId: run.channelID, RootId: run.rootID}
	item, refused := p.invocationOf(run.botID, place, name, run.requestID)
	if refused == "" {
		refused = p.take(item)
	}
	if refused != "" {
		return refusal{http.StatusForbidden, "stop.refused", refused}
	}
	return nil
}
