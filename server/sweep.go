package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/pluginapi"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/journal"
	"mattermost-plugin-openclaw/server/link"
)

// newJournal makes the sweep over Mattermost's tables, or over its API if they are not what was expected.
func (p *Plugin) newJournal() *journal.Journal {
	return journal.New(journal.Deps{
		KV: p.API, Source: p.openSource(), Log: p.API, Now: p.now, Complete: p.complete,
		Owner: model.NewId(), Node: nodeOf(os.Getppid()), Ended: hasEnded,
	})
}

// nodeOf names a server's process: where it runs, and which it is there.
func nodeOf(pid int) string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d", host, pid)
}

// hasEnded tells that a server of this host was killed, and is not there to give up what it held. Of other hosts nothing is known.
func hasEnded(node string) bool {
	_, number, _ := strings.Cut(node, "/")
	pid, err := strconv.Atoi(number)
	if err != nil || pid <= 0 || node != nodeOf(pid) {
		return false
	}
	process, err := os.FindProcess(pid)
	return err == nil && errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

func (p *Plugin) openSource() journal.Source {
	const giveBackAfter = 20 * time.Second
	db, err := pluginapi.NewClient(p.API, p.Driver).Store.GetMasterDB()
	if err == nil {
		// A connection that is not used goes back to the server's own pool.
		db.SetConnMaxIdleTime(giveBackAfter)
		var tables *journal.Tables
		if tables, err = journal.OpenTables(context.Background(), db); err == nil {
			p.database = db
			return tables
		}
		_ = db.Close()
	}
	p.API.LogWarn("Mattermost's tables cannot be read, so missed posts are looked for through its API: slower, and without reactions.", "error", err.Error())
	return journal.OpenPages(p.API)
}

// sweptLink is a link as the journal sees it.
func (p *Plugin) sweptLink(r link.Record, c *courier.Courier) journal.Link {
	start := r.LinkedAt - p.settings.Load().lookback.Milliseconds()
	return journal.Link{BotID: r.BotID, LinkedAt: r.LinkedAt, Start: start, Sink: c}
}

// complete looks up who and where for an event that the sweep found; nil if it may not go to that bot.
func (p *Plugin) complete(botID string, hint event.Hint) (*event.Event, error) {
	receivers := map[string]*courier.Courier{botID: nil}
	place, ok, err := p.place(hint, receivers)
	var appErr *model.AppError
	if errors.As(err, &appErr) && appErr.StatusCode == http.StatusNotFound {
		// The channel or the user is gone for good.
		return nil, nil //nolint:nilnil // Left out is no error.
	}
	if err != nil || !ok {
		return nil, err
	}
	return eventAt(hint, place), nil
}

// eventAt is a hint's event in its place.
func eventAt(hint event.Hint, place event.Place) *event.Event {
	made := *hint.Event
	made.Lane, made.Place = place.Channel.ID, &place
	return &made
}
