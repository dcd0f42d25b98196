package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"mattermost-plugin-openclaw/server/command"
	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/journal"
	"mattermost-plugin-openclaw/server/keep"
	"mattermost-plugin-openclaw/server/link"
	"mattermost-plugin-openclaw/server/live"
	"mattermost-plugin-openclaw/server/panel"
)

// Plugin is the composition root: it makes the parts, in OnActivate, and hands them to each other.
type Plugin struct {
	plugin.MattermostPlugin
	// now, client and random are the world outside; tests bring their own.
	now    func() time.Time
	client courier.Client
	random func() float64

	// settings are what System Console says; a change replaces the whole value.
	settings atomic.Pointer[configuration]
	// manifest is the bundle's plugin.json, the one place of id and version.
	manifest *model.Manifest
	// bot is the plugin's own bot account.
	bot *model.Bot
	// serverID names this server as the issuer of tokens.
	serverID string
	// facts answers who and where, from memory for a minute.
	facts *event.Facts
	// keys signs deliveries; adapters read the public keys.
	keys *link.Keys
	// book holds the links; marks notice a database that was set back; challenges prove that a URL is the adapter's.
	book       *link.Book
	marks      *link.Marks
	challenges *link.Challenges
	// journal finds what hooks lost, in Mattermost's own database.
	journal  *journal.Journal
	database *sql.DB
	// catalogue has the gateways' commands, registrar offers them to people.
	catalogue *command.Catalogue
	registrar *command.Registrar
	// kept holds what Mattermost does not store; waits who waits for an answer; showing keeps what users are shown in order.
	kept    *keep.Store
	waits   waits
	showing sync.Mutex
	// toldLinks are the states of links that panels know, by bot; telling keeps them in order.
	toldLinks map[string]string
	telling   sync.Mutex
	// runs, answers and engagement are what the panel shows; watched is what was told of the links last, unheard who knows that nobody reads them.
	runs       *panel.Runs
	answers    *panel.Answers
	engagement *panel.Engagement
	watched    watched
	unheard    unheard
	// drafts are the answers on their way, lookers who looks at them.
	drafts  *live.Drafts
	lookers *live.Lookers
	// routes serves everything below /plugins/<id>.
	routes http.Handler
	// intake holds what hooks saw, in their order, until one goroutine looks up the rest.
	intake chan func()
	// life ends when the plugin is deactivated, and running waits for its goroutines.
	life    context.Context
	end     context.CancelFunc
	running background

	mu sync.Mutex
	// couriers has one courier for each linked bot; nil before OnActivate and after OnDeactivate.
	couriers map[string]*courier.Courier
	// idle are bots of ours that no gateway is linked to.
	idle []string
}

const (
	maxIntake = 10_000
	// rereadEvery bounds how long this node misses what another node stored.
	rereadEvery = time.Minute
	stopGrace   = 3 * time.Second
)

func newPlugin() *Plugin {
	p := &Plugin{toldLinks: map[string]string{}, now: time.Now, client: link.NewClient(), random: rand.Float64}
	p.settings.Store(&configuration{})
	return p
}

// OnActivate makes the parts and resumes the stored links, without waiting for a hello.
func (p *Plugin) OnActivate() error {
	bundle, err := p.API.GetBundlePath()
	if err != nil {
		return fmt.Errorf("find the bundle: %w", err)
	}
	if p.manifest, _, err = model.FindManifest(bundle); err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	version := p.API.GetServerVersion()
	// A minimum that cannot be read counts as not met.
	if enough, _ := p.manifest.MeetMinServerVersion(version); !enough {
		return fmt.Errorf("this plugin needs Mattermost %s or newer, this server is %s: upgrade the server", p.manifest.MinServerVersion, version)
	}
	if p.serverID = p.API.GetDiagnosticId(); p.serverID == "" {
		return errors.New("this server has no diagnostic id, which deliveries are signed with: restart it once")
	}
	if p.bot, err = ensureBot(p.API, p.Driver, bundle); err != nil {
		return err
	}
	if p.keys, err = link.NewKeys(p.API, p.serverID, p.now); err != nil {
		return fmt.Errorf("prepare the signing key: %w", err)
	}
	p.book, p.challenges = link.NewBook(p.API, p.now), link.NewChallenges(p.API, p.now)
	p.marks = link.NewMarks(p.API, p.now)
	if err = p.book.Reload(); err != nil {
		return fmt.Errorf("read the links: %w", err)
	}
	p.kept, p.catalogue = keep.New(p.API, p.now), command.NewCatalogue(p.API)
	if p.registrar, err = p.newRegistrar(bundle); err != nil {
		return err
	}
	p.facts = event.NewFacts(p.API, func() bool { return p.settings.Load().fullNames }, p.now)
	p.runs, p.answers, p.engagement = panel.NewRuns(p.now), panel.NewAnswers(p.now), panel.NewEngagement(p.API, p.now)
	p.drafts, p.lookers = live.New(p.now), live.NewLookers(p.now, func() time.Duration { return p.settings.Load().looksFor })
	p.routes, p.intake = p.router(), make(chan func(), maxIntake)
	p.life, p.end = context.WithCancel(context.Background())
	p.journal = p.newJournal()
	p.mu.Lock()
	p.couriers = map[string]*courier.Courier{}
	p.mu.Unlock()
	p.steer()
	if err = p.offerCommands(true); err != nil {
		return err
	}
	p.running.Go(p.work)
	p.running.Go(p.tend)
	p.running.Go(p.watch)
	p.running.Go(p.tendLive)
	p.running.Go(func() { p.journal.Run(p.life) })
	return nil
}

// work does what hooks have put in, one after the other, and looks for what other nodes stored.
func (p *Plugin) work() {
	reread := time.NewTicker(rereadEvery)
	defer reread.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case do := <-p.intake:
			do()
		case <-reread.C:
			p.reread()
		}
	}
}

// OnDeactivate stops taking events and gives deliveries in flight a moment to end.
func (p *Plugin) OnDeactivate() error {
	if p.end == nil {
		return nil
	}
	p.end()
	grace, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	p.stopCouriers(grace)
	p.running.End()
	if p.database != nil {
		_ = p.database.Close()
	}
	return nil
}

// ServeHTTP serves what adapters and the web app ask for.
func (p *Plugin) ServeHTTP(_ *plugin.Context, w http.ResponseWriter, r *http.Request) {
	p.routes.ServeHTTP(w, r)
}
