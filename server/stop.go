package main

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/command"
	"mattermost-plugin-openclaw/server/event"
)

// serveLiveStop stops the run that an answer on its way comes from: the command that somebody could type there, but for the draft's own bot and
// its own run, whatever else runs in the channel.
func (p *Plugin) serveLiveStop(c call) (any, error) {
	draft, ok := p.drafts.Get(c.PathValue("draft"))
	if !ok || !p.API.HasPermissionToChannel(c.userID, draft.ChannelID, model.PermissionCreatePost) {
		return nil, refusal{http.StatusNotFound, "draft.unknown", "This answer is not on its way any more."}
	}
	name := strings.TrimPrefix(event.StopTrigger, command.Prefix)
	settings := p.settings.Load()
	_, serves := p.catalogue.Find(draft.UserID, name)
	if !settings.commands || slices.Contains(settings.commandsOff, name) || !serves || p.courier(draft.UserID) == nil {
		return nil, refusal{http.StatusForbidden, "stop.off", switchedOff(name)}
	}
	place := &model.CommandArgs{UserId: c.userID, ChannelId: draft.ChannelID, RootId: draft.RootID}
	item, refused := p.invocationOf(draft.UserID, place, name, draft.RequestID)
	if refused == "" {
		refused = p.take(item)
	}
	if refused != "" {
		return nil, refusal{http.StatusForbidden, "stop.refused", refused}
	}
	return nil, nil
}
