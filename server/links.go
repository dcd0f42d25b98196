package main

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/journal"
	"mattermost-plugin-openclaw/server/link"
)

// steer makes the couriers agree with the links and the settings.
func (p *Plugin) steer() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.couriers == nil {
		return
	}
	settings, ended := p.settings.Load(), maps.Clone(p.couriers)
	var swept []journal.Link
	idle := []string{p.bot.UserId}
	for _, record := range p.book.All() {
		if record.Stand(settings.policy, p.isOwn(record.BotID)).State != link.Linked {
			idle = append(idle, record.BotID)
			continue
		}
		idle = slices.DeleteFunc(idle, func(botID string) bool { return botID == record.BotID })
		delete(ended, record.BotID)
		if p.couriers[record.BotID] == nil {
			p.couriers[record.BotID] = courier.New(courier.Deps{
				Client: p.client, Signer: p.keys, SignPull: p.keys.SignPull, Renew: func() { p.keys.Refresh(0) }, Challenges: p.challenges, Log: p.API, Now: p.now, Random: p.random,
				Epoch: p.journal.Epoch,
				Changed: func(reopened bool) {
					p.journal.Changed(record.BotID, reopened)
					p.heard(record.BotID)
				},
				Settled: func(id, reason string) { p.settled(record.BotID, id, reason) }, StaleAfter: func() time.Duration { return p.settings.Load().staleAfter },
			})
		}
		if !settings.noSweep {
			swept = append(swept, p.sweptLink(record, p.couriers[record.BotID]))
		}
		url := record.URL(settings.gatewayURL)
		p.couriers[record.BotID].Aim(courier.Target{
			BotID: record.BotID, GatewayID: record.GatewayID, Account: record.Account,
			URL: url, Verified: record.IsVerified(url), Transport: record.Transport,
		})
	}
	p.idle = idle
	p.journal.Follow(swept)
	for botID, c := range ended {
		delete(p.couriers, botID)
		p.running.Go(func() { c.Stop(p.life) })
	}
}

// reread acts on what other nodes have stored.
func (p *Plugin) reread() {
	if err := p.book.Reload(); err != nil {
		p.API.LogWarn("The links could not be read again.", "error", err.Error())
	}
	p.steer()
	if err := p.offerCommands(true); err != nil {
		p.API.LogWarn("The commands could not be read again.", "error", err.Error())
	}
}

func (p *Plugin) isOwn(botID string) bool { return botID == p.bot.UserId }

func (p *Plugin) courier(botID string) *courier.Courier {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.couriers[botID]
}

// linkedExcept returns the couriers of all linked bots but the one who did it: a bot does not hear itself.
func (p *Plugin) linkedExcept(userID string) map[string]*courier.Courier {
	p.mu.Lock()
	defer p.mu.Unlock()
	linked := maps.Clone(p.couriers)
	delete(linked, userID)
	return linked
}

// announceKey sends a ping to every link, so that its adapter meets the new key now and reads the set.
func (p *Plugin) announceKey() {
	for _, c := range p.linkedExcept("") {
		p.running.Go(func() { c.Test(p.life) })
	}
}

// stopCouriers waits for deliveries in flight until grace is over. What became of them is still stored, in the background.
func (p *Plugin) stopCouriers(grace context.Context) {
	p.mu.Lock()
	ended := p.couriers
	p.couriers = nil
	p.mu.Unlock()
	var stopping sync.WaitGroup
	for _, c := range ended {
		stopping.Go(func() { c.Stop(grace) })
	}
	stopping.Wait()
}
