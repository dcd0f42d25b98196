package main

import (
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"mattermost-plugin-openclaw/server/event"
)

// Hooks only filter and enqueue. They run unordered and are never repeated: what they miss, a sweep finds.

// MessageHasBeenPosted sees a new post.
func (p *Plugin) MessageHasBeenPosted(_ *plugin.Context, post *model.Post) {
	p.saw(event.OfPost(post))
}

// MessageHasBeenUpdated sees a changed post.
func (p *Plugin) MessageHasBeenUpdated(_ *plugin.Context, post, before *model.Post) {
	p.saw(event.OfEdit(post, before))
}

// MessageHasBeenDeleted sees a deleted post; of a thread only its root.
func (p *Plugin) MessageHasBeenDeleted(_ *plugin.Context, post *model.Post) {
	p.saw(event.OfDeletion(post, p.now().UnixMilli()))
}

// ReactionHasBeenAdded sees a new reaction.
func (p *Plugin) ReactionHasBeenAdded(_ *plugin.Context, reaction *model.Reaction) {
	p.saw(event.OfReaction(reaction), true)
}

// ReactionHasBeenRemoved sees a reaction taken back; the hook does not say in which channel.
func (p *Plugin) ReactionHasBeenRemoved(_ *plugin.Context, reaction *model.Reaction) {
	p.saw(event.OfReactionRemoved(reaction, p.now().UnixMilli()), true)
}

// UserHasJoinedChannel keeps the bots' channels known.
func (p *Plugin) UserHasJoinedChannel(_ *plugin.Context, member *model.ChannelMember, _ *model.User) {
	p.moved(member, true)
}

// UserHasLeftChannel keeps the bots' channels known: from now on nothing of this one leaves the server.
func (p *Plugin) UserHasLeftChannel(_ *plugin.Context, member *model.ChannelMember, _ *model.User) {
	p.lookers.Gone(member.UserId, member.ChannelId)
	p.moved(member, false)
}

// UserHasJoinedTeam is all that is seen of the default channels that a bot joins with a team.
func (p *Plugin) UserHasJoinedTeam(_ *plugin.Context, member *model.TeamMember, _ *model.User) {
	p.movedTeam(member)
}

// UserHasLeftTeam is all that is seen of the channels that somebody leaves with a team.
func (p *Plugin) UserHasLeftTeam(_ *plugin.Context, member *model.TeamMember, _ *model.User) {
	p.lookers.Gone(member.UserId, "")
	p.movedTeam(member)
}

// saw puts a hint in, if there is a bot that it may concern.
func (p *Plugin) saw(hint event.Hint, travels bool) {
	receivers := p.linkedExcept(hint.UserID)
	if !travels || len(receivers) == 0 && len(p.withoutLink()) == 0 {
		return
	}
	select {
	case p.intake <- func() { p.forward(hint) }:
	default:
		p.lose(receivers)
	}
}

func (p *Plugin) moved(member *model.ChannelMember, in bool) {
	if p.courier(member.UserId) != nil {
		p.must(func() { p.facts.SetMember(member.UserId, member.ChannelId, in) })
	}
}

func (p *Plugin) movedTeam(member *model.TeamMember) {
	if p.courier(member.UserId) != nil {
		p.must(p.facts.ForgetMembers)
	}
}

// must puts in what may not be lost, behind what hooks saw before.
func (p *Plugin) must(do func()) {
	select {
	case p.intake <- do:
	case <-p.life.Done():
	}
}

// OnPluginClusterEvent hears what another node was told.
func (p *Plugin) OnPluginClusterEvent(_ *plugin.Context, event model.PluginClusterEvent) {
	if p.runs != nil {
		p.hearNode(event.Id, event.Data)
	}
}
