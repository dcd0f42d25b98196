package main

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/command"
	"mattermost-plugin-openclaw/server/keep"
	"mattermost-plugin-openclaw/server/link"
)

var errUnknownItem = refusal{http.StatusNotFound, "item.unknown", "There is no such command, or it has its answer."}

// serveAnswer takes what a command said. It is shown once, whoever sends it twice.
func (p *Plugin) serveAnswer(c call) (any, error) {
	const maxTexts, maxRunes = 20, 16_383
	type answer struct {
		Texts []string `json:"texts"`
	}
	given, err := decode[answer](c)
	if err != nil {
		return nil, err
	}
	if len(given.Texts) > maxTexts || slices.ContainsFunc(given.Texts, func(text string) bool {
		return text == "" || utf8.RuneCountInString(text) > maxRunes
	}) {
		return nil, link.InvalidError("texts: up to 20 texts of 1 to 16383 characters are needed")
	}
	p.showing.Lock()
	defer p.showing.Unlock()
	item, err := p.kept.Get(c.PathValue("id"))
	if errors.Is(err, keep.ErrUnknown) || err == nil && (item.BotID != c.userID || item.Event.Command == nil) {
		return nil, errUnknownItem
	}
	if err == nil {
		item, err = p.kept.Take(item.ID)
	}
	if err != nil {
		return nil, err
	}
	if err = p.showAnswer(item, given.Texts); err != nil {
		return nil, errors.Join(err, p.kept.Restore(item))
	}
	p.waits.close(item.ID)
	return nil, nil
}

// serveChoices lists what may be typed for an argument, for the autocompletion of whoever types.
func (p *Plugin) serveChoices(c call) (any, error) {
	items := []model.AutocompleteListItem{}
	trigger, arg := c.PathValue("trigger"), c.PathValue("arg")
	if trigger == command.Root {
		for _, spec := range p.offered() {
			items = append(items, model.AutocompleteListItem{Item: spec.Name, HelpText: spec.Description})
		}
		return items, nil
	}
	name := strings.TrimPrefix(trigger, command.Prefix)
	botID, _ := p.botIn(c.URL.Query().Get("channel_id"), name)
	spec, _ := p.catalogue.Find(botID, name)
	for _, each := range spec.Args {
		if each.Name != arg {
			continue
		}
		for _, choice := range each.Choices {
			items = append(items, model.AutocompleteListItem{Item: choice.Value, HelpText: choice.Label})
		}
	}
	return items, nil
}

// serveCatalogue lists the commands that are offered, for the web app.
func (p *Plugin) serveCatalogue(call) (any, error) {
	specs := p.offered()
	if specs == nil {
		specs = []link.CommandSpec{}
	}
	return map[string]any{"prefix": command.Prefix, "commands": specs}, nil
}

// switchable is a command as System Console lists it.
type switchable struct {
	link.CommandSpec
	On bool `json:"on"`
}

// serveAdminCatalogue lists all commands, also those that are switched off.
func (p *Plugin) serveAdminCatalogue(call) (any, error) {
	settings := p.settings.Load()
	all := []switchable{}
	for _, spec := range p.catalogue.All(p.bot.UserId) {
		all = append(all, switchable{spec, settings.commands && !slices.Contains(settings.commandsOff, spec.Name)})
	}
	return map[string]any{"commands": all}, nil
}

// keptItem is an item as System Console lists it: ids only, no text.
type keptItem struct {
	ID        string     `json:"id"`
	Type      string     `json:"type"`
	Trigger   string     `json:"trigger"`
	State     keep.State `json:"state"`
	Code      string     `json:"code"`
	BotID     string     `json:"bot_id"`
	UserID    string     `json:"user_id"`
	ChannelID string     `json:"channel_id"`
	CreatedAt int64      `json:"created_at"`
	ExpiresAt int64      `json:"expires_at"`
	At        int64      `json:"at"`
}

// serveKept lists what waits and what is dead.
func (p *Plugin) serveKept(call) (any, error) {
	items, err := p.kept.All()
	if err != nil {
		return nil, err
	}
	listed := []keptItem{}
	for _, i := range items {
		row := keptItem{
			ID: i.ID, Type: i.Event.Type, State: i.State, Code: i.Code, BotID: i.BotID, UserID: i.Event.Author(),
			ChannelID: i.Event.Channel.ID, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt, At: i.At,
		}
		if i.Event.Command != nil {
			row.Trigger = i.Event.Command.Trigger
		}
		listed = append(listed, row)
	}
	return map[string]any{"items": listed}, nil
}

// serveReplay lets a dead item wait once more.
func (p *Plugin) serveReplay(c call) (any, error) {
	item, err := p.kept.Change(c.PathValue("id"), func(i *keep.Item) error {
		if i.State != keep.Dead {
			return refusal{http.StatusConflict, "item.not_dead", "Only what was given up can be tried again."}
		}
		i.State, i.Code, i.ExpiresAt = keep.Waiting, "", p.now().Add(p.settings.Load().keepFor).UnixMilli()
		return nil
	})
	if errors.Is(err, keep.ErrUnknown) {
		return nil, errUnknownItem
	}
	if err != nil {
		return nil, err
	}
	p.API.LogInfo("A dead letter is tried again.", "item_id", item.ID, "user_id", c.userID)
	if linked := p.courier(item.BotID); linked != nil {
		linked.Again(item.Event)
	}
	return nil, nil
}

// serveDiscard removes a dead item.
func (p *Plugin) serveDiscard(c call) (any, error) {
	item, err := p.kept.Get(c.PathValue("id"))
	if err == nil && item.State != keep.Dead {
		return nil, refusal{http.StatusConflict, "item.not_dead", "Only what was given up can be removed."}
	}
	if err == nil {
		_, err = p.kept.Take(item.ID)
	}
	if errors.Is(err, keep.ErrUnknown) {
		err = errUnknownItem
	}
	return nil, err
}
