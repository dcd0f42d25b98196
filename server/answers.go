package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/button"
	"mattermost-plugin-openclaw/server/keep"
)

// lateAfter is when the one who asked has probably gone: an answer that only the asker sees comes by direct message then.
const lateAfter = 5 * time.Minute

// waits are the commands that somebody on this node waits for right now.
type waits struct {
	mu     sync.Mutex
	opened map[string]chan struct{}
}

func (w *waits) open(id string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opened == nil {
		w.opened = map[string]chan struct{}{}
	}
	w.opened[id] = make(chan struct{})
	return w.opened[id]
}

func (w *waits) close(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if waiting, ok := w.opened[id]; ok {
		close(waiting)
		delete(w.opened, id)
	}
}

// sayWorking tells the user that a command takes longer, unless it was answered meanwhile.
func (p *Plugin) sayWorking(item keep.Item) {
	p.showing.Lock()
	defer p.showing.Unlock()
	item, err := p.kept.Change(item.ID, func(i *keep.Item) error {
		if i.State == keep.Dead {
			return errMovedOn
		}
		i.Noticed = true
		return nil
	})
	if err != nil {
		if !errors.Is(err, keep.ErrUnknown) && !errors.Is(err, errMovedOn) {
			p.API.LogWarn("A command's state could not be stored.", "error", err.Error())
		}
		return
	}
	text := working(item)
	if item.State == keep.Waiting {
		left := time.UnixMilli(item.ExpiresAt).Sub(time.UnixMilli(item.CreatedAt))
		text = fmt.Sprintf("The OpenClaw gateway cannot take %s at the moment. It is kept and %s when the gateway is back within %s.", nameOfItem(item), verbOf(item, "runs", "counts"), inWords(left))
	}
	p.API.SendEphemeralPost(item.Event.Actor.ID, notice(item, text))
}

func working(item keep.Item) string {
	return fmt.Sprintf("Working on %s …", nameOfItem(item))
}

// nameOfItem says what was done, within a sentence.
func nameOfItem(item keep.Item) string {
	switch {
	case item.Event.Click != nil:
		return fmt.Sprintf("your choice **%s**", button.Plain(item.Event.Click.Label))
	case item.Event.Dialog != nil:
		return "your answer"
	}
	return fmt.Sprintf("`/%s`", item.Event.Command.Trigger)
}

// verbOf chooses what is said of a command, and of a choice.
func verbOf(item keep.Item, command, choice string) string {
	if item.Event.Command != nil {
		return command
	}
	return choice
}

// notice is the post that only the user sees; it has the item's id, so that it can be replaced, also after a restart.
func notice(item keep.Item, text string) *model.Post {
	return &model.Post{
		Id: item.ID, UserId: item.BotID, ChannelId: item.Event.Channel.ID, RootId: item.Event.ThreadRoot,
		CreateAt: item.CreatedAt, Message: text,
	}
}

// tell replaces the notice of an item, or makes it.
func (p *Plugin) tell(item keep.Item, text string) {
	if item.Noticed {
		p.API.UpdateEphemeralPost(item.Event.Actor.ID, notice(item, text))
		return
	}
	p.API.SendEphemeralPost(item.Event.Actor.ID, notice(item, text))
}

// showAnswer shows what a command said: to the one who asked alone, or as posts of the bot.
func (p *Plugin) showAnswer(item keep.Item, texts []string) error {
	if item.Private && len(texts) > 0 {
		p.tell(item, texts[0])
		for _, text := range texts[1:] {
			more := notice(item, text)
			more.Id, more.CreateAt = "", 0
			p.API.SendEphemeralPost(item.Event.Actor.ID, more)
		}
		if p.now().Sub(time.UnixMilli(item.CreatedAt)) < lateAfter {
			return nil
		}
		return p.showLate(item, texts)
	}
	if item.Noticed {
		p.API.DeleteEphemeralPost(item.Event.Actor.ID, item.ID)
	}
	return p.post(item.BotID, item.Event.Channel.ID, item.Event.ThreadRoot, texts)
}

// showLate brings the answer to where it is still there when the user comes back.
func (p *Plugin) showLate(item keep.Item, texts []string) error {
	direct, appErr := p.API.GetDirectChannel(item.Event.Actor.ID, item.BotID)
	if appErr != nil {
		return appErr
	}
	what := fmt.Sprintf("Your `/%s` in ~%s was kept while the gateway was away, and has run now.", item.Event.Command.Trigger, item.Event.Channel.Name)
	return p.post(item.BotID, direct.Id, "", append([]string{what}, texts...))
}

func (p *Plugin) post(botID, channelID, rootID string, texts []string) error {
	for _, text := range texts {
		if _, appErr := p.API.CreatePost(&model.Post{UserId: botID, ChannelId: channelID, RootId: rootID, Message: text}); appErr != nil {
			return appErr
		}
	}
	return nil
}
