package main

import (
	"errors"
	"fmt"
	"time"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/keep"
)

const (
	// tendEvery bounds how late an item is found that another node has left behind.
	tendEvery = 30 * time.Second
	// silentAfter is how long the gateway's word on what it took is waited for, deadFor how long dead letters lie.
	silentAfter = 2 * time.Hour
	deadFor     = 30 * 24 * time.Hour
)

// settled takes note, in the background, of what became of a bot's event: a kept item's, or a post's that is given up. It is called
// under a courier's lock.
func (p *Plugin) settled(botID, id, reason string) {
	item, isKept := keep.ItemOf(id)
	if !isKept {
		if postID, isPost := event.CreatedBy(id); isPost && reason != "" {
			p.running.Go(func() { p.givenUp(botID, postID, reason) })
		}
		return
	}
	p.running.Go(func() {
		if err := p.settle(item, reason); err != nil && !errors.Is(err, keep.ErrUnknown) {
			p.API.LogWarn("What became of a command could not be stored.", "item_id", item, "error", err.Error())
		}
	})
}

func (p *Plugin) settle(id, reason string) error {
	p.showing.Lock()
	defer p.showing.Unlock()
	item, err := p.kept.Change(id, func(i *keep.Item) error {
		i.State, i.Code = keep.Delivered, ""
		if reason != "" {
			i.State, i.Code = keep.Dead, reason
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case item.State == keep.Dead:
		p.waits.close(id)
		p.tell(item, fmt.Sprintf("The OpenClaw gateway could not take %s. An admin can try it again in System Console.", nameOfItem(item)))
	case item.Noticed:
		p.tell(item, working(item))
	}
	return nil
}

// tend offers what waits, and gives up what waited too long, until the plugin ends.
func (p *Plugin) tend() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case <-timer.C:
		}
		timer.Reset(p.tendOnce())
	}
}

// tendOnce looks at every item and says when to look again.
func (p *Plugin) tendOnce() time.Duration {
	items, err := p.kept.All()
	if err != nil {
		p.API.LogWarn("The kept commands could not be read, it is tried again.", "error", err.Error())
		return tendEvery
	}
	wait := min(tendEvery, p.settings.Load().keepFor)
	for _, item := range items {
		in, err := p.tendItem(item)
		if err != nil && !errors.Is(err, keep.ErrUnknown) && !errors.Is(err, errMovedOn) {
			p.API.LogWarn("A kept command could not be tended.", "item_id", item.ID, "error", err.Error())
		}
		wait = min(wait, max(in, time.Second))
	}
	return wait
}

// errMovedOn says that an item is not any more in the state that it was read in.
var errMovedOn = errors.New("it has moved on")

func (p *Plugin) tendItem(item keep.Item) (time.Duration, error) {
	now := p.now()
	age := now.Sub(time.UnixMilli(item.At))
	switch item.State {
	case keep.Waiting:
		if left := time.UnixMilli(item.ExpiresAt).Sub(now); left > 0 {
			if c := p.courier(item.BotID); c != nil {
				c.Enqueue(item.Event)
			}
			return left, nil
		}
		return tendEvery, p.expire(item)
	case keep.Delivered:
		if age < silentAfter {
			return tendEvery, nil
		}
		item, err := p.kept.Take(item.ID)
		if err == nil {
			p.tell(item, fmt.Sprintf("The OpenClaw gateway took %s, but no answer came. Try it again.", nameOfItem(item)))
		}
		return tendEvery, err
	case keep.Dead:
		if age < deadFor {
			return tendEvery, nil
		}
		_, err := p.kept.Take(item.ID)
		return tendEvery, err
	}
	return tendEvery, nil
}

// expire gives an item up that no gateway took in time, unless it is on its way right now.
func (p *Plugin) expire(item keep.Item) error {
	if c := p.courier(item.BotID); c != nil && !c.Drop(item.Event.ID) {
		return nil
	}
	p.showing.Lock()
	defer p.showing.Unlock()
	item, err := p.kept.Change(item.ID, func(i *keep.Item) error {
		if i.State != keep.Waiting {
			return errMovedOn
		}
		i.State, i.Code = keep.Dead, courier.Expired
		return nil
	})
	if err != nil {
		return err
	}
	p.waits.close(item.ID)
	waited := time.UnixMilli(item.At).Sub(time.UnixMilli(item.CreatedAt))
	p.tell(item, fmt.Sprintf("The OpenClaw gateway could not be reached for %s, so %s %s. Try it again later.", inWords(waited), nameOfItem(item), verbOf(item, "was not run", "does not count")))
	return nil
}
