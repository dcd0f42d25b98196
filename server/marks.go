package main

import "time"

// setBackShown is how long an admin is told that the database was set back.
const setBackShown = 7 * 24 * time.Hour

// compare notices by what a gateway remembers that Mattermost's database was set back. A key that was revoked since its
// backup would be good again, so all of its keys are revoked.
func (p *Plugin) compare(botID string, seen int64) {
	setBack, err := p.marks.Take(botID, seen)
	if err == nil && setBack {
		p.API.LogWarn("Mattermost's database was set back to an earlier state, so the signing keys are revoked. Look at the links in System Console under Plugins, OpenClaw.", "bot_id", botID)
		_, err = p.keys.Revoke()
		p.announceKey()
	}
	if err != nil {
		p.API.LogWarn("What a gateway remembers could not be compared, its next hello tries again.", "bot_id", botID, "error", err.Error())
	}
}

// setBackProblems tells of it in System Console.
func (p *Plugin) setBackProblems() []problem {
	at, err := p.marks.SetBackAt()
	if err != nil || at == 0 || p.now().Sub(time.UnixMilli(at)) > setBackShown {
		return nil
	}
	return []problem{warning("database.set_back",
		"Mattermost's database was set back to an earlier state, noticed on %s. The signing keys were revoked by that. Confirm or remove the links below as they should be.",
		time.UnixMilli(at).UTC().Format("2006-01-02 15:04 UTC"))}
}
