package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"mattermost-plugin-openclaw/server/command"
	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/keep"
	"mattermost-plugin-openclaw/server/link"
)

// answerWithin is how long a command is waited for before the user is told that it takes longer.
const answerWithin = 1500 * time.Millisecond

// said is an answer for the user's eyes only, made by the plugin itself.
func said(text string) *model.CommandResponse {
	return &model.CommandResponse{ResponseType: model.CommandResponseTypeEphemeral, Text: text, SkipSlackParsing: true}
}

// ExecuteCommand takes a command of ours. It is stored before the user is answered.
func (p *Plugin) ExecuteCommand(_ *plugin.Context, args *model.CommandArgs) (*model.CommandResponse, *model.AppError) {
	typed, text, _ := strings.Cut(strings.TrimSpace(args.Command), " ")
	trigger, text := strings.ToLower(strings.TrimPrefix(typed, "/")), strings.TrimSpace(text)
	if !p.settings.Load().commands {
		return said("An admin has switched the OpenClaw commands off."), nil
	}
	if trigger == command.Root {
		return said(p.explain(args.ChannelId, text)), nil
	}
	item, refused := p.invocation(args, strings.TrimPrefix(trigger, command.Prefix), text)
	if refused != "" {
		return said(refused), nil
	}
	if refused = p.take(item); refused != "" {
		return said(refused), nil
	}
	return &model.CommandResponse{}, nil
}

// take stores a command, hands it over, and waits a moment for its answer; it says why where it cannot be stored.
func (p *Plugin) take(item keep.Item) (refused string) {
	answered := p.waits.open(item.ID)
	defer p.waits.close(item.ID)
	err := p.kept.Put(item, p.now().Add(p.settings.Load().keepFor))
	if errors.Is(err, keep.ErrFull) {
		return "Too many commands are waiting. Wait for them, then try again. This one was not run."
	}
	if err != nil {
		p.API.LogWarn("A command could not be stored, so it was not run.", "error", err.Error())
		return "Mattermost could not store your command, so it was not run. Try again."
	}
	if c := p.courier(item.BotID); c != nil {
		c.Enqueue(item.Event)
	}
	select {
	case <-answered:
	case <-time.After(answerWithin):
		p.sayWorking(item)
	}
	return ""
}

// explain lists the commands that are there for a channel, or explains one.
func (p *Plugin) explain(channelID, name string) string {
	specs := p.offered()
	if name = strings.TrimPrefix(strings.TrimPrefix(name, "/"), command.Prefix); name == "" || name == "help" {
		text := command.List(specs)
		if botID, ok := p.botIn(channelID, ""); ok {
			text += p.reachability(botID)
		}
		return text
	}
	if at := slices.IndexFunc(specs, func(s link.CommandSpec) bool { return s.Name == name }); at >= 0 {
		return command.Explain(specs[at])
	}
	return fmt.Sprintf("There is no command `/oc_%s`. `/oc` lists those that there are.", strings.ReplaceAll(name, "`", ""))
}

// offered are the commands that no admin has switched off; nil if all are.
func (p *Plugin) offered() []link.CommandSpec {
	settings := p.settings.Load()
	if !settings.commands {
		return nil
	}
	return slices.DeleteFunc(append([]link.CommandSpec{}, p.catalogue.All(p.bot.UserId)...), func(s link.CommandSpec) bool {
		return slices.Contains(settings.commandsOff, s.Name)
	})
}

// invocation makes the item of a command, or says why it cannot be run.
func (p *Plugin) invocation(args *model.CommandArgs, name, text string) (item keep.Item, refused string) {
	botID, there := p.botIn(args.ChannelId, name)
	switch {
	case slices.Contains(p.settings.Load().commandsOff, name):
		return item, switchedOff(name)
	case !there && botID == "":
		return item, fmt.Sprintf("No linked OpenClaw gateway serves `/oc_%s` at the moment. `/oc` lists the commands.", name)
	case !there:
		return item, fmt.Sprintf("@%s is not in this conversation. Add it with `/invite @%s`, or use the command in a direct message with it.", p.nameOf(botID), p.nameOf(botID))
	}
	return p.invocationOf(botID, args, name, text)
}

func switchedOff(name string) string { return fmt.Sprintf("An admin has switched `/oc_%s` off.", name) }

// invocationOf makes the item of a command of this bot, or says why it cannot be run.
func (p *Plugin) invocationOf(botID string, args *model.CommandArgs, name, text string) (item keep.Item, refused string) {
	const maxText = 16_383
	if len(text) > maxText {
		return item, "This is too long for a command."
	}
	place, err := p.placeOf(args.UserId, args.ChannelId, args.RootId)
	if err != nil {
		p.API.LogWarn("The facts of a command could not be read, so it was not run.", "error", err.Error())
		return item, "Mattermost could not look up this conversation, so the command was not run. Try again."
	}
	switch {
	case place.Actor.IsBot:
		return item, "Bots cannot run these commands."
	case !p.settings.Load().lets(place.Channel):
		return item, "An admin has switched OpenClaw off in this team."
	}
	id := model.NewId()
	private := place.Channel.Type != string(model.ChannelTypeDirect) && !p.settings.Load().answersVisible
	made := event.OfCommand(event.Command{ID: id, Trigger: command.Prefix + name, Text: text}, place, p.now().UnixMilli())
	return keep.Item{ID: id, BotID: botID, Event: made, Private: private}, ""
}

// placeOf says who did something and where; a thread root of another channel is none.
func (p *Plugin) placeOf(userID, channelID, rootID string) (place event.Place, err error) {
	if place.Channel, err = p.channelFacts(channelID); err != nil {
		return place, err
	}
	if place.Actor, err = p.facts.Actor(userID); err != nil || rootID == "" {
		return place, err
	}
	if root, appErr := p.API.GetPost(rootID); appErr == nil && root.ChannelId == channelID {
		place.ThreadRoot = root.Id
		if root.RootId != "" {
			place.ThreadRoot = root.RootId
		}
	}
	return place, nil
}

// botIn finds the bot that serves a command (any, if name is empty) in a channel: the plugin's own before others. Without one
// in the channel it names one that would serve it, and false.
func (p *Plugin) botIn(channelID, name string) (botID string, there bool) {
	candidates := []string{p.bot.UserId}
	for _, record := range p.book.All() {
		if !p.isOwn(record.BotID) {
			candidates = append(candidates, record.BotID)
		}
	}
	for _, candidate := range candidates {
		_, serves := p.catalogue.Find(candidate, name)
		if p.courier(candidate) == nil || name != "" && !serves {
			continue
		}
		if member, err := p.facts.IsMember(candidate, channelID); err == nil && member {
			return candidate, true
		}
		if botID == "" {
			botID = candidate
		}
	}
	return botID, false
}

func (p *Plugin) nameOf(botID string) string {
	actor, _ := p.facts.Actor(botID)
	return actor.Username
}

// reachability says that a gateway is away; nothing if it is there.
func (p *Plugin) reachability(botID string) string {
	status, _ := p.delivery(botID)
	if status.State == courier.StateReady {
		return ""
	}
	return fmt.Sprintf("\n\nThe gateway of @%s cannot be reached at the moment. Commands are kept for %s.", p.nameOf(botID), inWords(p.settings.Load().keepFor))
}

// inWords tells a time as people do.
func inWords(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return fmt.Sprintf("%.0f hours", d.Hours())
	case d >= 2*time.Minute:
		return fmt.Sprintf("%.0f minutes", d.Minutes())
	default:
		return fmt.Sprintf("%.0f seconds", d.Seconds())
	}
}
